package infer_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
)

func winRate() *metrics.Metric {
	return &metrics.Metric{Name: "win_rate", Kind: metrics.Mean, Hi: 1, Even: new(0.5)}
}

// sixtyWins are a model's judgements against the baseline, and missing more without a
// value.
func sixtyWins(missing int) *infer.Column {
	s := infer.NewColumn(winRate())
	for k := range 60 {
		s.Add(uint32(k), 0, []float64{[]float64{1, 0.5, 1, 0, 1, 1, 0}[k%7]})
	}
	for k := range missing {
		s.AddMissing(uint32(60 + k))
	}
	return s
}

// TestEven: a win rate over the baseline itself is tested against 0.5. scipy 1.17:
//
//	w = np.array([[1, .5, 1, 0, 1, 1, 0][k % 7] for k in range(60)]); d = w - 0.5
//	r = stats.ttest_1samp(w, 0.5); r.pvalue, r.confidence_interval(.95)
//	d.mean() -+ stats.t.ppf(.95, 59)*stats.sem(d)              # the gate's bounds
//	z = np.append(d, [-0.5]*5); z.mean() - stats.t.ppf(.95, 64)*stats.sem(z)   # at the worst
func TestEven(t *testing.T) {
	p := infer.CompareEven(sixtyWins(5), infer.SecondAgainstFirst, options())
	near(t, "first", p.First, 0.5, 0)
	if !p.Even {
		t.Error("not marked as judged against the baseline itself")
	}
	near(t, "second", p.Second, 0.6416666666666667, 1e-12)
	near(t, "difference", p.Point, 0.14166666666666672, 1e-12)
	near(t, "se", p.SE, 0.057109848887251236, 1e-12)
	near(t, "p", p.P, 0.015987840540657335, 1e-9)
	near(t, "lo", p.Lo, 0.5273901229999577-0.5, 1e-9)
	near(t, "hi", p.Hi, 0.7559432103333757-0.5, 1e-9)
	if p.N != 60 || p.Unscored != [2]int{0, 5} || p.Unpaired != [2]int{} || len(p.Warnings) != 1 {
		t.Errorf("n %d, unscored %v, unpaired %v, warnings %q", p.N, p.Unscored, p.Unpaired, p.Warnings)
	}
	r := infer.Decide([]infer.Gate{gate(0.05, p)})[0]
	if r.Verdict != metrics.Pass || r.Open != 5 {
		t.Errorf("%s with %+v", r.Verdict, *r.GateBounds)
	}
	near(t, "lower", r.Lower, 0.04623079612667476, 1e-9)
	near(t, "upper", r.Upper, 0.23710253720665858, 1e-9)
	near(t, "worst", *r.Worst, -0.0025804837329996416, 1e-9)

	// The same judgements with the baseline judged against the model.
	turned := infer.CompareEven(sixtyWins(5), infer.FirstAgainstSecond, options())
	near(t, "turned first", turned.First, 0.5, 0)
	near(t, "turned second", turned.Second, 1-0.6416666666666667, 1e-12)
	near(t, "turned p", turned.P, p.P, 1e-9)
	near(t, "turned lo", turned.Lo, -p.Hi, 1e-9)
	r = infer.Decide([]infer.Gate{gate(0.04, turned)})[0]
	if r.Verdict != metrics.Regress {
		t.Errorf("turned: %s with %+v", r.Verdict, *r.GateBounds)
	}
	near(t, "turned worst", *r.Worst, -0.2593868209255631, 1e-9)
	family := []infer.Paired{p, turned}
	infer.Adjust(family, infer.Holm)
	if family[0].Verdict != metrics.Better || family[1].Verdict != metrics.Worse || family[0].Family != 2 {
		t.Errorf("%s and %s of %d", family[0].Verdict, family[1].Verdict, family[0].Family)
	}
}

// TestEvenDetectsWithinItsRange: no win rate is more than 0.5 away from even, so nothing
// larger is reported as detectable, by one comparison or in a family.
func TestEvenDetectsWithinItsRange(t *testing.T) {
	s := infer.NewColumn(winRate())
	for i := range uint32(12) {
		s.Add(i, 0, []float64{float64(min(i%3, 1))})
	}
	p := infer.CompareEven(s, infer.SecondAgainstFirst, options())
	family := slices.Repeat([]infer.Paired{p}, 5)
	infer.Adjust(family, infer.Holm)
	// 0.6231 by the same procedure without the range: t with 11 degrees of freedom at
	// 5%/5.
	if d := family[0]; !(d.Detectable > 0.4 && d.Detectable < 0.5) || d.DetectableFamily != 0 {
		t.Errorf("detectable %v, in the family %v", d.Detectable, d.DetectableFamily)
	}
}

