package bootstrap_test

import (
	"math"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/bootstrap"
)

// The mean is a function of sums too, for which Run is checked against other programs. Both draw at
// random, in different ways, so bounds agree within a tenth of a standard error.
func TestCounted(t *testing.T) {
	var x []float64
	var sum float64
	for i := 1; i <= 40; i++ {
		r := float64(i * i % 17)
		x = append(x, r*r/10)
		sum += r * r / 10
	}
	mean := func(counts []float64) float64 {
		var total, n float64
		for i, k := range counts {
			total += k * x[i]
			n += k
		}
		return total / n
	}
	opt := bootstrap.Options{Resamples: 20_000, Seed: 3}
	r := bootstrap.Counted(len(x), mean, opt)
	rows := make([]float64, 0, 2*len(x))
	for _, v := range x {
		rows = append(rows, v, 1)
	}
	of := bootstrap.Run(rows, 2, func(s []float64) float64 { return s[0] / s[1] }, opt)
	if !approx.Equal(r.Point, sum/40, 1e-12) || !approx.Equal(r.Acceleration, of.Acceleration, 1e-12) || r.Method != bootstrap.MethodBCa {
		t.Errorf("%+v, want the acceleration %v", r, of.Acceleration)
	}
	for _, p := range []float64{0.025, 0.5, 0.975} {
		if got, want := r.Bound(p), of.Bound(p); !approx.Equal(got, want, 0.1*of.SE) {
			t.Errorf("bound %v: %v, sums give %v", p, got, want)
		}
	}
	opt.Workers = 1
	if again := bootstrap.Counted(len(x), mean, opt); again.Bound(0.025) != r.Bound(0.025) || again.SE != r.SE {
		t.Error("the result depends on the number of workers")
	}
}

// A statistic that is undefined without one of the clusters has no acceleration, and its
// undefined resamples are counted.
func TestCountedUndefined(t *testing.T) {
	r := bootstrap.Counted(6, func(counts []float64) float64 {
		if counts[4] == 0 {
			return math.NaN()
		}
		return counts[1] + 2*counts[4]
	}, bootstrap.Options{Resamples: 3000, Seed: 1})
	want := 3000 * math.Pow(5.0/6, 6)
	if r.Method != bootstrap.MethodBC || !approx.Equal(float64(r.Undefined), want, 100) {
		t.Errorf("%s, %d undefined, want about %.0f", r.Method, r.Undefined, want)
	}
}

// A resampling that is stopped is not usable, and ends at once.
func TestStop(t *testing.T) {
	mean := func(counts []float64) (sum float64) {
		for i, k := range counts {
			sum += k * float64(i)
		}
		return sum
	}
	for name, run := range map[string]func(called func(), stop chan struct{}) bootstrap.Result{
		"counted": func(called func(), stop chan struct{}) bootstrap.Result {
			return bootstrap.Counted(5, func(counts []float64) float64 { called(); return mean(counts) }, bootstrap.Options{Resamples: 1e6, Workers: 1, Stop: stop})
		},
		"sums": func(called func(), stop chan struct{}) bootstrap.Result {
			return bootstrap.Run([]float64{1, 5, 2, 4, 9}, 1, func(sums []float64) float64 { called(); return sums[0] }, bootstrap.Options{Resamples: 1e6, Workers: 1, Stop: stop})
		},
	} {
		stop, calls := make(chan struct{}), 0
		r := run(func() {
			if calls++; calls == 40 {
				close(stop)
			}
		}, stop)
		if r.Usable() || calls > 50 {
			t.Errorf("%s: usable %v after %d calls", name, r.Usable(), calls)
		}
	}
}
