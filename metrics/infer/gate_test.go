package infer_test

import (
	"math"
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
)

func gate(margin float64, p infer.Paired) infer.Gate {
	return infer.Gate{Gate: metrics.Gate{Metric: "m", Margin: margin}, Paired: p}
}

// TestGateBoundaries: a single gate has the bounds of a 90% interval, t at
// one-sided 5% with 39 degrees of freedom: 0.01775 -+ 1.6848751217112248 (scipy
// t.ppf(0.95, 39)) x 0.027410664918641633.
func TestGateBoundaries(t *testing.T) {
	x, y := fortyScores()
	const lower, upper = 0.01775 - 1.6848751217112248*0.027410664918641633, 0.01775 + 1.6848751217112248*0.027410664918641633
	up := infer.Compare(of(wide(), x...), of(wide(), y...), options())
	shifted := func(by float64, m *metrics.Metric) infer.Paired {
		z := make([]float64, len(y))
		for i := range y {
			z[i] = y[i] + by
		}
		return infer.Compare(of(m, x...), of(m, z...), options())
	}
	low := wide()
	low.Direction = metrics.LowerIsBetter
	one := infer.Compare(of(mean(), 0.5), of(mean(), 0.5), options())
	for _, c := range []struct {
		name   string
		margin float64
		paired infer.Paired
		want   metrics.Verdict
	}{
		{"margin just wide enough", -lower + 1e-9, up, metrics.Pass},
		{"margin just too narrow", -lower - 1e-9, up, metrics.Inconclusive},
		{"upper bound just below 0", 1e-6, shifted(-upper-1e-9, wide()), metrics.Loss},
		{"upper bound just above 0", 1e-6, shifted(-upper+1e-9, wide()), metrics.Inconclusive},
		{"upper bound just below -margin", 0.01, shifted(-upper-0.01-1e-9, wide()), metrics.Regress},
		{"upper bound just above -margin", 0.01, shifted(-upper-0.01+1e-9, wide()), metrics.Loss},
		{"worse, but within the margin", 1, shifted(-upper-1e-9, wide()), metrics.Pass},
		{"lower is better, fell", 1e-6, shifted(-upper-1e-9, low), metrics.Pass},
		{"lower is better, rose", 1e-6, shifted(-lower+1e-9, low), metrics.Loss},
		{"lower is better, rose by more than the margin", 0.01, shifted(-lower+0.01+1e-9, low), metrics.Regress},
		{"lower is better, hardly rose", 1e-6, shifted(-lower-1e-9, low), metrics.Inconclusive},
		{"one pair", 0.999, one, metrics.Inconclusive},
		{"nothing in common", 0.1, infer.Compare(of(mean(), 1), infer.NewColumn(mean()), options()), metrics.NotAttempted},
		{"never compared", 0.1, infer.Paired{}, metrics.NotAttempted},
	} {
		r := infer.Decide([]infer.Gate{gate(c.margin, c.paired)})[0]
		if r.Verdict != c.want {
			t.Errorf("%s: %s with %+v, want %s", c.name, r.Verdict, r.GateBounds, c.want)
		}
		if within := c.name == "worse, but within the margin"; r.Within != within {
			t.Errorf("%s: a significant loss within the margin %v, want %v", c.name, r.Within, within)
		}
		if (r.GateBounds == nil) != (c.want == metrics.NotAttempted) {
			t.Errorf("%s: bounds %+v", c.name, r.GateBounds)
		}
		if (r.Reason != "") != (c.want == metrics.NotAttempted) {
			t.Errorf("%s: reason %q", c.name, r.Reason)
		}
	}
	r := infer.Decide([]infer.Gate{gate(0.1, up)})[0]
	near(t, "lower", r.Lower, lower, 1e-9)
	near(t, "upper", r.Upper, upper, 1e-9)
	near(t, "level", r.Level, 0.05, 0)
	r = infer.Decide([]infer.Gate{gate(0.1, shifted(0, low))})[0]
	near(t, "turned lower", r.Lower, -upper, 1e-9)
	near(t, "turned difference", r.Difference, -0.01775, 1e-9)
}

// TestGateOnEqualScores: two pairs that agree prove nothing; a thousand do.
func TestGateOnEqualScores(t *testing.T) {
	same := func(n int) infer.Paired {
		values := make([]float64, n)
		for i := range values {
			values[i] = float64(i%4) / 4
		}
		return infer.Compare(of(mean(), values...), of(mean(), values...), options())
	}
	for n, want := range map[int]metrics.Verdict{2: metrics.Inconclusive, 50: metrics.Inconclusive, 1000: metrics.Pass} {
		if r := infer.Decide([]infer.Gate{gate(0.02, same(n))})[0]; r.Verdict != want {
			t.Errorf("%d equal pairs: %s, lower bound %v, want %s", n, r.Verdict, r.Lower, want)
		}
	}
	// 1 - 0.05^(1/1000) by scipy: 1 - beta.ppf(0.05, 1000, 1) = 0.002991249...
	r := infer.Decide([]infer.Gate{gate(0.02, same(1000))})[0]
	near(t, "lower bound", r.Lower, -(1 - math.Pow(0.05, 1.0/1000)), 1e-12)
}

