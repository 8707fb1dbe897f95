package stats

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"assay/harness/leaf/logistic"
	"assay/harness/leaf/plural"
)

// LogitFit is a fitted logistic regression. Coef, SE, Lo and Hi have one entry a term, in
// log-odds.
type LogitFit struct {
	Coef     []float64
	SE       []float64
	Lo, Hi   []float64 // 95%
	Cov      [][]float64
	N        int
	Clusters int
}

var (
	// ErrSeparated: the likelihood has no maximum, because some sum of the terms predicts all
	// targets.
	ErrSeparated = errors.New("the terms predict every outcome, so their strength has no estimate")
	// ErrCollinear: a term is a sum of others.
	ErrCollinear = errors.New("a term repeats others, so they can't be told apart")
)

// Logit fits P(target) = logistic(x·coef) by maximum likelihood. x has one row of terms for each
// target, row-major; a constant is a term like others. Targets are in [0, 1]: one in between, such
// as a draw of 0.5, counts as that share of a success (Papke and Wooldridge 1996, J. Applied
// Econometrics 11:619).
//
// The covariance is the sandwich clustered by clusters, with the factor
// G/(G-1) * (N-1)/(N-K), as in statsmodels' GLM with cov_type="cluster". Intervals use Student's
// quantile with G-1 degrees of freedom. With 30 clusters or more, and 10 for each term, they covered
// .95 to .97 in a simulation (TestTasteCoverage in metrics/audit).
//
// The error is ErrSeparated, ErrCollinear, or says that there are fewer than two clusters or no
// more targets than terms. It panics if the lengths don't fit or a target is out of range.
func Logit(x, targets []float64, clusters []uint32) (LogitFit, error) {
	n := len(targets)
	if n == 0 || len(x) == 0 || len(x)%n != 0 || len(clusters) != n {
		panic(fmt.Sprintf("stats: Logit of %d values, %d targets and %d clusters", len(x), n, len(clusters)))
	}
	f := lasso{x: x, targets: targets, weights: ones(n), c: 1, dim: len(x) / n}
	for i, y := range targets {
		if !(y >= 0 && y <= 1) {
			panic(fmt.Sprintf("stats: Logit with the target %v", targets[i]))
		}
	}
	if n <= f.dim {
		return LogitFit{}, fmt.Errorf("%s for %s", plural.Of(n, "outcome"), plural.Of(f.dim, "term"))
	}
	coef, inverse, err := f.unpenalised()
	if err != nil {
		return LogitFit{}, err
	}
	fit := LogitFit{Coef: coef, N: n}
	at := map[uint32]int{}
	var scores [][]float64
	for i, y := range targets {
		g, seen := at[clusters[i]]
		if !seen {
			g = len(scores)
			at[clusters[i]] = g
			scores = append(scores, make([]float64, f.dim))
		}
		row := f.row(i)
		residual := y - logistic.Of(dot(row, coef))
		for j, a := range row {
			scores[g][j] += a * residual
		}
	}
	if fit.Clusters = len(scores); fit.Clusters < 2 {
		return LogitFit{}, errors.New("a standard error needs 2 clusters")
	}
	middle := mat.NewSymDense(f.dim, nil)
	for _, s := range scores {
		middle.SymRankOne(middle, 1, mat.NewVecDense(f.dim, s))
	}
	var product mat.Dense
	product.Mul(inverse, middle)
	product.Mul(&product, inverse)
	groups := float64(fit.Clusters)
	factor := groups / (groups - 1) * float64(n-1) / float64(n-f.dim)
	for j := range f.dim {
		row := make([]float64, f.dim)
		for k := range row {
			row[k] = factor * (product.At(j, k) + product.At(k, j)) / 2
		}
		se := math.Sqrt(max(0, row[j]))
		lo, hi := StudentBounds(coef[j], se, groups-1, 0.025)
		fit.Cov, fit.SE, fit.Lo, fit.Hi = append(fit.Cov, row), append(fit.SE, se), append(fit.Lo, lo), append(fit.Hi, hi)
	}
	return fit, nil
}

func ones(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

// separatedAt is the log-odds from which a prediction counts as certain.
const separatedAt = 30

// unpenalised finds the coefficients of greatest likelihood by Newton's method with step halving,
// and the inverse of the information there.
func (f *lasso) unpenalised() (coef []float64, inverse *mat.SymDense, err error) {
	coef = make([]float64, f.dim)
	inverse = mat.NewSymDense(f.dim, nil)
	for range 100 {
		gradient, information := f.derivatives(coef)
		var cholesky mat.Cholesky
		if !cholesky.Factorize(information) || cholesky.Cond() > 1e10 {
			if f.certain(coef) {
				return nil, nil, ErrSeparated
			}
			return nil, nil, ErrCollinear
		}
		if err := cholesky.InverseTo(inverse); err != nil {
			return nil, nil, ErrCollinear
		}
		var step mat.VecDense
		step.MulVec(inverse, mat.NewVecDense(f.dim, gradient))
		if mat.Norm(&step, math.Inf(1)) < 1e-11 {
			if f.certain(coef) {
				return nil, nil, ErrSeparated
			}
			return coef, inverse, nil
		}
		next, before := make([]float64, f.dim), f.loss(coef)
		for scale := 1.0; ; scale /= 2 {
			for j := range next {
				next[j] = coef[j] - scale*step.AtVec(j)
			}
			if f.loss(next) <= before+1e-13*before || scale < 1e-6 {
				break
			}
		}
		if coef = next; f.certain(coef) {
			return nil, nil, ErrSeparated
		}
	}
	return nil, nil, errors.New("the logistic regression didn't converge")
}

// loss is the objective without the penalty.
func (f *lasso) loss(w []float64) (loss float64) {
	for i, y := range f.targets {
		z := dot(f.row(i), w)
		loss -= y*z + logistic.Log(-z)
	}
	return loss
}

// certain reports whether a target is predicted with certainty.
func (f *lasso) certain(w []float64) bool {
	for i := range f.targets {
		if math.Abs(dot(f.row(i), w)) > separatedAt {
			return true
		}
	}
	return false
}
