package bootstrap_test

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/bootstrap"
)

// fingerprint hashes the bytes of many quantiles.
func fingerprint(r bootstrap.Result) uint64 {
	h := fnv.New64a()
	var buf [8]byte
	add := func(x float64) {
		binary.LittleEndian.PutUint64(buf[:], math.Float64bits(x))
		h.Write(buf[:])
	}
	add(r.Point)
	add(r.SE)
	for i := range 1001 {
		add(r.Percentile(float64(i) / 1000))
	}
	add(r.Bound(0.025))
	add(r.Bound(0.975))
	return h.Sum64()
}

// TestBytesAreFixed: the bytes are the same for every number of workers, every run
// and every architecture. A change to these values changes every bootstrap
// interval that was ever reported with a seed; the commit that makes it must say
// so.
func TestBytesAreFixed(t *testing.T) {
	grid := make([]float64, 5000) // tenths, computed with exact operations only
	for i := range grid {
		grid[i] = float64(i*i%1009) / 10
	}
	for _, c := range []struct {
		name string
		rows []float64
		dim  int
		want uint64
	}{
		{"blocked", grid, 1, 0xd3be88403eb6056b},
		{"blocked, dim 4", grid, 4, 0xcc8ba3fb85b76483},
		{"grouped", make01(5000), 2, 0xd3f91e2998914cd4},
	} {
		for _, workers := range []int{0, 1, 2, 3, 7, 64} {
			n := float64(len(c.rows) / c.dim)
			r := bootstrap.Run(c.rows, c.dim, func(s []float64) float64 { return s[len(s)-1] / n },
				bootstrap.Options{Resamples: 2000, Seed: 42, Workers: workers})
			if got := fingerprint(r); got != c.want {
				t.Errorf("%s, %d workers: fingerprint = %#x, want %#x", c.name, workers, got, c.want)
			}
		}
	}
}

func make01(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i % 3 / 2)
	}
	return out
}

// TestFullRunAgreesWithSciPy. Reference: scipy 1.17.1,
//
//	i = np.arange(200); x = ((i*7919)%1009/1009.0)**4*10; y = 1+(i*31)%7
//	scipy.stats.bootstrap((x, y), ratio, paired=True, n_resamples=200000, method='BCa', rng=s)
//
// averaged over s = 0..5, whose bounds vary by less than 0.001.
func TestFullRunAgreesWithSciPy(t *testing.T) {
	var rows []float64
	for i := range 200 {
		u := float64(i*7919%1009) / 1009
		rows = append(rows, u*u*u*u*10, float64(1+i*31%7))
	}
	r := bootstrap.Run(rows, 2, func(s []float64) float64 { return s[0] / s[1] },
		bootstrap.Options{Resamples: 200_000, Seed: 3})
	for _, c := range []struct {
		what                 string
		got, want, tolerance float64
	}{
		{"point", r.Point, 0.5091142032457152, 1e-12},
		{"SE", r.SE, 0.05161, 0.0004},
		{"lower bound", r.Bound(0.025), 0.41594, 0.0012},
		{"upper bound", r.Bound(0.975), 0.61921, 0.0018},
	} {
		if !approx.Equal(c.got, c.want, c.tolerance) {
			t.Errorf("%s = %.5f, want %.5f +- %.5f", c.what, c.got, c.want, c.tolerance)
		}
	}
}

