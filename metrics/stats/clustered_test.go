package stats

import (
	"math"
	"testing"
)

// clusterFixture returns twelve binary values in five clusters of unequal size.
func clusterFixture() (values []float64, prompt, labeler []uint32) {
	return []float64{1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1},
		[]uint32{0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 4},
		[]uint32{0, 1, 2, 0, 1, 0, 1, 2, 0, 1, 2, 0}
}

// sumsOf sums and counts values by cluster 0..G-1.
func sumsOf(values []float64, cluster []uint32) (sums, counts []float64) {
	for i, c := range cluster {
		for int(c) >= len(sums) {
			sums, counts = append(sums, 0), append(counts, 0)
		}
		sums[c] += values[i]
		counts[c]++
	}
	return sums, counts
}

func TestClusteredOneWay(t *testing.T) {
	values, prompt, labeler := clusterFixture()
	// statsmodels 0.15: r = OLS(y, ones((12, 1))).fit(cov_type="cluster",
	// cov_kwds={"groups": g}); r.params[0], r.bse[0]
	for _, test := range []struct {
		name    string
		cluster []uint32
		se      float64
	}{
		{"prompt", prompt, 0.13402957684457492},
		{"labeler", labeler, 0.1771854280857372},
	} {
		mean, se := ClusteredOneWay(sumsOf(values, test.cluster))
		if !near(mean, 0.5833333333333335, 1e-15) || !near(se, test.se, 1e-14) {
			t.Errorf("by %s: %v, %v; want 7/12, %v", test.name, mean, se, test.se)
		}
	}
}

// With one value in each cluster it is the ordinary standard error of the mean.
func TestClusteredOneWayOfSingletons(t *testing.T) {
	x := []float64{2, 4, 4, 4, 5, 5, 7, 9}
	mean, se := ClusteredOneWay(x, []float64{1, 1, 1, 1, 1, 1, 1, 1})
	if wantMean, wantSE := MeanSE(x); !near(mean, wantMean, 1e-15) || !near(se, wantSE, 1e-15) {
		t.Errorf("got %v, %v; want %v, %v", mean, se, wantMean, wantSE)
	}
	if _, se := ClusteredOneWay([]float64{0.3, 0.1, 0.2}, []float64{3, 1, 2}); se > 1e-16 {
		t.Errorf("equal values have se %v, want 0", se)
	}
}

func TestClusteredTwoWay(t *testing.T) {
	values, prompt, labeler := clusterFixture()
	long := make([]float64, 200)
	a, b, pair, decade := make([]uint32, 200), make([]uint32, 200), make([]uint32, 200), make([]uint32, 200)
	for i := range long {
		a[i], b[i] = uint32(i*7919%23), uint32(i*104729%11)
		pair[i], decade[i] = uint32(i/2), uint32(i/20)
		long[i] = math.Sin(float64(a[i])) + math.Cos(2*float64(b[i])) + 0.5*math.Sin(12.9898*float64(i))
	}
	// statsmodels 0.15: OLS(y, ones((n, 1))).fit(cov_type="cluster",
	// cov_kwds={"groups": np.c_[a, b]}).bse[0]; where that is NaN (V < 0), the larger
	// bse[0] with one group.
	for _, test := range []struct {
		name   string
		values []float64
		a, b   []uint32
		mean   float64
		se     float64
		ok     bool
	}{
		{"small", values, prompt, labeler, 0.5833333333333335, 0.1754760940068511, true},
		{"crossed", long, a, b, 0.19442778563058283, 0.24661368025764338, true},
		{"nested", long, pair, decade, 0.19442778563058283, 0.03295407125782642, true},
		{"negative", []float64{1, 0, 0.2, 1, 0.9, 0.1}, []uint32{0, 0, 1, 1, 2, 2}, []uint32{0, 1, 0, 1, 0, 1},
			0.5333333333333333, 0.1666666666666668, false},
		{"both ways cancel", []float64{1, 0, 0, 1}, []uint32{0, 0, 1, 1}, []uint32{0, 1, 0, 1}, 0.5, 0, false},
		{"one labeler", values, prompt, make([]uint32, 12), 0.5833333333333335, 0.13402957684457492, false},
		{"one prompt", values, make([]uint32, 12), labeler, 0.5833333333333335, 0.1771854280857372, false},
		{"equal values", []float64{0.1, 0.1, 0.1, 0.1}, []uint32{0, 0, 1, 1}, []uint32{0, 1, 0, 1}, 0.1, 0, false},
	} {
		mean, se, ok := ClusteredTwoWay(test.values, test.a, test.b)
		if !near(mean, test.mean, 1e-14) || !near(se, test.se, 1e-13) || ok != test.ok {
			t.Errorf("%s: %v, %v, %v; want %v, %v, %v", test.name, mean, se, ok, test.mean, test.se, test.ok)
		}
		mirrored, mirroredSE, _ := ClusteredTwoWay(test.values, test.b, test.a)
		if mirrored != mean || !near(mirroredSE, se, 1e-14) {
			t.Errorf("%s: swapping the ways gives %v, %v; want %v, %v", test.name, mirrored, mirroredSE, mean, se)
		}
	}
}

func BenchmarkClusteredTwoWay(b *testing.B) {
	const n = 1_000_000
	values, prompt, labeler := make([]float64, n), make([]uint32, n), make([]uint32, n)
	for i := range values {
		values[i], prompt[i], labeler[i] = math.Sin(float64(i)), uint32(i/4), uint32(i%40)
	}
	b.Run("n=1e6", func(b *testing.B) {
		for b.Loop() {
			ClusteredTwoWay(values, prompt, labeler)
		}
	})
}