// TestEvenAgreesWithItsEstimate: for any number of draws, the comparison with the
// baseline itself has the estimate's interval minus 0.5.
func TestEvenAgreesWithItsEstimate(t *testing.T) {
	for _, c := range []struct{ wins, draws, losses, times int }{{0, 30, 10, 1}, {10, 30, 0, 1}, {0, 30, 10, 3}, {97, 0, 3, 1}, {31, 3, 6, 1}, {50, 1, 49, 2}, {3, 0, 1, 1}} {
		s := infer.NewColumn(winRate())
		for i := range uint32(c.wins + c.draws + c.losses) {
			for range c.times {
				x := 0.5
				if int(i) < c.wins {
					x = 1
				} else if int(i) >= c.wins+c.draws {
					x = 0
				}
				s.Add(i, 0, []float64{x})
			}
		}
		e, p := infer.Estimate(s, options()), infer.CompareEven(s, infer.SecondAgainstFirst, options())
		near(t, "lo", p.Lo, e.Lo-0.5, 1e-12)
		near(t, "hi", p.Hi, e.Hi-0.5, 1e-12)
		if p.Method != e.Method {
			t.Errorf("%+v: comparison by %q, estimate by %q", c, p.Method, e.Method)
		}
	}
}

// TestEvenStaysInRange: a win rate is at most 0.5 from even, however few judged it. Two
// wins of two leave 1 - 0.025^(1/2) of prompts unseen (as in Clopper and Pearson).
func TestEvenStaysInRange(t *testing.T) {
	for name, s := range map[string]*infer.Column{"one": of(winRate(), 1), "two wins": of(winRate(), 1, 1), "two": of(winRate(), 0, 1)} {
		p := infer.CompareEven(s, infer.SecondAgainstFirst, options())
		if p.Lo < -0.5 || p.Hi > 0.5 || p.Lo >= p.Hi {
			t.Errorf("%s: from %v to %v", name, p.Lo, p.Hi)
		}
	}
	p := infer.CompareEven(of(winRate(), 1, 1), infer.SecondAgainstFirst, options())
	near(t, "lower", p.Lo, 0.5-(1-math.Sqrt(0.025)), 1e-12)
}

// TestEvenNearAnEnd: a win rate near 1 has its estimate's interval minus 0.5, at any level
// that a gate uses.
func TestEvenNearAnEnd(t *testing.T) {
	s := infer.NewColumn(winRate())
	for k := range 100 {
		s.Add(uint32(k), 0, []float64{[]float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5}[k%10] * float64(min(k%50, 1))})
	}
	e, p := infer.Estimate(s, options()), infer.CompareEven(s, infer.SecondAgainstFirst, options())
	if e.Method != infer.MethodWilsonEffective || p.Method != e.Method || p.Test != infer.TestScore {
		t.Errorf("estimate by %s, comparison by %s (%s)", e.Method, p.Method, p.Test)
	}
	near(t, "lo", p.Lo, e.Lo-0.5, 1e-12)
	near(t, "hi", p.Hi, e.Hi-0.5, 1e-12)
	turned := infer.CompareEven(s, infer.FirstAgainstSecond, options())
	near(t, "turned lo", turned.Lo, -p.Hi, 1e-12)
	r := infer.Decide([]infer.Gate{gate(0.05, p)})[0]
	if r.Verdict != metrics.Pass || !(r.Lower > p.Lo && r.Lower < p.Point && r.Upper < p.Hi) || p.P > 1e-6 {
		t.Errorf("%s, %+v inside [%v, %v], p %v", r.Verdict, *r.GateBounds, p.Lo, p.Hi, p.P)
	}
}

// TestDecidesAtN: if the truth is what was observed, a gate passes in about 80% of
// studies at the n that its line reports.
func TestDecidesAtN(t *testing.T) {
	const margin, difference, noise = 0.1, -0.04, 0.3
	study := func(r *rand.Rand, n int) infer.Paired {
		a, b := infer.NewColumn(wide()), infer.NewColumn(wide())
		for i := range n {
			x := r.NormFloat64()
			a.Add(uint32(i), 0, []float64{x})
			b.Add(uint32(i), 0, []float64{x + difference + noise*r.NormFloat64()})
		}
		return infer.Compare(a, b, options())
	}
	// A sample with exactly this mean and standard deviation: +-1 around it.
	a, b := infer.NewColumn(wide()), infer.NewColumn(wide())
	const pilot = 40
	for i := range pilot {
		d := difference + noise*math.Sqrt((pilot-1.0)/pilot)*float64(2*(i%2)-1)
		a.Add(uint32(i), 0, []float64{0})
		b.Add(uint32(i), 0, []float64{d})
	}
	r := infer.Decide([]infer.Gate{gate(margin, infer.Compare(a, b, options()))})[0]
	n, err := strconv.Atoi(r.Needed)
	if err != nil || r.Verdict != metrics.Inconclusive {
		t.Fatalf("%s, decided at %q", r.Verdict, r.Needed)
	}
	// statsmodels 0.14: TTestPower().solve_power(effect_size=0.06/0.3, alpha=0.05,
	// power=0.8, alternative="larger") = 155.9256...
	if n != 156 {
		t.Errorf("decided at %d, want 156", n)
	}
	random := rand.New(rand.NewPCG(1, 2))
	passed := 0
	const trials = 1500
	for range trials {
		if infer.Decide([]infer.Gate{gate(margin, study(random, n))})[0].Verdict == metrics.Pass {
			passed++
		}
	}
	if rate := float64(passed) / trials; !approx.Equal(rate, 0.8, 0.03) {
		t.Errorf("at n %d it passes in %.3f, want .80", n, rate)
	}
	// In examples, where errors are clustered by four.
	to := make([]uint32, 160)
	c, d := infer.NewColumn(wide()), infer.NewColumn(wide())
	for i := range to {
		to[i] = uint32(i / 4)
		c.Add(uint32(i), 0, []float64{0})
		d.Add(uint32(i), 0, []float64{difference + noise*math.Sqrt((pilot-1.0)/pilot)*float64(2*(i/4%2)-1)})
	}
	c.Group(to)
	d.Group(to)
	g := infer.Decide([]infer.Gate{gate(margin, infer.Compare(c, d, options()))})[0]
	if g.N != 160 || g.Needed != strconv.Itoa(4*n) {
		t.Errorf("of clusters: n %d, decided at %q, want %d", g.N, g.Needed, 4*n)
	}
}

