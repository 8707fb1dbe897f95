package stats

import (
	"math"
	"testing"

	"assay/harness/leaf/approx"
)

func TestScoreBounds(t *testing.T) {
	// scipy 1.17: brentq(lambda m: (p-m)**2 - c*m*(1-m), 0, p) and (p, 1), xtol=1e-15
	for _, test := range []struct{ p, c, lower, upper float64 }{
		{0, 0.05, 0.0, 0.047619047619047616},
		{0.02, 0.02, 0.007665614693314872, 0.05115791471844984},
		{0.3, 0.1, 0.17882082075676461, 0.4575428156068715},
		{0.5, 0.004, 0.46844027984510983, 0.5315597201548902},
		{0.97, 0.3, 0.7255999094613258, 0.9974770136155977},
		{1, 0.05, 0.9523809523809523, 1.0},
	} {
		lower, upper := ScoreBounds(test.p, test.c)
		if !near(lower, test.lower, 1e-12) || !near(upper, test.upper, 1e-12) {
			t.Errorf("ScoreBounds(%v, %v) = %v, %v; want %v, %v", test.p, test.c, lower, upper, test.lower, test.upper)
		}
	}
	z := -NormalQuantile(0.025)
	for n := 1; n < 60; n += 7 {
		for k := 0; k <= n; k++ {
			lower, upper := ScoreBounds(float64(k)/float64(n), z*z/float64(n))
			if lo, hi := Wilson(k, n, 0.95); !near(lower, lo, 1e-14) || !near(upper, hi, 1e-14) {
				t.Fatalf("%d of %d: %v, %v; Wilson %v, %v", k, n, lower, upper, lo, hi)
			}
		}
	}
}

func TestSpread(t *testing.T) {
	values, _, labeler := clusterFixture()
	sums, counts := sumsOf(values, labeler)
	s := NewSpread(values, sums, counts)
	// numpy 2.4, x and g the fixture's values and labelers; c, k = bincount(g), bincount(g, x):
	// e = k - x.mean()*c; pq = x.mean()*(1-x.mean())
	// 144/sum(c**2), sum(e**2)/(pq*sum(c**2)), 1/(sum(e**4)/sum(e**2)**2 - 1/3)
	for _, v := range []struct {
		name      string
		got, want float64
	}{{"mean", s.Mean, 7. / 12}, {"clusters", s.Clusters, 2.88}, {"between", s.VarianceRatio, 0.24799999999999997}, {"informants", s.Evidence, 5.999999999999991}, {"most", s.MaxRatio, 1}, {"tilt", s.Skew, -1. / 6}} {
		if !near(v.got, v.want, 1e-12) {
			t.Errorf("%s = %v, want %v", v.name, v.got, v.want)
		}
	}
	// Its variance is the clustered one; the sizes give the factor G/(G-1).
	_, se := ClusteredOneWay(sums, counts)
	variance := s.VarianceRatio * s.Mean * (1 - s.Mean) / s.Clusters * 3 / 2
	if !near(math.Sqrt(variance), se, 1e-14) {
		t.Errorf("se of the spread %v, clustered %v", math.Sqrt(variance), se)
	}
	// Clusters that agree are single draws. z decides, whatever t is.
	whole := NewSpread([]float64{1, 1, 0, 0, 0, 0, 0, 0}, []float64{2, 0, 0, 0}, []float64{2, 2, 2, 2})
	if c := whole.C(12.7, 2); !near(c, 1, 1e-14) {
		t.Errorf("c of four clusters that agree is %v, want 2^2/4", c)
	}
	// Draws that vary less than independent ones count as independent.
	even := NewSpread([]float64{1, 0, 1, 0, 1, 0, 1, 0}, []float64{1, 1, 1, 1}, []float64{2, 2, 2, 2})
	if even.VarianceRatio != 0.5 {
		t.Errorf("between %v of clusters that are equal, want that of independent draws", even.VarianceRatio)
	}
}

func TestPairedSpread(t *testing.T) {
	// One draw a pair: Tango's bounds, and McNemar's test without correction.
	d := make([]float64, 50)
	weights, shares := make([]float64, 50), make([]float64, 50)
	for i := range d {
		weights[i] = 1. / 50
		switch {
		case i < 3:
			d[i] = -1
		case i < 12:
			d[i] = 1
		}
		shares[i] = (d[i] - 6./50) / 50
	}
	s := NewPairedSpread(6./50, d, weights, shares)
	for _, alpha := range []float64{0.001, 0.025, 0.4} {
		z := -NormalQuantile(alpha)
		lower, upper := s.Bounds(1.1*z, z)
		wantLower, wantUpper := PairedScore(3, 9, 50, alpha)
		if !near(lower, wantLower, 1e-12) || !near(upper, wantUpper, 1e-12) {
			t.Errorf("at %v: %v, %v; Tango %v, %v", alpha, lower, upper, wantLower, wantUpper)
		}
	}
	// scipy 1.17: 2*norm.sf(6/sqrt(12)), of df so large that Student's is normal
	if p := s.P(1e6); !near(p, 0.0832645166635504, 1e-6) {
		t.Errorf("p = %v", p)
	}
	// The same pairs five times over, in clusters of five: five times the pairs, and
	// each cluster is effectively one pair.
	if s.Clusters != 50 && !near(s.Clusters, 50, 1e-12) {
		t.Errorf("%v clusters, want 50", s.Clusters)
	}
	if s.Discordant != 0.24 && !near(s.Discordant, 0.24, 1e-12) || !near(s.VarianceRatio, 1, 1e-12) || !near(s.Skew, 0.5, 1e-12) {
		t.Errorf("discordant %v, between %v, tilt %v", s.Discordant, s.VarianceRatio, s.Skew)
	}
}

// Clusters that are all half 0 and half 1, as when a model picks by position under
// both orders of two choices, carry as much information as their observations: the
// interval is Wilson's of all 40.
func TestSpreadOfEqualClusters(t *testing.T) {
	var values, sums, counts []float64
	for range 20 {
		values, sums, counts = append(values, 0, 1), append(sums, 1), append(counts, 2)
	}
	s := NewSpread(values, sums, counts)
	const z = 1.959963984540054
	lower, upper := ScoreBounds(s.Mean, s.C(z, z))
	// statsmodels.stats.proportion.proportion_confint(20, 40, method="wilson")
	if !approx.Equal(lower, 0.35199526933465375, 1e-12) || !approx.Equal(upper, 0.6480047306653463, 1e-12) {
		t.Errorf("bounds %v, %v, of %+v", lower, upper, s)
	}
}
