package stats

import (
	"math"
	"testing"
)

func TestStudentBounds(t *testing.T) {
	// scipy 1.17: e + s*t.ppf(a, df), e + s*t.isf(a, df)
	for _, test := range []struct{ estimate, se, df, alpha, lower, upper float64 }{
		{0.5, 0.1, 9, 0.025, 0.2737842837201795, 0.7262157162798205},
		{0.5, 0.1, 49, 0.05, 0.3323449107383146, 0.6676550892616854},
		{-2, 0.3, 1, 0.025, -5.811861420852411, 1.811861420852411},
		{0, 1, 999999, 0.005, -2.575834220110251, 2.575834220110251},
		{0, 1, 3.7, 0.9, 1.5575658388615072, -1.5575658388615072},
		{0, 1, math.Inf(1), 0.025, -1.959963984540054, 1.959963984540054},
		{3, 0, 5, 0.025, 3, 3},
		{3, 1, 5, 0.5, 3, 3},
	} {
		lower, upper := StudentBounds(test.estimate, test.se, test.df, test.alpha)
		if !near(lower, test.lower, 1e-12) || !near(upper, test.upper, 1e-12) {
			t.Errorf("StudentBounds(%v, %v, %v, %v) = %v, %v; want %v, %v",
				test.estimate, test.se, test.df, test.alpha, lower, upper, test.lower, test.upper)
		}
	}
}

func TestStudentQuantileInTheTail(t *testing.T) {
	alphas := []float64{1e-12, 1e-6, 0.025, 0.3, 0.4999}
	// scipy 1.17: scipy.stats.t.isf(alpha, df)
	for _, test := range []struct {
		df   float64
		want [5]float64
	}{
		{60, [5]float64{8.818044762920067, 5.263554854652544, 2.0002978220142604, 0.5271981272297472, 0.0002517093889920228}},
		{200, [5]float64{7.503247657072684, 4.897302102826782, 1.9718962236339093, 0.5252373340155534, 0.00025097635325019844}},
		{999, [5]float64{7.124319732760653, 4.781636978830079, 1.9623414611334498, 0.5245678747137387, 0.0002507255663669893}},
		{5000, [5]float64{7.052278531529723, 4.759037953505102, 1.9604385517065075, 0.5244339448325732, 0.0002506753635435497}},
		{1e4, [5]float64{7.0433716020557755, 4.75622968505678, 1.9602012398906263, 0.524417228345467, 0.0002506690967374758}},
		{1e6, [5]float64{7.034572608411255, 4.75345234827968, 1.9599663568141072, 0.5244006798602092, 0.0002506628927537268}},
		{1e9, [5]float64{7.034483914083288, 4.753424336862212, 1.9599639869123253, 0.5244005128751928, 0.0002506628301507623}},
	} {
		for i, alpha := range alphas {
			if got := studentUpper(alpha, test.df); !near(got, test.want[i], 2e-12) {
				t.Errorf("upper %v of Student with df %v = %v, want %v", alpha, test.df, got, test.want[i])
			}
		}
	}
}

// Defect: a range from the 5th to the 95th percentile printed as a 95% interval.
// alpha is one tail, so 0.025 gives 95% and 0.05 only 90%.
func TestStudentBoundsAlphaIsOneTail(t *testing.T) {
	ninetyFive := meanCoverage(0.025)
	ninety := meanCoverage(0.05)
	withinCoverage(t, "alpha 0.025", ninetyFive, 0.95, 20000)
	withinCoverage(t, "alpha 0.05", ninety, 0.90, 20000)
	if math.Abs(ninety-0.95) < 0.03 {
		t.Errorf("5-95 percentile bounds cover %v: the check cannot tell them from 95%%", ninety)
	}
}

// TestStudentP: 2*scipy.stats.t.sf(estimate/se, df).
func TestStudentP(t *testing.T) {
	for _, c := range []struct{ estimate, df, want float64 }{
		{2.1, 3, 0.1265652025496846},
		{7.03, 1000000.0, 2.066647454527612e-12},
		{15.3, 804, 1.4362507788893896e-46},
		{30, 474, 1.2936776016500517e-111},
		{0.3, 99999, 0.7641777791965736},
	} {
		for _, sign := range []float64{-1, 1} {
			if got := StudentP(sign*c.estimate*3, 3, c.df); !(math.Abs(got/c.want-1) < 1e-7) {
				t.Errorf("StudentP(%v, df %v) = %v, want %v", c.estimate, c.df, got, c.want)
			}
		}
	}
	if got := StudentP(1e9, 1, 1e6); !(got > 0) {
		t.Errorf("p of a billion standard errors is %v", got)
	}
	if got := StudentP(0, 1, 5); got != 1 {
		t.Errorf("p of 0 is %v", got)
	}
}