// TestGateFamily: a pass is at one-sided 5% whatever else is gated. Each gate has its own
// level for regress, and another for loss. By scipy t.ppf(1-level, 39): 2.206125930849642
// at 0.05/3, 2.0226909200367604 at 0.025, 1.6848751217112248 at 0.05. statsmodels'
// multipletests(p, method="holm") rejects at 0.05 exactly the gates that have these
// verdicts.
func TestGateFamily(t *testing.T) {
	x, y := fortyScores()
	const se, mean = 0.027410664918641633, 0.01775
	const third, half, all = 2.206125930849642 * se, 2.0226909200367604 * se, 1.6848751217112248 * se
	falls := func(by float64) infer.Paired {
		z := make([]float64, len(y))
		for i := range y {
			z[i] = y[i] - mean - by
		}
		return infer.Compare(of(wide(), x...), of(wide(), z...), options())
	}
	const m = 0.01
	for _, tt := range []struct {
		name    string
		falls   []float64
		want    []metrics.Verdict
		level   []float64
		margins []float64
	}{
		// The clearest is tested at a third of 5%, the next at a half, the last at all of
		// it.
		{"each in its turn", []float64{m + all + 1e-5, m + third + 1e-5, m + half + 1e-5},
			[]metrics.Verdict{metrics.Regress, metrics.Regress, metrics.Regress}, []float64{0.05, 0.05 / 3, 0.025}, nil},
		// The second is not clear enough at a half, which keeps the third there. Loss has
		// three clear ones and steps down to the end.
		{"stopped at the second", []float64{m + all + 1e-5, m + third + 1e-5, m + half - 1e-5},
			[]metrics.Verdict{metrics.Loss, metrics.Regress, metrics.Loss}, []float64{0.05, 0.05 / 3, 0.025}, nil},
		{"none", []float64{m + third - 1e-5, m + third - 2e-5, 0},
			[]metrics.Verdict{metrics.Loss, metrics.Loss, metrics.Inconclusive}, []float64{0.05 / 3, 0.025, 0.05}, nil},
		// Passes use no part of the 5%: all three would fail at a third of it.
		{"passes", []float64{0, 0, 0}, []metrics.Verdict{metrics.Pass, metrics.Pass, metrics.Pass},
			[]float64{0.05 / 3, 0.05 / 3, 0.05 / 3}, []float64{all + 1e-5, all + 1e-5, all + 1e-5}},
	} {
		gates := []infer.Gate{gate(0.1, infer.Paired{})} // never attempted, so not part of the family
		for i, by := range tt.falls {
			margin := m
			if tt.margins != nil {
				margin = tt.margins[i]
			}
			gates = append(gates, gate(margin, falls(by)))
		}
		results := infer.Decide(gates)
		if results[0].Verdict != metrics.NotAttempted || results[0].GateBounds != nil {
			t.Errorf("%s: %+v", tt.name, results[0])
		}
		for i, r := range results[1:] {
			if r.Verdict != tt.want[i] {
				t.Errorf("%s, gate %d: %s, want %s", tt.name, i, r.Verdict, tt.want[i])
			}
			near(t, tt.name+" level", r.Level, tt.level[i], 1e-12)
			near(t, tt.name+" lower", r.Lower, -tt.falls[i]-all, 1e-9)
		}
	}
	// Three gates adjust each other's levels; a single gate has 5%.
	if r := infer.Decide([]infer.Gate{gate(m, falls(m+all+1e-5))})[0]; r.Verdict != metrics.Regress || r.Level != 0.05 {
		t.Errorf("alone: %s at %v", r.Verdict, r.Level)
	}
}

// TestAdjust: multipletests([.012, .034, .004], method="holm") = .024 .034 .012,
// and with "fdr_bh" .018 .034 .012 (statsmodels 0.14). A comparison without pairs
// is not part of the family.
func TestAdjust(t *testing.T) {
	family := func() []infer.Paired {
		var out []infer.Paired
		for i, p := range []float64{0.012, 0.034, 0.004} {
			m := mean()
			if i == 1 {
				m.Direction = metrics.LowerIsBetter
			}
			c := infer.Compare(of(m, 0.1, 0.3, 0.2), of(m, 0.4, 0.5, 0.6), options())
			c.P = p
			out = append(out, c)
		}
		return append(out, infer.Compare(of(mean(), 1), infer.NewColumn(mean()), options()))
	}
	for how, want := range map[infer.Adjustment][]float64{
		infer.Holm:              {0.024, 0.034, 0.012, 1},
		infer.BenjaminiHochberg: {0.018, 0.034, 0.012, 1},
	} {
		f := family()
		infer.Adjust(f, how)
		verdicts := []metrics.Verdict{metrics.Better, metrics.Worse, metrics.Better, metrics.Undecided}
		for i, c := range f {
			near(t, string(how), c.PAdjusted, want[i], 1e-12)
			if c.Verdict != verdicts[i] || c.Adjustment != string(how) {
				t.Errorf("%s %d: %s by %s, want %s", how, i, c.Verdict, c.Adjustment, verdicts[i])
			}
		}
	}
	// Where neither direction is better, a significant difference is "differs" and
	// nothing more.
	m := mean()
	m.Direction = metrics.NeitherIsBetter
	f := append(family()[:1], infer.Compare(of(m, 0.1, 0.3, 0.2), of(m, 0.4, 0.5, 0.6), options()))
	f[1].P = 1e-9
	infer.Adjust(f, infer.Holm)
	if c := f[1]; c.Verdict != metrics.Differs || c.Family != 2 || c.PAdjusted != 2e-9 {
		t.Errorf("neither direction is better: %s, p %v of %d", c.Verdict, c.PAdjusted, c.Family)
	}
	if _, err := infer.ParseAdjustment("bonferroni"); err == nil {
		t.Error("bonferroni is parsed")
	}
	if how, err := infer.ParseAdjustment("bh"); err != nil || how != infer.BenjaminiHochberg {
		t.Errorf("bh is %q, %v", how, err)
	}
}
