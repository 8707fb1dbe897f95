package infer_test

import (
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
)

func TestOverSeeds(t *testing.T) {
	var of []metrics.Interval
	for _, p := range []float64{0.55, 0.607, 0.512, 0.58, 0.5} {
		of = append(of, metrics.Interval{Point: p, SE: 0.02, Lo: p - 0.04, Hi: p + 0.04})
	}
	// x = [.55, .607, .512, .58, .5]
	// scipy.stats.t.interval(.95, 4, loc=numpy.mean(x), scale=scipy.stats.sem(x))
	got := infer.OverSeeds(of)
	want := metrics.Interval{Point: 0.5498, SE: 0.020115665537, Lo: 0.493949958882, Hi: 0.605650041118}
	for name, pair := range map[string][2]float64{"point": {got.Point, want.Point}, "se": {got.SE, want.SE}, "lo": {got.Lo, want.Lo}, "hi": {got.Hi, want.Hi}} {
		if !approx.Equal(pair[0], pair[1], 1e-9) {
			t.Errorf("%s %.10f, want %.10f", name, pair[0], pair[1])
		}
	}
	if one := infer.OverSeeds(of[:1]); *one != of[0] {
		t.Errorf("of one seed %+v, want its own %+v", *one, of[0])
	}
	if infer.OverSeeds(nil) != nil {
		t.Error("of no seed there is an interval")
	}
}

func TestContrast(t *testing.T) {
	got := infer.Contrast([]infer.Term{{1, metrics.Interval{Point: 0.3, SE: 0.03}}, {-0.6, metrics.Interval{Point: 0.4, SE: 0.05}}})
	// sqrt(.03**2 + (.6 * .05)**2), and 1.959963984540054 times it
	if !approx.Equal(got.Point, 0.06, 1e-12) || !approx.Equal(got.SE, 0.0424264069, 1e-9) || !approx.Equal(got.Hi, 0.1431542296, 1e-8) {
		t.Errorf("got %+v", got)
	}
}
