package infer_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
)

func TestMethodOfComparison(t *testing.T) {
	x, y := fortyScores()
	bootstrap := options()
	bootstrap.Bootstrap = true
	few, fewOther := pairs(3, 14, 50, 33)
	halves := of(proportion(), 0, 0.5, 1)
	labeled := infer.NewColumn(proportion())
	for i := range 100 {
		labeled.Add(uint32(i), uint32(1+i%3), []float64{float64(i % 2)})
	}
	a, other, b := bcaRows()
	for _, c := range []struct {
		name          string
		first, second *infer.Column
		opt           infer.Options
		method, test  string
	}{
		{"nothing", infer.NewColumn(mean()), infer.NewColumn(mean()), options(), infer.MethodNone, infer.MethodNone},
		{"nothing in common", of(mean(), 1), infer.NewColumn(mean()), options(), infer.MethodNone, infer.MethodNone},
		{"one", of(mean(), 0.2), of(mean(), 0.4), options(), infer.MethodWholeRange, infer.MethodNone},
		{"one, bootstrapped", of(mean(), 0.2), of(mean(), 0.4), bootstrap, infer.MethodWholeRange, infer.MethodNone},
		{"two", of(mean(), 0.2, 0.5), of(mean(), 0.4, 0.6), options(), infer.MethodPairedT, infer.TestSignFlip},
		{"verdicts", few, fewOther, options(), infer.MethodPairedScore, infer.TestMcNemar},
		{"verdicts that agree", counts(5, 5), counts(5, 5), options(), infer.MethodPairedScore, infer.TestMcNemar},
		{"verdicts with halves", halves, of(proportion(), 0, 1, 1), options(), infer.MethodPairedT, infer.TestSignFlip},
		{"verdicts, several labelers", labeled, labeled, options(), infer.MethodEqual, infer.TestSignFlip},
		{"verdicts, bootstrapped", few, fewOther, bootstrap, "paired BCa bootstrap", infer.TestRandomisation},
		{"scores, few", of(wide(), tenScores()...), of(wide(), tenOthers()...), options(), infer.MethodPairedT, infer.TestSignFlip},
		{"scores", of(wide(), x...), of(wide(), y...), options(), infer.MethodPairedT, infer.TestT},
		{"scores, bootstrapped", of(wide(), x...), of(wide(), y...), bootstrap, "paired BCa bootstrap", infer.TestRandomisation},
		{"scores, equal", of(wide(), x...), of(wide(), x...), options(), infer.MethodEqual, infer.TestSignFlip},
		{"several draws", draws(0), draws(1), options(), infer.MethodPairedClustered, infer.TestT},
		{"several labelers", labelled(0), labelled(1), options(), infer.MethodPairedTwoWay, infer.TestT},
		{"sums", ratios(a, b), ratios(other, b), options(), infer.MethodPairedBootstrapT, infer.TestRandomisation},
		{"sums, bootstrapped", ratios(a, b), ratios(other, b), bootstrap, "paired BCa bootstrap", infer.TestRandomisation},
		{"sums, equal", ratios(a, b), ratios(a, b), options(), infer.MethodEqual, infer.TestRandomisation},
	} {
		p := infer.Compare(c.first, c.second, c.opt)
		if p.Method != c.method || p.Test != c.test {
			t.Errorf("%s: method %q, test %q, want %q, %q", c.name, p.Method, p.Test, c.method, c.test)
		}
		if !(p.P > 0 && p.P <= 1) {
			t.Errorf("%s: p = %v", c.name, p.P)
		}
		if p.Interval != nil && !(p.Lo < p.Hi && p.Lo <= p.Point && p.Point <= p.Hi) {
			t.Errorf("%s: %v in [%v, %v]", c.name, p.Point, p.Lo, p.Hi)
		}
	}
}

