package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// PairedT is Student's paired t test (1908, Biometrika 6:1) on the differences d of the
// pairs, second minus first: t = mean/(s/sqrt(n)) with the sample standard deviation s,
// df = n-1, and the two-sided p. The differences must be independent: average repeated
// draws of one example first.
//
// Without spread there is no t test, and ok is false. If all differences are 0, t = 0
// and p = 1. If all are equal (to 13 digits) and not 0, t = +-Inf and p = 2^(1-n), the
// exact sign-flip p-value: p = 0 would claim certainty from as few as two pairs.
//
// It panics for fewer than two differences.
func PairedT(d []float64) (t, df, p float64, ok bool) {
	if len(d) < 2 {
		panic(fmt.Sprintf("stats: PairedT of %d pairs, needs 2", len(d)))
	}
	n := float64(len(d))
	df = n - 1
	mean, se := MeanSE(d)
	switch {
	case mean == 0 && se == 0:
		return 0, df, 1, false
	case se*math.Sqrt(n) <= 1e-13*math.Abs(mean):
		return math.Copysign(math.Inf(1), mean), df, math.Exp2(1 - n), false
	}
	t = mean / se
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
	return t, df, min(1, 2*student.Survival(math.Abs(t))), true
}
