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

func TestPairedT(t *testing.T) {
	_, _, d := scores()
	long := make([]float64, 2000)
	for i := range long {
		long[i] = math.Sin(float64(i)) + 0.05
	}
	// scipy 1.17: ttest_rel(second, first), ttest_1samp(d, 0) for the others
	for _, test := range []struct {
		name     string
		d        []float64
		t, df, p float64
	}{
		{"scores", d, 5.507570547286105, 7, 0.0008993006369287458},
		{"with a zero", []float64{0.2, -0.1, 0.4, 0.3, 0, 0.5, -0.2, 0.1}, 1.7320508075688774, 7, 0.12687036692367099},
		{"integers", []float64{3, -1, 2, 5, 1}, 2, 4, 0.11611652351681556},
		{"turned", []float64{-3, 1, -2, -5, -1}, -2, 4, 0.11611652351681556},
		{"long", long, 3.1868681714509837, 1999, 0.0014604299405006325},
	} {
		gotT, df, p, ok := PairedT(test.d)
		if !near(gotT, test.t, 1e-12) || df != test.df || !relative(p, test.p, 1e-10) || !ok {
			t.Errorf("%s: %v, %v, %v, %v; want %v, %v, %v", test.name, gotT, df, p, ok, test.t, test.df, test.p)
		}
	}
}

func TestPairedTWithoutSpread(t *testing.T) {
	for _, test := range []struct {
		d    []float64
		t, p float64
	}{
		{[]float64{0, 0, 0}, 0, 1},
		{[]float64{-0.5, -0.5}, math.Inf(-1), 0.5},
		{[]float64{0.3 - 0.2, 0.4 - 0.3, 0.9 - 0.8}, math.Inf(1), 0.25}, // 0.1 up to rounding
	} {
		gotT, _, p, ok := PairedT(test.d)
		if gotT != test.t || p != test.p || ok {
			t.Errorf("PairedT(%v) = %v, p %v, %v; want %v, p %v, false", test.d, gotT, p, ok, test.t, test.p)
		}
		if flip := SignFlip(test.d, 1, 1); flip != p {
			t.Errorf("SignFlip(%v) = %v, but PairedT gives p %v", test.d, flip, p)
		}
	}
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
	if _, _, p, _ := PairedT(d); p > 0.001 || mean/unpaired > 1 {
		t.Errorf("paired p = %v, unpaired z = %v", p, mean/unpaired)
	}
}