// TestCompareReference compares with scipy 1.15 and statsmodels 0.14.
func TestCompareReference(t *testing.T) {
	x, y := fortyScores()
	few, fewOther := pairs(3, 14, 50, 33)
	na := math.NaN() // the reference doesn't give it
	for _, c := range []struct {
		name                 string
		first, second        *infer.Column
		point, se, lo, hi, p float64
	}{
		// ttest_rel(y, x) and .confidence_interval(0.95); np.std(y-x, ddof=1)/sqrt(40)
		{"t", of(wide(), x...), of(wide(), y...), 0.01775, 0.027410664918641633, -0.03769330304310661, 0.0731933030431066, 0.5210646993297983},
		// the same for ten; the p is permutation_test((y-x,), mean, permutation_type="samples", n_resamples=inf)
		{"sign flips", of(wide(), tenScores()...), of(wide(), tenOthers()...), 0.069, 0.02592510580713435, 0.01035333620208969, 0.1276466637979103, 0.03125},
		// mcnemar([[50, 3], [14, 33]], exact=True).pvalue
		{"McNemar", few, fewOther, 0.11, na, na, na, 0.012725830078125},
		// OLS(v, [1, second]).fit(cov_type="cluster", cov_kwds={"groups": example}, use_t=True); its
		// factor (N-1)/(N-2) of the variance is divided out, because each of the two means has one
		// regressor
		{"clustered", draws(0), draws(1), -0.0037878787878788817, 0.0620435442489851, na, na, 0.9524129854466313},
		// the same with groups=[example, labeler]; p is 2*t.sf(point/se, 4) from 5 labelers
		{"two-way", labelled(0), labelled(1), 0.025925925925925793, 0.013997918946052334, na, na, 0.1376498085489489},
	} {
		got := infer.Compare(c.first, c.second, options())
		for _, v := range []struct {
			what      string
			got, want float64
		}{{"point", got.Point, c.point}, {"se", got.SE, c.se}, {"lo", got.Lo, c.lo}, {"hi", got.Hi, c.hi}, {"p", got.P, c.p}} {
			if !math.IsNaN(v.want) {
				near(t, c.name+": "+v.what, v.got, v.want, 1e-9)
			}
		}
	}
}

// TestTinyP: scipy.stats.ttest_1samp(d, 0).pvalue for d = 1 + (np.arange(60) % 7)/7.
func TestTinyP(t *testing.T) {
	ones, others := make([]float64, 60), make([]float64, 60)
	for i := range others {
		others[i] = 1 + float64(i%7)/7
	}
	p := infer.Compare(of(wide(), ones...), of(wide(), others...), options())
	if want := 2.4813184560480127e-43; !approx.Equal(p.P/want, 1, 1e-6) || p.Test != infer.TestT {
		t.Errorf("p = %v by %s, want %v", p.P, p.Test, want)
	}
}

// TestDefectUnpairedTestOnPairedData: ttest_ind would use se = sqrt(var(x)/40 +
// var(y)/40) = 0.0629, more than twice the paired 0.0274.
func TestDefectUnpairedTestOnPairedData(t *testing.T) {
	x, y := fortyScores()
	first, second := of(wide(), x...), of(wide(), y...)
	a, b := infer.Estimate(first, options()), infer.Estimate(second, options())
	near(t, "unpaired se", math.Hypot(a.SE, b.SE), 0.06292760135918508, 1e-9)
	near(t, "se", infer.Compare(first, second, options()).SE, 0.027410664918641633, 1e-9)
}

// TestDefectVerdictsInsteadOfPrompts: 60 prompts with 20 verdicts each. Errors are
// those of the prompts' means. Treated as 1200 prompts they would be far too
// small.
func TestDefectVerdictsInsteadOfPrompts(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	first, second := infer.NewColumn(proportion()), infer.NewColumn(proportion())
	var d, one []float64
	naive := 0.0
	for i := range uint32(60) {
		p, q := rng.Float64(), rng.Float64()
		a, b := 0.0, 0.0
		for range 20 {
			x, y := below(rng, p), below(rng, q)
			first.Add(i, 0, []float64{x})
			second.Add(i, 0, []float64{y})
			a, b = a+x/20, b+y/20
		}
		d, one = append(d, b-a), append(one, a)
	}
	e := infer.Estimate(first, options())
	naive = math.Sqrt(e.Point * (1 - e.Point) / (60*20 - 1))
	near(t, "se of estimate", e.SE, infer.Estimate(of(wide(), one...), options()).SE, 1e-12)
	if e.SE < 2*naive {
		t.Errorf("se %.4f, over verdicts %.4f: the fixture has no clusters", e.SE, naive)
	}
	p := infer.Compare(first, second, options())
	near(t, "se of difference", p.SE, infer.Estimate(of(wide(), d...), options()).SE, 1e-12)
	opt := infer.Options{Seed: 2, Resamples: 10_000, Bootstrap: true}
	near(t, "bootstrap se of estimate", infer.Estimate(first, opt).SE/e.SE, 1, 0.04)
	near(t, "bootstrap se of difference", infer.Compare(first, second, opt).SE/p.SE, 1, 0.04)
	if p.Clusters != 60 || e.Clusters != 60 || e.N != 1200 {
		t.Errorf("clusters %d and %d, n %d", p.Clusters, e.Clusters, e.N)
	}
}

