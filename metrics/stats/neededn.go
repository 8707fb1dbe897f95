package stats

import (
	"fmt"
	"math"
)

// MostN is the largest sample that [NeededN] returns.
const MostN = 100_000_000

// NeededN is the smallest n at which a one-sided paired t test at level alpha rejects with
// the given power, if the true effect is effect and a pair's difference has standard
// deviation sd: the test's power is that of Student's noncentral distribution with n-1
// degrees of freedom. Without spread two pairs are enough. ok is false if no n up to
// [MostN] is enough, as for an effect of 0. It panics for alpha or power outside (0, 1) and
// for an sd below 0.
func NeededN(sd, effect, alpha, power float64) (n int, ok bool) {
	z := powerQuantiles("NeededN", alpha, power)
	if !(sd >= 0) || math.IsNaN(effect) || math.IsInf(sd, 0) {
		panic(fmt.Sprintf("stats: NeededN with sd %v, effect %v", sd, effect))
	}
	guess := math.Pow(z*sd/effect, 2)
	switch {
	case !(effect > 0), guess > MostN:
		return 0, false
	case sd == 0:
		return 2, true
	}
	enough := func(n int) bool { return PowerT(float64(n-1), 2*alpha, effect/sd*math.Sqrt(float64(n))) >= power }
	n = max(2, int(guess)) // the normal test needs less
	for !enough(n) {
		n += max(1, n/1000)
	}
	for n > 2 && enough(n-1) {
		n--
	}
	return n, true
}
