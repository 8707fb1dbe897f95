package reproduce

import (
	"fmt"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/reports/study"
)

// perSeed are made-up numbers of tests, seed by seed, with their rules.
var perSeed = map[string]struct {
	rule string
	of   []float64
}{
	"a": {"above: 0", []float64{0.31, 0.22, 0.27, 0.35, 0.18}},
	"b": {"above: 0", []float64{0.02, -0.03, 0.05, 0.01, 0.04}},
	"c": {"within: 0.05", []float64{0.02, -0.01, 0.015, 0.005, 0}},
	"d": {"above: 0", []float64{-0.4, -0.2, -0.3, -0.35, -0.1}},
	"e": {"below: 0", []float64{-0.4, 0.1, -0.3}},
	"f": {"within: 0.05", []float64{0.06, 0.07, 0.09}},
	"g": {"above: 0", []float64{0.2, 0.2, 0.2}},
	"j": {"above: 0", []float64{0, 0, 0}},
	"h": {"above: 0", []float64{-0.01, 0.02, -0.06, -0.02, 0.01}}, // needs 55 seeds to fail
	"i": {"above: 0", []float64{0.02, -0.03, 0.05, 0.02, 0.04}},
}

// judged judges findings whose tests are named as above, each with the seeds that it has.
func judged(t *testing.T, tests ...string) []study.Finding {
	t.Helper()
	var out []study.Finding
	for i, names := range tests {
		text := fmt.Sprintf("- {id: f%d, claim: c, source: s, tests: [", i)
		var seeds []Cells
		for _, name := range names {
			made := perSeed[string(name)]
			text += fmt.Sprintf("{name: %c, of: x/y/%c/, number: sft, %s}, ", name, name, made.rule)
			for k, x := range made.of {
				if k == len(seeds) {
					seeds = append(seeds, Cells{})
				}
				seeds[k][Key{"x", "y", string(name), "", "sft-130k"}] = metrics.Estimate{Interval: &metrics.Interval{Point: x, SE: 1, Lo: x - 2, Hi: x + 2}}
			}
		}
		findings, err := ReadFindings("f.yaml", []byte(text+"]}\n"))
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Budget: Budgets()[1]}
		out = append(out, o.Judge(findings, seeds)...)
	}
	return out
}

func TestJudgeAgainstScipy(t *testing.T) {
	// scipy 1.17, with m, sd and n of a test's numbers, and d = m - lo or hi - m:
	//
	//	holding = max of t.sf(d/(sd/sqrt(n)), n-1) over the edges; failing = min of t.sf(-d/...), times the edges
	//	detectable = brentq(lambda d: nct.sf(t.isf(.025, n-1), n-1, d) - .8, .1, 99) * sd/sqrt(n)
	//	needed = the first n with P(n, d) - for two edges 1 - sum(1 - P) - at least .8, where
	//	P(n, d) = nct.sf(t.isf(.025, n-1), n-1, d/sd*sqrt(n)), or with -d for failing
	for name, want := range map[string]struct {
		verdict                     study.Verdict
		holding, failing, detective float64
		needed                      int
		holds6, fails6              float64 // with six seeds
	}{
		"a": {study.Holds, 0.0004718939425562049, 0.9995281060574438, 0.11444999689678777, 3, 1, 0},
		"b": {study.Undecided, 0.13292364303768978, 0.8670763569623102, 0.05238550764915538, 26, 0.210949, 0.000799},
		"c": {study.Holds, 0.0005909307635671496, 1, 0.02007856735867413, 3, 0.999999, 0},
		"d": {study.Fails, 0.9962910638090339, 0.0037089361909661096, 0.20253929355072486, 4, 0, 0.990066},
		"e": {study.Undecided, 0.16031688975662123, 0.8396831102433788, 0.8635847501307967, 16, 0.324631, 0.000206},
		"f": {study.Undecided, 0.9409585518440984, 0.11808289631180315, 0.04985908879560712, 6, 0, 0.845099},
	} {
		f := judged(t, name)[0]
		got := f.Tests[0]
		if got.Verdict != want.verdict || got.SeedsNeeded != want.needed {
			t.Errorf("%s: %s, %d seeds needed; want %s, %d", name, got.Verdict, got.SeedsNeeded, want.verdict, want.needed)
		}
		holds, fails := spreadOf(&got).decided(6, level)
		for what, pair := range map[string][3]float64{"p of holding": {got.Holding, want.holding, 1e-9}, "p of failing": {got.Failing, want.failing, 1e-9},
			"detectable": {got.Detectable, want.detective, 1e-8}, "chance to hold": {holds, want.holds6, 1e-6}, "chance to fail": {fails, want.fails6, 1e-6}} {
			if !approx.Equal(pair[0], pair[1], pair[2]) {
				t.Errorf("%s: %s %v, want %v", name, what, pair[0], pair[1])
			}
		}
		if undecided := f.Verdict == study.Undecided; undecided != (f.SeedsNeeded > 0) || undecided && f.SeedsNeeded != want.needed {
			t.Errorf("%s: the finding is %s and needs %d seeds", name, f.Verdict, f.SeedsNeeded)
		}
	}
	// Equal numbers in every seed have no spread: nothing is left to chance.
	if g := judged(t, "g")[0].Tests[0]; g.Holding != 0 || g.Failing != 1 || g.Detectable != 0 || g.SeedsNeeded != 2 || g.Verdict != study.Holds {
		t.Errorf("without spread: %+v", g)
	}
}

