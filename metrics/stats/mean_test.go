package stats

import (
	"math"
	"testing"
)

func TestMeanSE(t *testing.T) {
	for _, test := range []struct {
		x        []float64
		mean, se float64
	}{
		// scipy 1.17: x.mean(), scipy.stats.sem(x)
		{[]float64{2, 4, 4, 4, 5, 5, 7, 9}, 5, 0.7559289460184544},
		{[]float64{1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, 1000000010, 2.7386127875258306},
		{[]float64{0.1, 0.1, 0.1}, 0.1, 0},
	} {
		mean, se := MeanSE(test.x)
		if mean != test.mean || !near(se, test.se, 1e-14) {
			t.Errorf("MeanSE(%v) = %v, %v; want %v, %v", test.x, mean, se, test.mean, test.se)
		}
	}
}

// Defect: the population's standard deviation (divisor n) used instead of the
// sample's (divisor n-1).
func TestMeanSEUsesTheSampleDeviation(t *testing.T) {
	_, se := MeanSE([]float64{2, 4, 4, 4, 5, 5, 7, 9})
	const sample = 0.7559289460184544     // numpy 2.4: x.std(ddof=1)/sqrt(8)
	const population = 0.7071067811865475 // numpy 2.4: x.std(ddof=0)/sqrt(8)
	if !near(se, sample, 1e-14) || near(se, population, 1e-2) {
		t.Errorf("se = %v, want the sample's %v and not the population's %v", se, sample, population)
	}
}

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

func TestNormalQuantile(t *testing.T) {
	// scipy 1.17: scipy.stats.norm.ppf(p)
	for p, want := range map[float64]float64{
		1e-300: -37.0470962993612, 1e-12: -7.034483825301131, 1e-6: -4.753424308822899,
		0.025: -1.9599639845400545, 0.3: -0.5244005127080409, 0.5: 0, 0.975: 1.959963984540054,
	} {
		if got := NormalQuantile(p); !near(got, want, 1e-14) {
			t.Errorf("NormalQuantile(%v) = %v, want %v", p, got, want)
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
