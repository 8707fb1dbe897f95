package infer_test

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/infer"
	"assay/metrics/stats"
)

// nested draws a side: prompts with draws of judgements, around shared prompt effects.
func nested(r *rand.Rand, effects []float64, draws, judgements int, within, judge float64) (all []infer.Draw) {
	for i, effect := range effects {
		for k := range draws {
			draw := effect + within*r.NormFloat64()
			for range judgements {
				all = append(all, infer.Draw{Example: uint32(i), Sample: k, Value: draw + judge*r.NormFloat64()})
			}
		}
	}
	return all
}

// TestComponentsReference: a balanced layout of 2 prompts, 2 draws and 2 judgements, by hand.
// Side: prompt 0 has draws {1, 3}, {5, 7}; prompt 1 has {2, 2}, {4, 8}. Judge: squares 2+2+0+8
// over 4 = 3. Draw means 2, 6 and 2, 6: squares 8+8 over 2 = 8, less 3/2 = 6.5. Prompt means 4
// and 4: variance 0, so between is 0. The other side adds 10 to prompt 1: its variance is 50,
// less the noise of both sides, 2*(6.5/2 + 3/4).
func TestComponentsReference(t *testing.T) {
	values := [2][2][2]float64{{{1, 3}, {5, 7}}, {{2, 2}, {4, 8}}}
	side := func(add float64) (all []infer.Draw) {
		for i, prompt := range values {
			for k, draw := range prompt {
				for _, x := range draw {
					all = append(all, infer.Draw{Example: uint32(i), Sample: k, Value: x + add*float64(i)})
				}
			}
		}
		return all
	}
	c, ok := infer.NewComponents(side(0), side(10))
	if !ok || !c.WithinKnown || !c.JudgeKnown || c.N != 2 || c.Draws != 2 || c.Judgements != 2 || c.Binary {
		t.Fatalf("%+v", c)
	}
	near(t, "judge", c.Judge[1], 3, 1e-12)
	near(t, "within", c.Within[0], 6.5, 1e-12)
	near(t, "between", c.Between, 50-2*(6.5/2+3./4), 1e-12)
	near(t, "variance", c.Variance(4, 3), c.Between+2*(6.5+1)/4, 1e-12)
	alone, _ := infer.NewComponents(nil, side(10))
	near(t, "between alone", alone.Between, 50-(6.5/2+3./4), 1e-12)
	if alone.Within[0] != 0 || alone.Draws != 2 {
		t.Errorf("alone %+v", alone)
	}
	if _, ok := infer.NewComponents(side(0)[:4], side(0)); ok {
		t.Error("one prompt in common has variances")
	}
}

// TestComponentsRecovered: the estimates are those that data were drawn with.
func TestComponentsRecovered(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	var between, within, judge float64
	const trials = 60
	for range trials {
		a, b := make([]float64, 150), make([]float64, 150)
		for i := range a {
			a[i] = r.NormFloat64()
			b[i] = a[i] + .5*r.NormFloat64()
		}
		c, _ := infer.NewComponents(nested(r, a, 3, 2, .8, .6), nested(r, b, 3, 2, .4, .6))
		between += c.Between / trials
		within += c.Within[0] / trials
		judge += c.Judge[1] / trials
	}
	for name, c := range map[string][2]float64{"between": {between, .25}, "within": {within, .64}, "judge": {judge, .36}} {
		if !approx.Equal(c[0], c[1], .04) {
			t.Errorf("%s: %.3f, want %.3f", name, c[0], c[1])
		}
	}
}