// A number that is on the edge in every seed is never decided.
func TestOnTheEdge(t *testing.T) {
	if f := judged(t, "j")[0]; f.Verdict != study.Undecided || f.SeedsNeeded != study.MostSeeds+1 || f.Tests[0].Holding != 1 || f.Tests[0].Failing != 1 {
		t.Errorf("%+v", f)
	}
}

// A finding needs all of its tests to hold and one to fail, and its p-values say the same.
// statsmodels 0.15: multipletests(p, method="holm") with these p.
func TestHolm(t *testing.T) {
	findings := judged(t, "ab", "d", "c", "ad", "e", "f")
	adjust(findings)
	for i, want := range []struct {
		p, adjusted float64
		raw, holm   study.Verdict
	}{
		{2 * 0.13292364303768978, 0.7084973778708189, study.Undecided, study.Undecided},
		{2 * 0.0037089361909661096, 0.0370893619096611, study.Fails, study.Fails},
		{2 * 0.0005909307635671496, 0.007091169162805796, study.Holds, study.Holds},
		{4 * 0.0037089361909661096, 0.059342979055457754, study.Fails, study.Undecided},
		{2 * 0.16031688975662123, 0.7084973778708189, study.Undecided, study.Undecided},
		{2 * 0.11808289631180315, 0.7084973778708189, study.Undecided, study.Undecided},
	} {
		f := findings[i]
		if !approx.Equal(f.P, want.p, 1e-9) || !approx.Equal(f.Adjusted, want.adjusted, 1e-9) || f.Verdict != want.raw || f.Holm != want.holm {
			t.Errorf("finding %d: p %v, adjusted %v, %s, by Holm %s; want %+v", i, f.P, f.Adjusted, f.Verdict, f.Holm, want)
		}
	}
	// A finding that was not tested is not one of the family.
	more := append(judged(t, "c"), study.Finding{Verdict: study.NotTested, Tests: []study.Test{{Verdict: study.NotTested}}})
	adjust(more)
	if !approx.Equal(more[0].Adjusted, more[0].P, 1e-12) || more[1].Holm != study.NotTested || more[1].P != 0 {
		t.Errorf("beside a finding that was not tested: %+v", more)
	}
}

// Where one test is on the wrong side, the finding is decided as soon as that one fails.
func TestSeedsNeeded(t *testing.T) {
	if f := judged(t, "bh")[0]; f.Verdict != study.Undecided || f.SeedsNeeded != 55 {
		t.Errorf("%s, needs %d seeds, want 55", f.Verdict, f.SeedsNeeded)
	}
	if f := judged(t, "bi")[0]; f.Verdict != study.Undecided || f.SeedsNeeded != 26 || f.Tests[1].SeedsNeeded >= 26 {
		t.Errorf("%s, needs %d seeds, want 26, as many as its slower test", f.Verdict, f.SeedsNeeded)
	}
}

// A mean over sizes is the mean of the sizes' numbers; a family with one size has one.
func TestSizesOfTerms(t *testing.T) {
	o := Options{Budget: Budgets()[3]}
	cells := Cells{}
	for i, z := range sizes {
		for j, family := range []string{ppo, gpt} {
			x := float64(i*i + 10*j)
			cells[Key{"x", "y", "z", "", named(family, z)}] = metrics.Estimate{Interval: &metrics.Interval{Point: x}}
		}
	}
	cells[Key{"x", "y", "z", "", named(hacked, sizes[0])}] = metrics.Estimate{Interval: &metrics.Interval{Point: 7}}
	cells[Key{"x", "y", "z", "", named(rewardModel, sizes[1])}] = metrics.Estimate{Interval: &metrics.Interval{Point: 70}}
	for text, want := range map[string]float64{
		"ppo": 5. / 3, "ppo@largest": 4, "gpt@largest - ppo@smallest": 14, "hacked - gpt": 7 - 35./3, "rm": 70, "2 ppo@smallest - 0.5 gpt@smallest": -5,
	} {
		terms, err := parseNumber(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, missing := o.evaluate(cells, terms, "x/y/z/"); missing != "" || !approx.Equal(got.Point, want, 1e-12) {
			t.Errorf("%s: %v %s, want %v", text, got.Point, missing, want)
		}
	}
	terms, err := parseNumber("gpt@largest - ppo@smallest")
	if err != nil {
		t.Fatal(err)
	}
	one := Options{Budget: Budgets()[1]}
	if _, missing := one.evaluate(cells, terms, "x/y/z/"); missing != "needs a second size" {
		t.Errorf("with one size: %q", missing)
	}
}
