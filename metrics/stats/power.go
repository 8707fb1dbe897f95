package stats

import (
	"fmt"
	"math"
)

// Detectable is the smallest true difference that a study detects with the given
// power, when its difference has standard error se and the test is a normal one
// with tail alpha on the side of the difference: (z_{1-alpha} + z_power) * se.
// alpha = 0.025 is a two-sided test at 5%; the chance of rejecting on the wrong
// side is neglected. The result is 0 where power <= alpha, which needs no
// difference. It panics unless se >= 0, 0 < alpha < 1 and 0 < power < 1.
//
// With fewer than about 30 pairs or clusters, where the test would be a t test, the
// true figure is a little larger.
func Detectable(se, alpha, power float64) float64 {
	if !(se >= 0) {
		panic(fmt.Sprintf("stats: Detectable with se = %v", se))
	}
	return max(0, powerQuantiles("Detectable", alpha, power)) * se
}

// NeededN is the number of pairs with which a paired normal test with tail alpha
// detects a true mean difference of effect with the given power, when one pair's
// difference has standard deviation sd. It is the smallest n with
// Detectable(sd/sqrt(n), alpha, power) <= |effect|, and at least 2. The sign of
// effect is irrelevant.
//
// It returns an error for an effect of 0 or so small that n overflows, for a
// negative or non-finite sd or effect, and when power <= alpha, which any n
// achieves. It panics unless 0 < alpha < 1 and 0 < power < 1.
func NeededN(sd, effect, alpha, power float64) (int, error) {
	z := powerQuantiles("NeededN", alpha, power)
	switch {
	case !(sd >= 0) || math.IsInf(sd, 0):
		return 0, fmt.Errorf("pairs needed: standard deviation %v", sd)
	case effect == 0 || math.IsNaN(effect) || math.IsInf(effect, 0):
		return 0, fmt.Errorf("pairs needed: effect %v", effect)
	case z <= 0:
		return 0, fmt.Errorf("pairs needed: power %v is no more than the tail %v", power, alpha)
	}
	ratio := z * sd / math.Abs(effect)
	n := math.Ceil(ratio * ratio)
	if n > 1<<53 {
		return 0, fmt.Errorf("pairs needed: %.3g pairs for effect %v with standard deviation %v", n, effect, sd)
	}
	return max(2, int(n)), nil
}

// powerQuantiles is z_{1-alpha} + z_power.
func powerQuantiles(function string, alpha, power float64) float64 {
	checkOpen(function, "alpha", alpha)
	checkOpen(function, "power", power)
	return NormalQuantile(power) - NormalQuantile(alpha)
}
