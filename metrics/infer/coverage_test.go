package infer_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
)

// TestCoverage draws samples of known populations and counts how often the 95%
// interval contains the true value. The tolerance is four Monte Carlo standard
// errors, plus below 95% the known shortfall of the method at this size.
func TestCoverage(t *testing.T) {
	for _, c := range []struct {
		name   string
		trials int
		under  float64 // the method's known shortfall
		trial  func(r *rand.Rand) (point *metrics.Interval, truth float64)
	}{
		{"Wilson", 3000, 0.01, func(r *rand.Rand) (*metrics.Interval, float64) {
			return infer.Estimate(simulated(r, proportion(), 80, 1, 0.3, 0), options()).Interval, 0.3
		}},
		{"t", 3000, 0, func(r *rand.Rand) (*metrics.Interval, float64) {
			return infer.Estimate(simulated(r, wide(), 30, 1, 0.3, 0.5), options()).Interval, 0.3
		}},
		{"clustered", 3000, 0.005, func(r *rand.Rand) (*metrics.Interval, float64) {
			return infer.Estimate(simulated(r, wide(), 50, 3, 0.3, 0.5), options()).Interval, 0.3
		}},
		{"two-way", 1000, 0.02, func(r *rand.Rand) (*metrics.Interval, float64) {
			return infer.Estimate(crossed(r, 40, 15, nil), options()).Interval, 0
		}},
		{"paired score", 3000, 0.01, func(r *rand.Rand) (*metrics.Interval, float64) {
			a, b := infer.NewColumn(proportion()), infer.NewColumn(proportion())
			for i := range uint32(80) { // the two share half of their draws
				x := below(r, 0.4)
				y := x
				if r.Float64() < 0.5 {
					y = below(r, 0.6)
				}
				a.Add(i, 0, []float64{x})
				b.Add(i, 0, []float64{y})
			}
			return infer.Compare(a, b, options()).Interval, 0.1
		}},
		{"paired t", 2000, 0, func(r *rand.Rand) (*metrics.Interval, float64) {
			a, b := simulatedPair(r, 60, 1, 0.2)
			return infer.Compare(a, b, options()).Interval, 0.2
		}},
		{"paired t, clustered", 2000, 0.005, func(r *rand.Rand) (*metrics.Interval, float64) {
			a, b := simulatedPair(r, 60, 3, 0.2)
			return infer.Compare(a, b, options()).Interval, 0.2
		}},
		{"paired two-way", 600, 0.02, func(r *rand.Rand) (*metrics.Interval, float64) {
			labelers := normals(r, 15)
			return infer.Compare(crossed(r, 30, 15, labelers), crossed(r, 30, 15, labelers), options()).Interval, 0
		}},
		{"paired bootstrap of a ratio", 1200, 0.012, func(r *rand.Rand) (*metrics.Interval, float64) {
			a, b := infer.NewColumn(ratio()), infer.NewColumn(ratio())
			for i := range uint32(60) {
				size, level := 1+3*r.Float64(), r.Float64()
				a.Add(i, 0, []float64{size * (0.2 + 0.4*level + 0.2*r.Float64()), size})
				b.Add(i, 0, []float64{size * (0.3 + 0.4*level + 0.2*r.Float64()), size})
			}
			return infer.Compare(a, b, infer.Options{Seed: r.Uint64(), Resamples: 499}).Interval, 0.1
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, uint64(len(c.name))))
			covered := 0
			for range c.trials {
				if i, truth := c.trial(r); i.Lo <= truth && truth <= i.Hi {
					covered++
				}
			}
			got := float64(covered) / float64(c.trials)
			slack := 4 * math.Sqrt(0.95*0.05/float64(c.trials))
			t.Logf("covers %.3f of %d", got, c.trials)
			if got < 0.95-c.under-slack || got > 0.95+slack+0.01 {
				t.Errorf("covers %.3f, want 0.95", got)
			}
		})
	}
}

// simulated has one to most draws of each example about truth. The deviation is
// between between examples and 0.5 within. A proportion has single draws.
func simulated(r *rand.Rand, m *metrics.Metric, n, most int, truth, between float64) *infer.Column {
	s := infer.NewColumn(m)
	for i := range uint32(n) {
		level := truth + between*r.NormFloat64()
		for range 1 + r.IntN(most) {
			if m.Kind == metrics.Proportion {
				s.Add(i, 0, []float64{below(r, truth)})
			} else {
				s.Add(i, 0, []float64{level + 0.5*r.NormFloat64()})
			}
		}
	}
	return s
}

// simulatedPair gives both samples the same example levels and unequal numbers of
// draws.
func simulatedPair(r *rand.Rand, n, most int, difference float64) (a, b *infer.Column) {
	a, b = infer.NewColumn(wide()), infer.NewColumn(wide())
	for i := range uint32(n) {
		level, own := 0.5*r.NormFloat64(), 0.3*r.NormFloat64()
		for range 1 + r.IntN(most) {
			a.Add(i, 0, []float64{level + 0.3*r.NormFloat64()})
		}
		for range 1 + r.IntN(most) {
			b.Add(i, 0, []float64{level + own + difference + 0.3*r.NormFloat64()})
		}
	}
	return a, b
}

func normals(r *rand.Rand, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = r.NormFloat64()
	}
	return out
}

