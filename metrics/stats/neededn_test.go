package stats_test

import (
	"math"
	"testing"

	"assay/metrics/stats"
)

// TestNeededN: statsmodels 0.15,
//
//	math.ceil(TTestPower().solve_power(effect_size=effect/sd, alpha=alpha, power=power, alternative="larger"))
func TestNeededN(t *testing.T) {
	for _, c := range []struct {
		sd, effect, alpha, power float64
		want                     int
	}{
		{1, .5, .05, .8, 27}, {.5, .1, .05, .8, 156}, {2, .1, .05, .9, 3427}, {1, 1.5, .05, .8, 5}, {.1, .01, .025, .8, 787}, {10, .3, .01, .95, 17526},
		{0, .1, .05, .8, 2},
	} {
		if n, ok := stats.NeededN(c.sd, c.effect, c.alpha, c.power); n != c.want || !ok {
			t.Errorf("%+v: n %d, %v", c, n, ok)
		}
	}
	for _, effect := range []float64{0, -1, 1e-9} {
		if n, ok := stats.NeededN(1, effect, .05, .8); ok {
			t.Errorf("effect %v: n %d", effect, n)
		}
	}
	for name, f := range map[string]func(){
		"alpha": func() { stats.NeededN(1, 1, 0, .8) }, "power": func() { stats.NeededN(1, 1, .05, 1) }, "sd": func() { stats.NeededN(math.NaN(), 1, .05, .8) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a bad %s is taken", name)
				}
			}()
			f()
		}()
	}
}
