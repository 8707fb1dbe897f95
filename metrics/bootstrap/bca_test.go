package bootstrap

import (
	"testing"

	"assay/harness/leaf/approx"
)

// The data and the replicates of the BCa reference. The values are binary fractions,
// so sums are exact and ties are the same in Go and Python. The generator of the
// replicates is three lines in either language:
//
//	s = 7
//	for each of 999*12: s = (1103515245*s + 12345) mod 2^31; index = (s >> 16) mod 12
var (
	refX = [...]float64{20. / 64, 172. / 64, 3. / 64, 121. / 64, 49. / 64, 345. / 64, 8. / 64, 70. / 64, 31. / 64, 211. / 64, 58. / 64, 13. / 64}
	refY = [...]float64{1, 3, 1, 2, 2, 4, 1, 1, 1, 3, 2, 1}
)

// TestBCaEqualsSciPy. Reference: scipy 1.17.1, numpy 2.4.6, th the replicates,
// f(i, axis) the statistic of the indexed clusters,
//
//	a1, a2, a = scipy.stats._resampling._bca_interval((np.arange(12),), f, -1, p, th, None, np)
//	np.percentile(th, 100*a1), np.percentile(th, 100*a2), np.percentile(th, 100*p), th.std(ddof=1)
func TestBCaEqualsSciPy(t *testing.T) {
	mean := func(s []float64) float64 { return s[0] / 12 }
	ratio := func(s []float64) float64 { return s[0] / s[1] }
	type bounds struct{ p, lo, hi, plain float64 }
	for _, c := range []struct {
		name             string
		point            func([]float64) float64
		acceleration, se float64
		bounds           []bounds
	}{
		{"mean", mean, 0.06487999158147138, 0.43661449890259413, []bounds{
			{0.025, 0.7539389965892319, 2.6377335474808543, 0.6440104166666667},
			{0.05, 0.8532546297677938, 2.3456559368399463, 0.7428385416666667},
			{0.0005, 0.4518039270047576, 2.939724276596744, 0.3234700520833333}}},
		{"ratio", ratio, 0.07318820773276631, 0.1380621366802602, []bounds{
			{0.025, 0.522203947368421, 1.0415750929164296, 0.46538537289915966},
			{0.05, 0.56645486400707, 1.0137284726521516, 0.5220668859649122},
			{0.0005, 0.3752786908971652, 1.1380076969873527, 0.28633550824175824}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := referenceResult(c.point)
			check := func(what string, got, want float64) {
				t.Helper()
				if !approx.Equal(got, want, 1e-9) {
					t.Errorf("%s = %.12f, want %.12f", what, got, want)
				}
			}
			check("acceleration", r.Acceleration, c.acceleration)
			check("SE", r.SE, c.se)
			for _, b := range c.bounds {
				check("lower bound", r.Bound(b.p), b.lo)
				check("upper bound", r.Bound(1-b.p), b.hi)
				check("percentile", r.Percentile(b.p), b.plain)
			}
			if r.Method != MethodBCa {
				t.Errorf("Method = %q, want %q", r.Method, MethodBCa)
			}
		})
	}
}

func referenceResult(point func([]float64) float64) Result {
	var rows []float64
	for i := range refX {
		rows = append(rows, refX[i], refY[i])
	}
	state := uint64(7)
	replicates := make([]float64, 999)
	for b := range replicates {
		sums := make([]float64, 2)
		for range refX {
			state = (1103515245*state + 12345) % (1 << 31)
			i := (state >> 16) % 12
			sums[0] += refX[i]
			sums[1] += refY[i]
		}
		replicates[b] = point(sums)
	}
	s := newBlocked(rows, 2)
	sums := make([]float64, 2)
	s.total(sums)
	a, ok := acceleration(jackknife(s, 2, 12, point))
	return newResult(point(sums), 12, replicates, a, ok)
}

// TestJackknifeOfGroupedRowsIsTheSame: multiplicities represent repeated rows.
func TestJackknifeOfGroupedRowsIsTheSame(t *testing.T) {
	rows := []float64{1, 1, 1, 5, 5, 2, 9, 1}
	mean := func(s []float64) float64 { return s[0] / 8 }
	one, _ := acceleration(jackknife(newBlocked(rows, 1), 1, 8, mean))
	two, _ := acceleration(jackknife(newGrouped(rows, 1, 8), 1, 8, mean))
	// sum(d^3) / (6 sum(d^2)^1.5) with d = x - mean(x), in numpy 2.4.6.
	const want = 0.061814213067476934
	if !approx.Equal(one, want, 1e-12) || !approx.Equal(two, want, 1e-12) {
		t.Errorf("accelerations = %v blocked, %v grouped, want %v", one, two, want)
	}
}

func TestBiasCountsHalfOfTies(t *testing.T) {
	for _, c := range []struct {
		name     string
		sorted   []float64
		observed float64
		want     float64
		ok       bool
	}{
		{"symmetric", []float64{1, 2, 3}, 2, 0, true},
		// scipy.special.ndtri(1.5/4)
		{"one below, one tie", []float64{1, 2, 3, 4}, 2, -0.31863936396437514, true},
		{"tie in another order of summation", []float64{0.1 + 0.2, 0.5}, 0.3, -0.6744897501960817, true},
		{"all above", []float64{1, 2, 3}, 0, 0, false},
		{"all below", []float64{1, 2, 3}, 4, 0, false},
	} {
		got, ok := bias(c.sorted, c.observed)
		if !approx.Equal(got, c.want, 1e-12) || ok != c.ok {
			t.Errorf("%s: z0 = %v, %v, want %v, %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

func TestCorrectedLevelPastThePole(t *testing.T) {
	for _, c := range []struct{ p, z0, a, want float64 }{
		{0.999, 3, 0.2, 1}, // a(z0+z) = 1.22
		{0.001, -3, -0.2, 0},
		{0, 0.3, 0.1, 0},
		{1, 0.3, 0.1, 1},
	} {
		if got := correctedLevel(c.p, c.z0, c.a); got != c.want {
			t.Errorf("level of %v with z0 %v, a %v = %v, want %v", c.p, c.z0, c.a, got, c.want)
		}
	}
}