// crossed has every labeler judge every example, with an effect of each around 0.
// Labelers in shared keep half of their effect from model to model.
func crossed(r *rand.Rand, n, labelers int, shared []float64) *infer.Column {
	s := infer.NewColumn(wide())
	examples, people := normals(r, n), normals(r, labelers)
	for i := range n {
		for k := range labelers {
			effect := people[k]
			if shared != nil {
				effect += shared[k]
			}
			s.Add(uint32(i), uint32(k+1), []float64{0.4*examples[i] + 0.3*effect + 0.5*r.NormFloat64()})
		}
	}
	return s
}

// TestGateErrorRates: at a true loss of exactly the margin, a gate passes in at most
// 5%. Three gates on independent data leave Holm no slack: at that loss any of them
// regresses in at most 5%, and at no loss any of them is a loss in at most 5%. A
// permitted loss of half the margin is called regress even less often.
func TestGateErrorRates(t *testing.T) {
	const trials, family = 500, 3
	const margin = 0.1
	for _, c := range []struct {
		name       string
		difference float64
		gates      func(r *rand.Rand, difference float64) infer.Paired
		wrong      []metrics.Verdict
	}{
		{"t", -margin, scoredPair, []metrics.Verdict{metrics.Pass, metrics.Regress}},
		{"t", 0, scoredPair, []metrics.Verdict{metrics.Loss}},
		{"t", -margin / 2, scoredPair, []metrics.Verdict{metrics.Regress}},
		{"score", -margin, judgedPair, []metrics.Verdict{metrics.Pass, metrics.Regress}},
		{"score", 0, judgedPair, []metrics.Verdict{metrics.Loss}},
		{"score", -margin / 2, judgedPair, []metrics.Verdict{metrics.Regress}},
	} {
		r := rand.New(rand.NewPCG(5, uint64(len(c.name))))
		gates, families := map[metrics.Verdict]float64{}, map[metrics.Verdict]float64{}
		for range trials {
			var together []infer.Gate
			for range family {
				together = append(together, gate(margin, c.gates(r, c.difference)))
			}
			seen := map[metrics.Verdict]bool{}
			for _, result := range infer.Decide(together) {
				gates[result.Verdict]++
				seen[result.Verdict] = true
			}
			for verdict := range seen {
				families[verdict]++
			}
		}
		for _, wrong := range c.wrong {
			// A pass is tested gate by gate, the other verdicts over the family. A rate
			// below least means that the test is too strict.
			rate, of, least := families[wrong]/trials, float64(trials), 0.01
			if wrong == metrics.Pass {
				rate, of, least = gates[wrong]/(trials*family), trials*family, 0.03
			}
			if c.difference == -margin/2 {
				least = 0
			}
			t.Logf("%s, difference %v, %s: %.4f", c.name, c.difference, wrong, rate)
			if rate > 0.05+3*math.Sqrt(0.05*0.95/of) || rate < least {
				t.Errorf("%s, difference %v: %s in %.4f, want at most 0.05 and not nearly 0", c.name, c.difference, wrong, rate)
			}
		}
	}
}

// TestEqualModelsPass: equal models pass four gates together about as often as the
// product of the gates' powers, and far more often than if a pass were adjusted. One gate
// at n 100 with a margin of 0.1 and half of the pairs discordant at random has a standard
// error of 0.05. It passes in Phi(0.1/0.05 - 1.645) = .64 of cases, and four pass in .17.
// At Holm's first level of 0.05/4 all would pass in Phi(2 - 2.24)^4 = .03.
func TestEqualModelsPass(t *testing.T) {
	const trials, family, n = 600, 4, 100
	r := rand.New(rand.NewPCG(6, 7))
	all := 0
	for range trials {
		var gates []infer.Gate
		for range family {
			a, b := infer.NewColumn(proportion()), infer.NewColumn(proportion())
			for i := range uint32(n) {
				x, y := below(r, 0.5), 0.0
				if r.Float64() < 0.5 {
					y = below(r, 0.5)
				} else {
					y = x
				}
				a.Add(i, 0, []float64{x})
				b.Add(i, 0, []float64{y})
			}
			gates = append(gates, gate(0.1, infer.Compare(a, b, options())))
		}
		passed := 0
		for _, result := range infer.Decide(gates) {
			if result.Verdict == metrics.Pass {
				passed++
			}
		}
		if passed == family {
			all++
		}
	}
	rate := float64(all) / trials
	t.Logf("equal models pass %d gates in %.3f", family, rate)
	if rate < 0.10 || rate > 0.24 {
		t.Errorf("equal models pass %d gates in %.3f of cases, want about .17", family, rate)
	}
}

func scoredPair(r *rand.Rand, difference float64) infer.Paired {
	a, b := simulatedPair(r, 60, 1, difference)
	return infer.Compare(a, b, options())
}

func judgedPair(r *rand.Rand, difference float64) infer.Paired {
	a, b := infer.NewColumn(proportion()), infer.NewColumn(proportion())
	for i := range uint32(120) {
		x, y := below(r, 0.6), 0.0
		if r.Float64() < 0.5 {
			y = below(r, 0.6+2*difference)
		} else {
			y = x
		}
		a.Add(i, 0, []float64{x})
		b.Add(i, 0, []float64{y})
	}
	return infer.Compare(a, b, options())
}
