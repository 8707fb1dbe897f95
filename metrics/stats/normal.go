package stats

import (
	"gonum.org/v1/gonum/mathext"
)

// NormalQuantile is the p-quantile of the standard normal distribution. It panics
// unless 0 < p < 1. For an upper tail use -NormalQuantile(alpha), which keeps the
// precision that 1-alpha loses.
func NormalQuantile(p float64) float64 {
	checkOpen("NormalQuantile", "p", p)
	return mathext.NormalQuantile(p)
}
