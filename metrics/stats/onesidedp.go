package stats

import (
	"math"

	"assay/harness/leaf/logistic"
)

// smallestP is the smallest p-value that OneSidedP returns, and 1-smallestP the
// largest level that it tries.
const smallestP = 1e-12

// OneSidedP is the p-value of H0: parameter <= threshold that belongs to a family of
// one-sided lower confidence bounds. It is the smallest alpha at which lower(alpha),
// the bound at one-sided level alpha, is above threshold (the duality of tests and
// intervals: Lehmann and Romano 2005, Testing Statistical Hypotheses, sec. 3.5). For
// an upper bound, pass its negative and the negative threshold.
//
// lower must not fall as alpha rises. It may be flat in places, as a bootstrap's is;
// the result is then where it steps over the threshold. The search bisects
// log(alpha/(1-alpha)) and calls lower about 50 times, for alpha in [1e-12, 1-1e-12].
// The result is rounded up, so that lower(result) > threshold whenever the result is
// below 1. It is 1e-12 when even that bound is above threshold, and 1 when no bound
// is.
func OneSidedP(lower func(alpha float64) float64, threshold float64) float64 {
	if lower(smallestP) > threshold {
		return smallestP
	}
	if !(lower(1-smallestP) > threshold) {
		return 1
	}
	below := math.Log(smallestP) - math.Log1p(-smallestP)
	above := -below
	p := 1 - smallestP
	for above-below > 1e-12 {
		middle := below + (above-below)/2
		if alpha := logistic.Of(middle); lower(alpha) > threshold {
			above, p = middle, alpha
		} else {
			below = middle
		}
	}
	return p
}
