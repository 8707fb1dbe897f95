package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// StudentBounds are estimate -+ t*se, where t has the upper tail alpha in
// Student's distribution with df degrees of freedom. Each bound is one-sided at
// alpha; together they are a two-sided interval at 1 - 2*alpha. df may be
// fractional, and +Inf gives the normal bounds. It panics unless se >= 0, df > 0
// and 0 < alpha < 1.
func StudentBounds(estimate, se, df, alpha float64) (lower, upper float64) {
	if !(se >= 0) || !(df > 0) || math.IsNaN(estimate) {
		panic(fmt.Sprintf("stats: StudentBounds of estimate %v, se %v, df %v", estimate, se, df))
	}
	checkOpen("StudentBounds", "alpha", alpha)
	t := studentUpper(alpha, df)
	return estimate - t*se, estimate + t*se
}

// StudentP is the two-sided p-value of an estimate against 0, with standard error se > 0
// and df degrees of freedom. It stays above 0 where the exact value is smaller than the
// smallest float64.
func StudentP(estimate, se, df float64) float64 {
	student := distuv.StudentsT{Sigma: 1, Nu: df}
	return min(1, max(2*student.Survival(math.Abs(estimate)/se), math.SmallestNonzeroFloat64))
}

// studentUpper is the t that a Student variable with df degrees of freedom exceeds
// with probability alpha.
//
// gonum's quantile is right to 1e-14 up to df = 50. Beyond, it loses digits, and
// deep in the tail it fails (df 1e6, alpha 1e-12 gives 258 instead of 7.03). There
// the quantile is expanded about the normal one (Abramowitz and Stegun 26.7.5).
// Where z^2/df is too large for the expansion alone, Newton steps on the logarithm
// of the tail refine it. The result is within 2e-11.
func studentUpper(alpha, df float64) float64 {
	switch {
	case alpha == 0.5:
		return 0
	case alpha > 0.5:
		return -studentUpper(1-alpha, df)
	}
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
	if df <= 50 {
		return -student.Quantile(alpha)
	}
	z := -NormalQuantile(alpha)
	z2 := z * z
	g1 := z * (z2 + 1) / 4
	g2 := z * ((5*z2+16)*z2 + 3) / 96
	g3 := z * (((3*z2+19)*z2+17)*z2 - 15) / 384
	g4 := z * ((((79*z2+776)*z2+1482)*z2-1920)*z2 - 945) / 92160
	t := z + (g1+(g2+(g3+g4/df)/df)/df)/df
	if df < 1e4 && z > 0.1 {
		for range 3 {
			tail := student.CDF(-t)
			t += math.Log(tail/alpha) * tail / student.Prob(t)
		}
	}
	return t
}
