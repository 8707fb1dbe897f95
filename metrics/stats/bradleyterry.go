package stats

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"assay/harness/leaf/logistic"
	"assay/harness/leaf/plural"
)

// Match is one comparison of two players.
type Match struct {
	First, Second int     // players, from 0
	Score         float64 // of First, in [0, 1]: 1 a win, 0.5 a draw
	Cluster       uint32  // matches of one cluster (one prompt) may be correlated
}

// BTFit is a fitted Bradley-Terry model of k players. Strength, SE, Lo and Hi have
// one entry a player. Strengths are log-odds with mean 0: First beats Second with
// probability 1/(1+exp(Strength[Second]-Strength[First])).
type BTFit struct {
	Strength []float64
	SE       []float64
	Lo, Hi   []float64   // 95% interval of each strength against the players' mean
	Cov      [][]float64 // covariance of the strengths, k x k; its rows sum to 0
	Matches  int
	Clusters int
}

// BradleyTerry fits P(First beats Second) = logistic(strength difference) to the
// matches of the given number of players by maximum likelihood (Bradley and Terry
// 1952, Biometrika 39:324). A draw counts as half a win for each side.
//
// The covariance is the sandwich H^+ B H^+ clustered by Match.Cluster. H is the
// information, B the sum over clusters of the outer product of their scores. The
// factor is G/(G-1) * (N-1)/(N-(k-1)) for G clusters and N matches, as in
// statsmodels' cov_type="cluster" (Cameron and Miller 2015, J. Human Resources
// 50:317, sec. VI.A). Intervals use Student's quantile with G-1 degrees of freedom.
// With fewer than about 30 clusters they cover less than 95%. Where every cluster
// splits evenly (all draws), the standard errors are 0.
//
// The maximum exists only when, however the players are split into two groups, each
// group scored against the other (Ford 1957, American Mathematical Monthly 64:28).
// Otherwise the error is a *SeparatedError. BradleyTerry also returns an error for
// a score outside [0, 1], a player matched with itself, fewer than two clusters, or
// fewer matches than players. It panics for fewer than two players or a player out
// of range.
func BradleyTerry(players int, matches []Match) (BTFit, error) {
	points, err := tally(players, matches)
	if err != nil {
		return BTFit{}, err
	}
	if err := separated(points); err != nil {
		return BTFit{}, err
	}
	if len(matches) < players {
		return BTFit{}, fmt.Errorf("bradley-terry: %s for %s", plural.Of(len(matches), "match"), plural.Of(players, "player"))
	}
	strength, inverse, err := maximise(points)
	if err != nil {
		return BTFit{}, err
	}
	cov, clusters, err := sandwich(strength, inverse, matches)
	if err != nil {
		return BTFit{}, err
	}
	fit := BTFit{Strength: strength, Matches: len(matches), Clusters: clusters}
	for i, s := range strength {
		row := make([]float64, players)
		for j := range row {
			row[j] = cov.At(i, j)
		}
		se := math.Sqrt(max(0, row[i]))
		lo, hi := StudentBounds(s, se, float64(clusters-1), 0.025)
		fit.SE, fit.Lo, fit.Hi = append(fit.SE, se), append(fit.Lo, lo), append(fit.Hi, hi)
		fit.Cov = append(fit.Cov, row)
	}
	return fit, nil
}

// tally returns the matrix of points: [i][j] is what i scored against j.
func tally(players int, matches []Match) ([][]float64, error) {
	if players < 2 {
		panic(fmt.Sprintf("stats: BradleyTerry of %d players", players))
	}
	points := make([][]float64, players)
	for i := range points {
		points[i] = make([]float64, players)
	}
	for n, m := range matches {
		if m.First < 0 || m.First >= players || m.Second < 0 || m.Second >= players {
			panic(fmt.Sprintf("stats: BradleyTerry with match %d of players %d and %d, of %d", n, m.First, m.Second, players))
		}
		if !(m.Score >= 0 && m.Score <= 1) {
			return nil, fmt.Errorf("bradley-terry: match %d has score %v, not in [0, 1]", n, m.Score)
		}
		if m.First == m.Second {
			return nil, fmt.Errorf("bradley-terry: match %d matches player %d with itself", n, m.First)
		}
		points[m.First][m.Second] += m.Score
		points[m.Second][m.First] += 1 - m.Score
	}
	return points, nil
}