func below(rng *rand.Rand, p float64) float64 {
	if rng.Float64() < p {
		return 1
	}
	return 0
}

// TestSharedExamplesOnly: examples that only one side has don't change the
// difference, and are counted.
func TestSharedExamplesOnly(t *testing.T) {
	first, second := infer.NewColumn(wide()), infer.NewColumn(wide())
	for i := range 10 {
		first.Add(uint32(i+5), 0, []float64{tenScores()[i]})
		second.Add(uint32(i+5), 0, []float64{tenOthers()[i]})
	}
	first.Add(0, 0, []float64{9})
	first.Add(99, 0, []float64{9})
	second.Add(50, 0, []float64{-9})
	second.AddMissing(0)
	second.AddMissing(51)
	first.AddMissing(52)
	p := infer.Compare(first, second, options())
	near(t, "point", p.Point, 0.069, 1e-12)
	near(t, "se", p.SE, 0.02592510580713435, 1e-9)
	near(t, "first", p.First, 0.433, 1e-12)
	if p.Unpaired != [2]int{2, 1} || p.Unscored != [2]int{1, 2} || p.N != 10 || p.Clusters != 10 {
		t.Errorf("unpaired %v, unscored %v, n %d, clusters %d", p.Unpaired, p.Unscored, p.N, p.Clusters)
	}
	if !strings.Contains(strings.Join(p.Warnings, "; "), "1 judgement of the first model and 2 of the second model") {
		t.Errorf("warnings %q don't report the missing judgements", p.Warnings)
	}
}

func TestOrderOfArgumentsTurnsTheSign(t *testing.T) {
	x, y := fortyScores()
	few, fewOther := pairs(3, 14, 50, 33)
	for name, s := range map[string][2]*infer.Column{
		"t": {of(wide(), x...), of(wide(), y...)}, "score": {few, fewOther},
		"clustered": {draws(0), draws(1)}, "two-way": {labelled(0), labelled(1)},
	} {
		p, q := infer.Compare(s[0], s[1], options()), infer.Compare(s[1], s[0], options())
		near(t, name+": point", q.Point, -p.Point, 1e-12)
		near(t, name+": lo", q.Lo, -p.Hi, 1e-12)
		near(t, name+": hi", q.Hi, -p.Lo, 1e-12)
		near(t, name+": p", q.P, p.P, 1e-9)
	}
}

// TestOrderOfAdding: where an example has several draws, the order of adding
// changes the order of a sum, and with it the last bits; otherwise it changes
// nothing.
func TestOrderOfAdding(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	type row struct {
		example, labeler uint32
		value            []float64
	}
	var rows []row
	for i := range uint32(40) {
		for k := range uint32(3) {
			rows = append(rows, row{i, 1 + k, []float64{rng.Float64(), 1}})
		}
	}
	sample := func(m *metrics.Metric, single bool, rows []row) *infer.Column {
		s := infer.NewColumn(m)
		for _, r := range rows {
			if single && r.labeler == 1 {
				s.Add(r.example, 0, r.value[:m.ValueWidth()])
			} else if !single {
				s.Add(r.example, r.labeler, r.value[:m.ValueWidth()])
			}
		}
		return s
	}
	shuffled := slices.Clone(rows)
	rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for _, m := range []*metrics.Metric{mean(), ratio()} {
		a, b := infer.Estimate(sample(m, true, rows), options()), infer.Estimate(sample(m, true, shuffled), options())
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s, one draw: %+v and %+v", m.Name, a, b)
		}
		a, b = infer.Estimate(sample(m, false, rows), options()), infer.Estimate(sample(m, false, shuffled), options())
		near(t, m.Name+": point", b.Point, a.Point, 1e-12)
		near(t, m.Name+": se", b.SE, a.SE, 1e-12)
		near(t, m.Name+": lo", b.Lo, a.Lo, 1e-12)
		near(t, m.Name+": hi", b.Hi, a.Hi, 1e-12)
	}
}

