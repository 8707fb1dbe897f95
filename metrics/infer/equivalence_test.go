package infer_test

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
)

func equivalence(margin float64, p infer.Paired) metrics.GateResult {
	g := gate(margin, p)
	g.Equivalent = true
	return infer.Decide([]infer.Gate{g})[0]
}

// TestEquivalenceReference: statsmodels 0.15,
//
//	statsmodels.stats.weightstats.ttost_paired(y, x, -m, m)[0]
func TestEquivalenceReference(t *testing.T) {
	x, y := fortyScores()
	p := infer.Compare(of(wide(), x...), of(wide(), y...), options())
	for margin, want := range map[float64]float64{
		.05: 0.1232534597606022, .1: 0.002339194032359229, .02: 0.46749954634028895, .2: 3.26293816521415e-08,
	} {
		near(t, "p", p.EquivalenceP(margin), want, 1e-9)
		r := equivalence(margin, p)
		if (r.Verdict == metrics.Pass) != (want < .05) || r.P == nil || !approx.Equal(*r.P, want, 1e-9) {
			t.Errorf("margin %v: %s, p %v, want %v", margin, r.Verdict, r.P, want)
		}
	}
	// The smallest margin has a p of .05, for the turned difference too.
	for name, p := range map[string]infer.Paired{"up": p, "down": infer.Compare(of(wide(), y...), of(wide(), x...), options())} {
		near(t, name, p.EquivalenceP(p.EquivalentWithin), .05, 1e-9)
	}
	if down := infer.Compare(of(wide(), y...), of(wide(), x...), options()); !approx.Equal(down.EquivalentWithin, p.EquivalentWithin, 1e-12) {
		t.Errorf("within %v, turned %v", p.EquivalentWithin, down.EquivalentWithin)
	}
}

func TestEquivalenceVerdicts(t *testing.T) {
	low, neither := wide(), wide()
	low.Direction, neither.Direction = metrics.LowerIsBetter, metrics.NeitherIsBetter
	x, _ := fortyScores()
	moved := func(by float64, m *metrics.Metric) infer.Paired {
		z := make([]float64, len(x))
		for i := range x {
			z[i] = x[i] + by + .02*math.Sin(float64(i))
		}
		return infer.Compare(of(m, x...), of(m, z...), options())
	}
	for name, c := range map[string]struct {
		p    infer.Paired
		want metrics.Verdict
	}{
		"equal":                     {moved(0, wide()), metrics.Pass},
		"much better":               {moved(.3, wide()), metrics.Differs},
		"much worse":                {moved(-.3, wide()), metrics.Differs},
		"at the margin":             {moved(.05, wide()), metrics.Inconclusive},
		"a loss within the margin":  {moved(-.02, wide()), metrics.Pass},
		"lower is better: much":     {moved(.3, low), metrics.Differs},
		"lower is better: equal":    {moved(0.01, low), metrics.Pass},
		"no direction: equal":       {moved(0, neither), metrics.Pass},
		"no direction: differs":     {moved(.2, neither), metrics.Differs},
		"one pair":                  {infer.Compare(of(mean(), .5), of(mean(), .5), options()), metrics.Inconclusive},
		"nothing to compare at all": {infer.Compare(of(mean(), 1), infer.NewColumn(mean()), options()), metrics.NotAttempted},
	} {
		if r := equivalence(.05, c.p); r.Verdict != c.want {
			t.Errorf("%s: %s with %+v, want %s", name, r.Verdict, r.GateBounds, c.want)
		}
	}
	// A gate of equivalence doesn't count among the tests of a loss, but among those of a
	// difference beyond the margin.
	far, other := gate(.05, moved(-.02, wide())), gate(.05, moved(.3, wide()))
	other.Equivalent = true
	if r := infer.Decide([]infer.Gate{far, other}); r[0].Level != .05 || !r[0].Within || r[1].Verdict != metrics.Differs || r[1].Level > .025 {
		t.Errorf("together: %+v, %+v", r[0].GateBounds, r[1].GateBounds)
	}
}

