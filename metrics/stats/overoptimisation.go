package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"assay/harness/leaf/plural"
)

// Law is a law of over-optimisation (Gao et al. 2022, arXiv 2210.10760, section 3): how the gold
// score depends on the distance d of a policy from its start, the square root of the KL
// divergence in nats per response.
//
//	a policy:   gold(d) = start + d (alpha - beta log d)
//	best of n:  gold(d) = start + d (alpha - beta d)
type Law struct {
	Start, Alpha, Beta float64
	best               bool // of best-of-n
}

// NewLaw is a law with these parameters: of best-of-n, or of a policy.
func NewLaw(start, alpha, beta float64, bestOfN bool) Law { return Law{start, alpha, beta, bestOfN} }

// FitPolicyLaw fits the law of a policy by least squares to gold scores at distances d. The
// law is linear in its three parameters. Fewer than four different distances are an error,
// since three points fit exactly.
func FitPolicyLaw(d, gold []float64) (Law, error) { return fitLaw(d, gold, false) }

// FitBestOfNLaw fits the law of best-of-n, as [FitPolicyLaw].
func FitBestOfNLaw(d, gold []float64) (Law, error) { return fitLaw(d, gold, true) }

func fitLaw(d, gold []float64, best bool) (Law, error) {
	if n := len(slices.Compact(slices.Sorted(slices.Values(d)))); len(d) != len(gold) || n < 4 {
		return Law{}, fmt.Errorf("%s from the start; a law of over-optimisation needs 4", plural.Of(n, "different distance"))
	}
	x, y := mat.NewDense(len(d), 3, nil), mat.NewVecDense(len(gold), slices.Clone(gold))
	for i, at := range d {
		l := Law{Beta: 1, best: best}
		x.SetRow(i, []float64{1, at, l.Gold(at)})
	}
	var b mat.VecDense
	if err := b.SolveVec(x, y); err != nil {
		return Law{}, fmt.Errorf("fitting a law of over-optimisation: %w", err)
	}
	return Law{b.AtVec(0), b.AtVec(1), b.AtVec(2), best}, nil
}

// Gold is the gold score at a distance d >= 0.
func (l Law) Gold(d float64) float64 {
	switch {
	case d == 0: // d log d vanishes
		return l.Start
	case l.best:
		return l.Start + d*(l.Alpha-l.Beta*d)
	}
	return l.Start + d*(l.Alpha-l.Beta*math.Log(d))
}

// Peak is the distance at which the gold score is highest, and its gain over the start
// there. ok is false for a law without a peak, whose beta is not above 0: it has no
// over-optimisation.
func (l Law) Peak() (d, gain float64, ok bool) {
	if !(l.Beta > 0) {
		return 0, 0, false
	}
	if l.best {
		d = max(0, l.Alpha/(2*l.Beta))
	} else {
		d = math.Exp(l.Alpha/l.Beta - 1)
	}
	return d, l.Gold(d) - l.Start, true
}

// BestOfNDistance is the square root of the KL divergence of the best of n from the
// model that drew them, log n - (n-1)/n nats (Stiennon et al. 2020, appendix G.3). It panics for
// n < 1.
func BestOfNDistance(n int) float64 {
	if n < 1 {
		panic(fmt.Sprintf("stats: best of %d", n))
	}
	return math.Sqrt(max(0, math.Log(float64(n))-float64(n-1)/float64(n)))
}

// BestOfN is the mean gold score of the draw with the highest reward, over all choices of n of
// the draws (Nakano et al. 2021, appendix I). Draws of equal reward share their weight, as
// if chance broke ties. It panics unless 1 <= n <= len(reward) = len(gold).
func BestOfN(reward, gold []float64, n int) float64 {
	if n < 1 || n > len(reward) || len(reward) != len(gold) {
		panic(fmt.Sprintf("stats: best of %d of %d rewards, %d gold scores", n, len(reward), len(gold)))
	}
	order := make([]int, len(reward))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(reward[a], reward[b]) })
	// The k-th lowest of N, counted from 0, is the best of n with probability C(k, n-1) / C(N, n).
	weight := make([]float64, len(order))
	w := float64(n) / float64(len(order))
	for k := len(order) - 1; k >= n-1; k-- {
		weight[k] = w
		w *= float64(k-n+1) / float64(max(k, 1))
	}
	sum := 0.0
	for i := 0; i < len(order); {
		j, tied, golds := i, 0.0, 0.0
		for ; j < len(order) && reward[order[j]] == reward[order[i]]; j++ {
			tied += weight[j]
			golds += gold[order[j]]
		}
		sum += tied * golds / float64(j-i)
		i = j
	}
	return sum
}