// TestPlannedPower: a study of the planned size passes its gate in the share of cases that
// was asked for.
func TestPlannedPower(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 4))
	trials := trialsOf(1000, 10_000)
	se := math.Sqrt(.8 * .2 / float64(trials))
	// The bounds that infer.Compare gives these data, without the rest of its work.
	normal := func(n, draws int, shift float64) (lower, upper float64) {
		differences := make([]float64, n)
		for i := range differences {
			differences[i] = shift + .3*r.NormFloat64()
			for range draws {
				differences[i] += .4 * (r.NormFloat64() - r.NormFloat64()) / float64(draws)
			}
		}
		mean, se := stats.MeanSE(differences)
		return stats.StudentBounds(mean, se, float64(n-1), infer.Alpha)
	}
	pairs := func(n int, first, second float64) (lower, upper float64) {
		onlyFirst, onlySecond := 0, 0
		for range n {
			switch u := r.Float64(); {
			case u < first:
				onlyFirst++
			case u < first+second:
				onlySecond++
			}
		}
		return stats.PairedScore(onlyFirst, onlySecond, n, infer.Alpha)
	}
	known := infer.Components{Between: .09, Within: [2]float64{.16, .16}, WithinKnown: true, Design: 1}
	cases := map[string]struct {
		study infer.Study
		draws int
		draw  func(n int) (lower, upper float64)
	}{
		"means, 1 draw":        {infer.Study{Components: known, Margin: .15}, 1, func(n int) (float64, float64) { return normal(n, 1, 0) }},
		"means, 4 draws":       {infer.Study{Components: known, Margin: .1}, 4, func(n int) (float64, float64) { return normal(n, 4, 0) }},
		"means, a small gain":  {infer.Study{Components: known, Margin: .1, True: .05}, 2, func(n int) (float64, float64) { return normal(n, 2, .05) }},
		"means, a permitted":   {infer.Study{Components: known, Margin: .2, True: -.05}, 2, func(n int) (float64, float64) { return normal(n, 2, -.05) }},
		"means, equivalence":   {infer.Study{Components: known, Margin: .15, Equivalent: true}, 2, func(n int) (float64, float64) { return normal(n, 2, 0) }},
		"shares, equal":        {infer.Study{Components: infer.Components{Between: .16, Design: 1, Binary: true}, Margin: .08}, 1, func(n int) (float64, float64) { return pairs(n, .08, .08) }},
		"shares, small gain":   {infer.Study{Components: infer.Components{Between: .16 - .0004, Design: 1, Binary: true}, Margin: .06, True: .02}, 1, func(n int) (float64, float64) { return pairs(n, .07, .09) }},
		"shares, equivalence":  {infer.Study{Components: infer.Components{Between: .1, Design: 1, Binary: true}, Margin: .05, Equivalent: true}, 1, func(n int) (float64, float64) { return pairs(n, .05, .05) }},
		"shares, few disagree": {infer.Study{Components: infer.Components{Between: .04, Design: 1, Binary: true}, Margin: .03}, 1, func(n int) (float64, float64) { return pairs(n, .02, .02) }},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) { // in this order, since the draws share a generator
		c := cases[name]
		s := c.study
		s.Power, s.Judgements = .8, 1
		n, ok := s.Prompts(c.draws)
		if !ok {
			t.Fatalf("%s: no n", name)
		}
		if at, before := s.PowerAt(n, c.draws), s.PowerAt(n-1, c.draws); at < .8 || before >= .8 {
			t.Errorf("%s: power %.4f at n %d, %.4f before", name, at, n, before)
		}
		passes := 0.
		for range trials {
			lower, upper := c.draw(n)
			if lower > -s.Margin && (!s.Equivalent || upper < s.Margin) {
				passes++
			}
		}
		share := passes / float64(trials)
		t.Logf("%s: n %d, passes %.3f", name, n, share)
		if !approx.Equal(share, .8, .008+3*se) { // .008: n is whole, and counts are discrete
			t.Errorf("%s: n %d passes in %.3f of studies, want .80", name, n, share)
		}
	}
	s := infer.Study{Components: known, Margin: .1, True: -.1, Power: .8, Judgements: 1}
	if n, ok := s.Prompts(1); ok {
		t.Errorf("a true loss of the margin needs n %d", n)
	}
}
