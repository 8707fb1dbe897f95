package stats

import (
	"fmt"
	"math"
)

// Wilson is the score interval for a proportion of n independent draws at a
// two-sided confidence such as 0.95: the p for which |successes/n - p| is at most
// z standard errors computed at p itself (Wilson 1927, JASA 22:209; Brown, Cai
// and DasGupta 2001, Statistical Science 16:101, eq. 4).
//
// lo is exactly 0 at no successes and hi exactly 1 at no failures. The average
// coverage over p is close to the confidence; at single values of p it
// oscillates, and within about 1/n of 0 or 1 it can drop to 84% for a nominal 95%.
//
// It panics unless n >= 1, 0 <= successes <= n and 0 < confidence < 1.
func Wilson(successes, n int, confidence float64) (lo, hi float64) {
	if n < 1 || successes < 0 || successes > n {
		panic(fmt.Sprintf("stats: Wilson of %d successes in %d", successes, n))
	}
	checkOpen("Wilson", "confidence", confidence)
	z := -NormalQuantile((1 - confidence) / 2)
	size := float64(n)
	c := z * z / size
	return scoreLower(float64(successes)/size, c), 1 - scoreLower(float64(n-successes)/size, c)
}

// ScoreBounds are the two m in [0, 1] at which (p-m)^2 = c*m*(1-m). Wilson's
// interval (1927, JASA 22:209) of a proportion p with n draws and quantile z has c
// = z^2/n. Any other effective number of draws and quantile serve as well: that
// gives correlated draws an interval that does not fail near 0 and 1 (Korn and
// Graubard 1998, Survey Methodology 24:193; Franco et al. 2019, J. Survey
// Statistics and Methodology 7:334). The lower bound is exactly 0 at p = 0, the
// upper one exactly 1 at p = 1. It panics unless p is in [0, 1] and c > 0.
func ScoreBounds(p, c float64) (lower, upper float64) {
	if !(p >= 0 && p <= 1) || !(c > 0) {
		panic(fmt.Sprintf("stats: ScoreBounds of p = %v, c = %v", p, c))
	}
	return scoreLower(p, c), 1 - scoreLower(1-p, c)
}

// scoreLower divides the product of the two roots by the larger root, which keeps
// full relative precision where their difference would cancel.
func scoreLower(p, c float64) float64 {
	larger := p + c/2 + math.Sqrt(c*(p*(1-p)+c/4))
	return p * p / larger
}

// checkOpen panics unless x is strictly between 0 and 1.
func checkOpen(function, name string, x float64) {
	if !(x > 0 && x < 1) {
		panic(fmt.Sprintf("stats: %s with %s = %v, not in (0, 1)", function, name, x))
	}
}
