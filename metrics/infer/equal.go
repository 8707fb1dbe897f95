package infer

import (
	"fmt"
	"math"
)

// If all values of a sample are equal, the standard error is 0 and a t interval or
// a bootstrap collapses to a point, as if no other value could occur. What the
// sample does show is how rare other values must be.

const equalWarning = "all values are equal; the bound for equal values allows for as many other values as a sample of this size can miss"

// noInterval says why there is no interval where only the metric's range would give one: there is a single unit (an
// example or a cluster), or all n of what (values or differences) are equal.
func noInterval(units int, unit string, n int, what string) string {
	if units == 1 {
		return "no interval: there is only one " + unit + ", and the metric has no bounds"
	}
	return fmt.Sprintf("no interval: all %d %s are equal, and the metric has no bounds", n, what)
}

// unseen is the upper bound, one-sided at alpha, of the share of examples that
// differ from n equal ones: the q with (1-q)^n = alpha, as in Clopper and
// Pearson's interval at no successes (Biometrika 26:404, 1934). At 5% it is about
// 3/n.
func unseen(n int, alpha float64) float64 { return -math.Expm1(math.Log(alpha) / float64(n)) }

// equalBounds returns the bounds, each one-sided at alpha, of the mean of a
// quantity within lo and hi when n independent draws all were x. At worst the
// share that they missed is at one end of the range. For a proportion at 0 or 1
// this is Clopper and Pearson's exact interval.
func equalBounds(x, lo, hi float64, n int, alpha float64) (lower, upper float64) {
	q := unseen(n, alpha)
	return x + q*min(lo-x, 0), x + q*max(hi-x, 0)
}

// spreadless reports whether a standard error over n clusters is no more than
// the rounding of sums of values of this scale.
func spreadless(se float64, n int, scale float64) bool {
	return se*math.Sqrt(float64(n)) <= 1e-12*math.Abs(scale)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