// TestRenumber: numbers given afterwards give the same result as numbers given at
// once.
func TestRenumber(t *testing.T) {
	to := []uint32{7, 3, 9, 1}
	late, early := infer.NewColumn(ratio()), infer.NewColumn(ratio())
	for i, c := range []uint32{0, 2, 1, 3, 0, 1} {
		value := []float64{float64(i%3) / 2, 1 + float64(i)}
		late.Add(c, uint32(i%2), value)
		early.Add(to[c], uint32(i%2), value)
	}
	late.AddMissing(2)
	early.AddMissing(to[2])
	late.Renumber(to)
	if a, b := infer.Estimate(late, options()), infer.Estimate(early, options()); !reflect.DeepEqual(a, b) {
		t.Errorf("renumbered: %+v, numbered: %+v", a, b)
	}
}

func TestDeterministic(t *testing.T) {
	a, other, b := bcaRows()
	run := func(seed uint64) metrics.Comparison {
		return infer.Compare(ratios(a, b), ratios(other, b), infer.Options{Seed: seed, Resamples: 500}).Comparison
	}
	if x, y := run(1), run(1); !reflect.DeepEqual(x, y) {
		t.Errorf("one seed, two results: %+v, %+v", x, y)
	}
	if x, y := run(1), run(2); x.Lo == y.Lo {
		t.Errorf("two seeds, one lower bound %v", x.Lo)
	}
}

// TestRoundingIsNoSpread: sums of equal values, and so their means, differ in the
// last bits. A standard error computed from such differences is not an error.
func TestRoundingIsNoSpread(t *testing.T) {
	for v := 0.01; v < 0.5; v += 0.037 {
		first, second := infer.NewColumn(mean()), infer.NewColumn(mean())
		for i := range uint32(41) {
			for range 1 + i%7 {
				first.Add(i, 0, []float64{v})
			}
			for range 1 + i%5 {
				second.Add(i, 0, []float64{2 * v / 1.1})
			}
		}
		for _, s := range []*infer.Column{first, second} {
			if e := infer.Estimate(s, options()); e.Method != infer.MethodEqual || e.SE != 0 {
				t.Errorf("%v: estimate by %s, se %v", v, e.Method, e.SE)
			}
		}
		p := infer.Compare(first, second, options())
		if p.Method != infer.MethodEqual || p.SE != 0 || p.Hi-p.Lo < 0.05 {
			t.Errorf("%v: difference by %s, se %v, [%v, %v]", v, p.Method, p.SE, p.Lo, p.Hi)
		}
	}
}

// TestBootstrapPFloor: B resamples show no p below 1/(B+1), and no bound at a
// level below 1/(B+1).
func TestBootstrapPFloor(t *testing.T) {
	var a, b, ones []float64
	for i := range 40 {
		a, b, ones = append(a, 0.1+float64(i%5)/100), append(b, 0.8+float64(i%7)/100), append(ones, 1)
	}
	opt := infer.Options{Seed: 1, Resamples: 99, Bootstrap: true}
	p := infer.Compare(ratios(a, ones), ratios(b, ones), opt)
	near(t, "p", p.P, 1.0/100, 1e-12)
	// A family of ten needs the level 0.005, which 99 resamples can't give.
	for resamples, want := range map[int]metrics.Verdict{99: metrics.Inconclusive, 999: metrics.Regress} {
		p := infer.Compare(ratios(b, ones), ratios(a, ones), infer.Options{Seed: 1, Resamples: resamples, Bootstrap: true})
		var gates []infer.Gate
		for range 10 {
			gates = append(gates, infer.Gate{Gate: metrics.Gate{Metric: "ratio", Margin: 0.1}, Paired: p})
		}
		if r := infer.Decide(gates)[0]; r.Verdict != want {
			t.Errorf("verdict %s from %d resamples at level %v, want %s", r.Verdict, resamples, r.Level, want)
		}
	}
}

// TestLabelersConfounded: if each of two models has its own labeler, the labelers'
// difference can't be separated from the models'.
func TestLabelersConfounded(t *testing.T) {
	first, second := infer.NewColumn(mean()), infer.NewColumn(mean())
	for i := range 40 {
		first.Add(uint32(i), 1, []float64{float64(i%5) / 5})
		second.Add(uint32(i), 2, []float64{float64(i%7) / 7})
	}
	if p := infer.Compare(first, second, options()); !strings.Contains(strings.Join(p.Warnings, ";"), "another labeler") {
		t.Errorf("warnings %q", p.Warnings)
	}
	if p := infer.Compare(first, first, options()); strings.Contains(strings.Join(p.Warnings, ";"), "another labeler") {
		t.Errorf("warnings %q of one labeler", p.Warnings)
	}
}
