package stats

import (
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