// TestEquivalenceUnscored: a pass must hold whether the unscored pairs are at their best or
// at their worst.
func TestEquivalenceUnscored(t *testing.T) {
	column := func(missing int) *infer.Column {
		s := infer.NewColumn(proportion())
		for i := range 2000 {
			if i < missing {
				s.AddMissing(uint32(i))
				continue
			}
			s.Add(uint32(i), 0, []float64{float64(i % 2)})
		}
		return s
	}
	for _, side := range []int{0, 1} {
		for missing, want := range map[int]metrics.Verdict{0: metrics.Pass, 20: metrics.Pass, 100: metrics.Inconclusive} {
			first, second := column(0), column(missing)
			if side == 0 {
				first, second = second, first
			}
			p := infer.Compare(first, second, options())
			r := equivalence(.03, p)
			if r.Verdict != want {
				t.Errorf("%d missing on side %d: %s, %+v", missing, side, r.Verdict, r.GateBounds)
			}
			if missing == 100 && (*r.Worst > -.03 || *r.Best < .03) {
				t.Errorf("bounds with the missing ones: %v, %v", *r.Worst, *r.Best)
			}
			g := gate(.03, p)
			g.Equivalent, g.Unscored = true, metrics.UnscoredIgnored
			if r := infer.Decide([]infer.Gate{g})[0]; r.Verdict != metrics.Pass {
				t.Errorf("ignored: %s", r.Verdict)
			}
		}
	}
}

// TestEquivalenceSize: at a true difference of the margin, equivalence is claimed in at most
// 5% of studies; and the n that a gate names decides it in about 80%.
func TestEquivalenceSize(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	pairsOf := func(n int, shift float64) (a, b *infer.Column) {
		a, b = infer.NewColumn(wide()), infer.NewColumn(wide())
		for i := range n {
			x := r.NormFloat64()
			a.Add(uint32(i), 0, []float64{x})
			b.Add(uint32(i), 0, []float64{x + shift + .3*r.NormFloat64()})
		}
		return a, b
	}
	binary := func(n int, only1, only2 float64) (a, b *infer.Column) {
		a, b = infer.NewColumn(proportion()), infer.NewColumn(proportion())
		for i := range n {
			x, y := 1., 1.
			switch u := r.Float64(); {
			case u < only1:
				y = 0
			case u < only1+only2:
				x = 0
			case u < .6:
				x, y = 0, 0
			}
			a.Add(uint32(i), 0, []float64{x})
			b.Add(uint32(i), 0, []float64{y})
		}
		return a, b
	}
	trials := trialsOf(160, 800)
	se := math.Sqrt(.05 * .95 / float64(trials))
	claims := func(draw func() (a, b *infer.Column), margin float64) float64 {
		k := 0.
		for range trials {
			a, b := draw()
			if p := infer.Compare(a, b, options()); p.EquivalentWithin < margin {
				k++
			}
		}
		return k / float64(trials)
	}
	cases := map[string]struct {
		draw   func() (a, b *infer.Column)
		margin float64
		least  float64
	}{
		"means, n 200":          {func() (a, b *infer.Column) { return pairsOf(200, .08) }, .08, .05 - 3*se},
		"means, n 60, below":    {func() (a, b *infer.Column) { return pairsOf(60, -.2) }, .2, .05 - 3*se},
		"shares, n 400, better": {func() (a, b *infer.Column) { return binary(400, .05, .13) }, .08, .05 - 3*se},
		"shares, n 1000, worse": {func() (a, b *infer.Column) { return binary(1000, .11, .05) }, .06, .05 - 3*se},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) { // in this order, since the draws share a generator
		c := cases[name]
		if share := claims(c.draw, c.margin); share > .05+3*se || share < c.least {
			t.Errorf("%s: equivalence claimed in %.3f of studies at the margin", name, share)
		} else {
			t.Logf("%s: %.3f", name, share)
		}
	}
	a, b := pairsOf(50, 0)
	for p := infer.Compare(a, b, options()); !approx.Equal(p.Point, 0, .002); p = infer.Compare(a, b, options()) {
		a, b = pairsOf(50, 0)
	}
	g := equivalence(.05, infer.Compare(a, b, options()))
	sd := math.Sqrt(50) * infer.Compare(a, b, options()).SE
	n := 0
	for _, c := range g.Needed {
		n = 10*n + int(c-'0')
	}
	if want := math.Pow(2.9264*sd/.05, 2); !approx.Equal(float64(n), want, .03*want) { // z.95 + z.9
		t.Errorf("needed %s, want about %.0f", g.Needed, want)
	}
	if power := claims(func() (a, b *infer.Column) { return pairsOf(n, 0) }, .05*.3/sd); !approx.Equal(power, .8, 3*math.Sqrt(.8*.2/float64(trials))) {
		t.Errorf("power %.3f at the n that is needed, want .8", power)
	}
}
