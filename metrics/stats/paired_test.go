package stats

import (
	"math"
	"testing"
)

// scores returns the scores of two models on the same eight examples. Most of the
// spread is between examples.
func scores() (first, second, d []float64) {
	first = []float64{.62, .48, .71, .55, .80, .39, .66, .58}
	second = []float64{.66, .50, .74, .60, .83, .41, .72, .59}
	for i := range first {
		d = append(d, second[i]-first[i])
	}
	return first, second, d
}

// Defect: an unpaired z test on paired data. On this fixture the unpaired standard
// error is eleven times the paired one and misses a clear gain.
func TestDifferenceIsPaired(t *testing.T) {
	first, second, d := scores()
	mean, se := MeanSE(d)
	const paired = 0.005900968443520816  // scipy 1.17: scipy.stats.sem(second - first)
	const unpaired = 0.06632913063977676 // statsmodels 0.15: CompareMeans(DescrStatsW(second), DescrStatsW(first)).std_meandiff_separatevar
	if !near(se, paired, 1e-13) {
		t.Errorf("se of the difference = %v, want the paired %v", se, paired)
	}
	_, seFirst := MeanSE(first)
	_, seSecond := MeanSE(second)
	if got := math.Hypot(seFirst, seSecond); !near(got, unpaired, 1e-13) || got < 10*se {
		t.Errorf("unpaired se = %v, want %v: the fixture doesn't distinguish the two", got, unpaired)
	}
	// scipy 1.17: t.interval(0.95, 7, loc=mean(d), scale=sem(d))
	lower, upper := StudentBounds(mean, se, 7, 0.025)
	if !near(lower, 0.018546426910566936, 1e-13) || !near(upper, 0.04645357308943303, 1e-13) {
		t.Errorf("interval %v, %v; want 0.0185, 0.0465", lower, upper)
	}
	if p := StudentP(mean, se, 7); p > 0.001 || mean/unpaired > 1 {
		t.Errorf("paired p = %v, unpaired z = %v", p, mean/unpaired)
	}
}