func TestDegenerateAndUndefined(t *testing.T) {
	first := func(s []float64) float64 { return s[0] }
	ratio := func(s []float64) float64 { return s[0] / s[1] }
	constant := func([]float64) float64 { return 0.3 }
	never := func([]float64) float64 { return math.NaN() }
	// One cluster of three holds the entire denominator. (2/3)^3 of the resamples lack
	// it.
	rare := []float64{1, 0, 2, 0, 3, 1}
	for _, c := range []struct {
		name       string
		rows       []float64
		dim        int
		point      func([]float64) float64
		degenerate bool
		usable     bool
		method     string
		warning    string
	}{
		{"equal rows", []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 1, first, true, true, bootstrap.MethodBCa, "all resamples equal the point"},
		{"one cluster", []float64{0.7}, 1, first, true, true, bootstrap.MethodBC, "all resamples equal the point"},
		{"constant statistic", []float64{1, 2, 3}, 1, constant, true, true, bootstrap.MethodBCa, "all resamples equal the point"},
		{"undefined point", []float64{1, 2, 3}, 1, never, true, false, bootstrap.MethodPercentile, "undefined in 3000 of 3000"},
		{"infinite replicates", rare, 2, ratio, false, true, bootstrap.MethodBC, "of 3000 resamples"},
		{"few clusters", []float64{1, 0, 0, 2}, 1, first, false, true, bootstrap.MethodBCa, "bootstrap of 4 clusters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := bootstrap.Run(c.rows, c.dim, c.point, bootstrap.Options{Resamples: 3000, Seed: 1})
			if r.Degenerate != c.degenerate || r.Usable() != c.usable || r.Method != c.method {
				t.Errorf("Degenerate, Usable, Method = %v, %v, %q, want %v, %v, %q",
					r.Degenerate, r.Usable(), r.Method, c.degenerate, c.usable, c.method)
			}
			if got := strings.Join(r.Warnings(), "; "); !strings.Contains(got, c.warning) {
				t.Errorf("Warnings = %q, want %q among them", got, c.warning)
			}
			if c.degenerate && c.usable && (r.Bound(0.025) != r.Point || r.Bound(0.975) != r.Point || r.SE != 0) {
				t.Errorf("bounds %v, %v, SE %v, want the point %v and 0", r.Bound(0.025), r.Bound(0.975), r.SE, r.Point)
			}
			if !c.degenerate && !(r.Bound(0.025) < r.Bound(0.975)) {
				t.Errorf("bounds %v, %v are out of order", r.Bound(0.025), r.Bound(0.975))
			}
		})
	}
	r := bootstrap.Run(rare, 2, ratio, bootstrap.Options{Resamples: 3000, Seed: 1})
	if share := float64(r.Undefined) / 3000; !approx.Equal(share, 8.0/27, 0.035) {
		t.Errorf("share of undefined replicates = %.3f, want 8/27", share)
	}
}

// TestOneSidedReplicatesFallBackToPercentile: with every cluster's count among the
// sums, the number of clusters drawn more than once is 0 on the data and above 0
// in all but 8!/8^8 of the resamples, so z0 is infinite.
func TestOneSidedReplicatesFallBackToPercentile(t *testing.T) {
	const n = 8
	rows := make([]float64, n*n)
	for i := range n {
		rows[i*n+i] = 1
	}
	repeated := func(sums []float64) float64 {
		count := 0.0
		for _, c := range sums {
			if c > 1.5 {
				count++
			}
		}
		return count
	}
	r := bootstrap.Run(rows, n, repeated, bootstrap.Options{Resamples: 50, Seed: 1})
	if r.Method != bootstrap.MethodPercentile || r.Bound(0.025) != r.Percentile(0.025) || r.Bound(0.5) <= r.Point {
		t.Errorf("Method = %q, bounds %v, %v, want percentiles %v, %v above %v",
			r.Method, r.Bound(0.025), r.Bound(0.5), r.Percentile(0.025), r.Percentile(0.5), r.Point)
	}
}

func TestShapeBugsPanic(t *testing.T) {
	one := func(s []float64) float64 { return s[0] }
	for name, run := range map[string]func(){
		"no rows":       func() { bootstrap.Run(nil, 1, one, bootstrap.Options{}) },
		"no dim":        func() { bootstrap.Run([]float64{1}, 0, one, bootstrap.Options{}) },
		"ragged":        func() { bootstrap.Run([]float64{1, 2, 3}, 2, one, bootstrap.Options{}) },
		"one resample":  func() { bootstrap.Run([]float64{1}, 1, one, bootstrap.Options{Resamples: 1}) },
		"less than one": func() { bootstrap.Run([]float64{1}, 1, one, bootstrap.Options{Resamples: -5}) },
	} {
		func() {
			defer func() {
				if got, ok := recover().(string); !ok || !strings.HasPrefix(got, "bootstrap: ") {
					t.Errorf("%s: recovered %q, want a message with the package's prefix", name, got)
				}
			}()
			run()
		}()
	}
}