func TestDecides(t *testing.T) {
	x, y := fortyScores()
	p := infer.Compare(of(wide(), x...), of(wide(), y...), options())
	z := make([]float64, len(y))
	for i := range y {
		z[i] = y[i] - 0.01775 - 0.03
	}
	people := infer.Compare(labelled(0), labelled(1), options())
	if people.Point > 0 {
		people = infer.Compare(labelled(1), labelled(0), options())
	}
	for _, tt := range []struct {
		name   string
		margin float64
		paired infer.Paired
		want   string
	}{
		{"passes at its own n, or before", 1, p, "2"},
		// 80% power would need 91, but it has passed.
		{"just passes", 1.6848751217112248*0.027410664918641633 - 0.01775 + 1e-6, p, "40"},
		{"at the margin", 0.03, infer.Compare(of(wide(), x...), of(wide(), z...), options()), "none: the difference is at the margin"},
		{"all but at the margin", 0.03001, infer.Compare(of(wide(), x...), of(wide(), z...), options()), "more than 10000000"},
		{"one pair", 0.5, infer.Compare(of(mean(), 0.5), of(mean(), 0.5), options()), "more than 1"},
		{"several labelers", -1.1 * people.Point, people, "more than 12"},
		{"several labelers, decided", 5, infer.Compare(labelled(0), labelled(1), options()), ""},
		{"nothing", 0.5, infer.Paired{}, ""},
	} {
		if r := infer.Decide([]infer.Gate{gate(tt.margin, tt.paired)})[0]; r.Needed != tt.want {
			t.Errorf("%s: decided at %q, want %q", tt.name, r.Needed, tt.want)
		}
	}
}

// TestDecidesAtTheFamilysLevel: for a regression, n is for the gate's own level, a third of 5% for the
// clearest of three. statsmodels 0.14: TTestPower().solve_power(0.03/(0.027410664918641633*40**.5),
// alpha=0.05/3, power=0.8, alternative="larger")
func TestDecidesAtTheFamilysLevel(t *testing.T) {
	x, y := fortyScores()
	z := make([]float64, len(y))
	for i := range y {
		z[i] = y[i] - 0.01775 - 0.04
	}
	g := gate(0.01, infer.Compare(of(wide(), x...), of(wide(), z...), options()))
	for family, want := range map[int][2]int{1: {206, 210}, 3: {294, 299}} {
		var gates []infer.Gate
		for range family {
			gates = append(gates, g)
		}
		r := infer.Decide(gates)[0]
		if n, err := strconv.Atoi(r.Needed); err != nil || n < want[0] || n > want[1] {
			t.Errorf("of %d: %s, decided at %q, want %v", family, r.Verdict, r.Needed, want)
		}
	}
}

// TestEvenCountsAnswers: the baseline's answers are those that the model's were
// compared with.
func TestEvenCountsAnswers(t *testing.T) {
	s := sixtyWins(0)
	for k := range uint32(60) {
		mark := metrics.Mark("")
		if k < 20 {
			mark = metrics.Cut
		}
		s.Answer(k, 0, mark, "", true)
	}
	p, turned := infer.CompareEven(s, infer.SecondAgainstFirst, options()), infer.CompareEven(s, infer.FirstAgainstSecond, options())
	if p.AnswersFirst.Cut != 0 || p.AnswersSecond.Cut != 20 || turned.AnswersFirst.Cut != 20 || turned.AnswersSecond.Cut != 0 {
		t.Errorf("cut: %+v and %+v; turned %+v and %+v", *p.AnswersFirst, *p.AnswersSecond, *turned.AnswersFirst, *turned.AnswersSecond)
	}
	if len(p.Warnings) != 1 || len(turned.Warnings) != 1 {
		t.Errorf("warnings %q and %q, want one about the share that was cut", p.Warnings, turned.Warnings)
	}
}