// maximise finds the strengths of greatest likelihood and the pseudo-inverse of
// the information there, by Newton's method with step halving. The likelihood is
// concave. It is flat only along equal shifts of all strengths, and the
// pseudo-inverse excludes that direction.
func maximise(points [][]float64) (strength []float64, inverse *mat.SymDense, err error) {
	k := len(points)
	strength = make([]float64, k)
	likelihood := logLikelihood(points, strength)
	for range 200 {
		gradient, information := derivatives(points, strength)
		if inverse, err = pseudoInverse(information); err != nil {
			return nil, nil, err
		}
		var step mat.VecDense
		step.MulVec(inverse, gradient)
		largest := mat.Norm(&step, math.Inf(1))
		if largest < 1e-12 {
			return strength, inverse, nil
		}
		next := make([]float64, k)
		for scale := 1.0; ; scale /= 2 {
			for i := range next {
				next[i] = strength[i] + scale*step.AtVec(i)
			}
			l := logLikelihood(points, next)
			if l >= likelihood-1e-13*math.Abs(likelihood) || scale < 1e-6 {
				likelihood = l
				break
			}
		}
		strength = next
	}
	return nil, nil, errors.New("bradley-terry: no convergence in 200 Newton steps")
}

// logLikelihood of the strengths, given the points.
func logLikelihood(points [][]float64, strength []float64) float64 {
	var sum float64
	for i, row := range points {
		for j, w := range row {
			if w == 0 {
				continue
			}
			sum += w * logistic.Log(strength[i]-strength[j])
		}
	}
	return sum
}

// derivatives returns the gradient of the log-likelihood and the information
// (minus the matrix of second derivatives), whose rows sum to 0.
func derivatives(points [][]float64, strength []float64) (*mat.VecDense, *mat.SymDense) {
	k := len(points)
	gradient, information := mat.NewVecDense(k, nil), mat.NewSymDense(k, nil)
	for i := range k {
		for j := i + 1; j < k; j++ {
			n := points[i][j] + points[j][i]
			if n == 0 {
				continue
			}
			p := logistic.Of(strength[i] - strength[j])
			q := logistic.Of(strength[j] - strength[i])
			g := points[i][j]*q - points[j][i]*p
			gradient.SetVec(i, gradient.AtVec(i)+g)
			gradient.SetVec(j, gradient.AtVec(j)-g)
			information.SetSym(i, j, -n*p*q)
			information.SetSym(i, i, information.At(i, i)+n*p*q)
			information.SetSym(j, j, information.At(j, j)+n*p*q)
		}
	}
	return gradient, information
}

// pseudoInverse inverts a symmetric matrix whose only null direction is (1,...,1).
// With J the projection on that direction and c of A's size, it is (A + cJ)^-1 -
// J/c.
func pseudoInverse(a *mat.SymDense) (*mat.SymDense, error) {
	k := a.SymmetricDim()
	c := mat.Trace(a) / float64(k)
	shifted := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			shifted.SetSym(i, j, a.At(i, j)+c/float64(k))
		}
	}
	var cholesky mat.Cholesky
	if !cholesky.Factorize(shifted) {
		return nil, errors.New("bradley-terry: the information matrix is singular to working precision")
	}
	inverse := mat.NewSymDense(k, nil)
	if err := cholesky.InverseTo(inverse); err != nil {
		return nil, fmt.Errorf("bradley-terry: inverting the information matrix: %w", err)
	}
	for i := range k {
		for j := i; j < k; j++ {
			inverse.SetSym(i, j, inverse.At(i, j)-1/(c*float64(k)))
		}
	}
	return inverse, nil
}

// sandwich returns the cluster-robust covariance of the strengths and the number
// of clusters. Clusters are summed in order of first appearance.
func sandwich(strength []float64, inverse *mat.SymDense, matches []Match) (*mat.SymDense, int, error) {
	k := len(strength)
	index := make(map[uint32]int)
	var scores [][]float64 // scores of the log-likelihood, by cluster and player
	for _, m := range matches {
		c, seen := index[m.Cluster]
		if !seen {
			c = len(scores)
			index[m.Cluster] = c
			scores = append(scores, make([]float64, k))
		}
		residual := m.Score - logistic.Of(strength[m.First]-strength[m.Second])
		scores[c][m.First] += residual
		scores[c][m.Second] -= residual
	}
	clusters := len(scores)
	if clusters < 2 {
		return nil, 0, fmt.Errorf("bradley-terry: a standard error needs 2 clusters, got %d", clusters)
	}
	middle := mat.NewSymDense(k, nil)
	for _, s := range scores {
		middle.SymRankOne(middle, 1, mat.NewVecDense(k, s))
	}
	var product mat.Dense
	product.Mul(inverse, middle)
	product.Mul(&product, inverse)
	g, n := float64(clusters), float64(len(matches))
	factor := g / (g - 1) * (n - 1) / (n - float64(k-1))
	cov := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			cov.SetSym(i, j, factor*(product.At(i, j)+product.At(j, i))/2)
		}
	}
	return cov, clusters, nil
}
