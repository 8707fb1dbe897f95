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

// TestGateBoundaries: of one gate the bounds are those of a 90% interval, t at
// one-sided 5% on 39 degrees of freedom: 0.01775 -+ 1.6848751217112248 (scipy
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
		{"upper bound just below 0", 1e-6, shifted(-upper-1e-9, wide()), metrics.Regress},
		{"upper bound just above 0", 1e-6, shifted(-upper+1e-9, wide()), metrics.Inconclusive},
		{"worse, but within the margin", 1, shifted(-upper-1e-9, wide()), metrics.Pass},
		{"lower is better, fell", 1e-6, shifted(-upper-1e-9, low), metrics.Pass},
		{"lower is better, rose", 1e-6, shifted(-lower+1e-9, low), metrics.Regress},
		{"lower is better, hardly rose", 1e-6, shifted(-lower-1e-9, low), metrics.Inconclusive},
		{"one pair", 0.999, one, metrics.Inconclusive},
		{"nothing in common", 0.1, infer.Compare(of(mean(), 1), infer.NewSample(mean()), options()), metrics.NotAttempted},
		{"never compared", 0.1, infer.Paired{}, metrics.NotAttempted},
	} {
		r := infer.Decide([]infer.Gate{gate(c.margin, c.paired)})[0]
		if r.Verdict != c.want {
			t.Errorf("%s: %s with [%v, %v], want %s", c.name, r.Verdict, r.Lower, r.Upper, c.want)
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

// TestGateFamily: Holm's step-down over three gates that are sure, borderline and
// hopeless. The first is tested at 0.05/3, the second at 0.05/2 where it fails
// though it would pass alone, and the third is held at that.
func TestGateFamily(t *testing.T) {
	x, y := fortyScores()
	p := infer.Compare(of(wide(), x...), of(wide(), y...), options())
	const lower = 0.01775 - 1.6848751217112248*0.027410664918641633
	gates := []infer.Gate{gate(-lower+1e-4, p), gate(1, p), gate(1e-6, p), gate(0.1, infer.Paired{})}
	want := []struct {
		level   float64
		verdict metrics.Verdict
	}{{0.025, metrics.Inconclusive}, {0.05 / 3, metrics.Pass}, {0.025, metrics.Inconclusive}, {0, metrics.NotAttempted}}
	for i, r := range infer.Decide(gates) {
		near(t, "level", r.Level, want[i].level, 1e-15)
		if r.Verdict != want[i].verdict {
			t.Errorf("gate %d: %s, want %s", i, r.Verdict, want[i].verdict)
		}
	}
	if r := infer.Decide(gates[:1])[0]; r.Verdict != metrics.Pass {
		t.Errorf("alone: %s", r.Verdict)
	}
}

// TestRegressionsAreAFamily: what regresses alone at one-sided 5% is not enough
// among three.
func TestRegressionsAreAFamily(t *testing.T) {
	x, y := fortyScores()
	const upper = 0.01775 + 1.6848751217112248*0.027410664918641633
	z := make([]float64, len(y))
	for i := range y {
		z[i] = y[i] - upper - 1e-4
	}
	worse := gate(1e-6, infer.Compare(of(wide(), x...), of(wide(), z...), options()))
	same := gate(1e-6, infer.Compare(of(wide(), x...), of(wide(), y...), options()))
	if r := infer.Decide([]infer.Gate{worse})[0]; r.Verdict != metrics.Regress {
		t.Errorf("alone: %s, upper %v", r.Verdict, r.Upper)
	}
	r := infer.Decide([]infer.Gate{worse, same, same})[0]
	if r.Verdict != metrics.Inconclusive {
		t.Errorf("of three: %s, upper %v", r.Verdict, r.Upper)
	}
	// t.ppf(1-0.05/3, 39) by scipy, wider than t.ppf(0.95, 39).
	near(t, "upper", r.Upper, -1e-4+(2.206125930849642-1.6848751217112248)*0.027410664918641633, 1e-9)
}

// TestAdjust: multipletests([.012, .034, .004], method="holm") = .024 .034 .012,
// and with "fdr_bh" .018 .034 .012 (statsmodels 0.14). What could not be paired is
// not of the family.
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
		return append(out, infer.Compare(of(mean(), 1), infer.NewSample(mean()), options()))
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
	// Where neither way is better a difference is one, of the family, and no more.
	m := mean()
	m.Direction = metrics.NeitherIsBetter
	f := append(family()[:1], infer.Compare(of(m, 0.1, 0.3, 0.2), of(m, 0.4, 0.5, 0.6), options()))
	f[1].P = 1e-9
	infer.Adjust(f, infer.Holm)
	if c := f[1]; c.Verdict != metrics.Differs || c.Family != 2 || c.PAdjusted != 2e-9 {
		t.Errorf("neither way is better: %s, p %v of %d", c.Verdict, c.PAdjusted, c.Family)
	}
	if _, err := infer.ParseAdjustment("bonferroni"); err == nil {
		t.Error("bonferroni is parsed")
	}
	if how, err := infer.ParseAdjustment("bh"); err != nil || how != infer.BenjaminiHochberg {
		t.Errorf("bh is %q, %v", how, err)
	}
}
