package reproduce

import (
	"strings"
	"testing"

	"assay/fixtures"
	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/reports/study"
)

// The project's own findings can be read, and each uses places that a reproduction fills.
func TestFindings(t *testing.T) {
	findings, err := ReadFindings("findings.yaml", fixtures.Findings())
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) < 40 {
		t.Errorf("%d findings", len(findings))
	}
	o := Options{Budget: Budgets()[1]}
	if err := o.Check(findings); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"of: sampled/world/gold_utilty/plain, number: sft":  `finding a, test 1: suite world has no metric "gold_utilty"`,
		"of: sampled/word/gold_utility/plain, number: sft":  `no suite "word"`,
		"of: drawn/world/gold_utility/plain, number: sft":   `no run "drawn"`,
		"of: sampled/world/gold_utility/plain, number: ppp": `no model "ppp"`,
	} {
		wrong, err := ReadFindings("f.yaml", []byte("- {id: a, claim: c, source: s, tests: [{name: n, above: 0, "+text+"}]}\n"))
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Check(wrong); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string][]term{
		"sft":                         {{1, "sft", "", ""}},
		"sft - prompted":              {{1, "sft", "", ""}, {-1, "prompted", "", ""}},
		"ppo-ptx - 0.5 ppo - 0.5 gpt": {{1, "ppo-ptx", "", ""}, {-0.5, "ppo", "", ""}, {-0.5, "gpt", "", ""}},
		"- ppo + 2 gpt@largest":       {{-1, "ppo", "", ""}, {2, "gpt", "largest", ""}},
		"ppo@smallest - beta-0.6[greedy/text/loss/]": {{1, "ppo", "smallest", ""}, {-1, "beta-0.6", "", "greedy/text/loss/"}},
	} {
		got, err := parseNumber(text)
		if err != nil || len(got) != len(want) {
			t.Errorf("%q: %v, %v", text, got, err)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%q: term %d is %+v, want %+v", text, i, got[i], want[i])
			}
		}
	}
	for _, text := range []string{"", "sft prompted", "sft -", "0.5", "sft - [a/b/c/d]", "sft[a/b]", "sft@middle"} {
		if got, err := parseNumber(text); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

// cellsOf are a seed's numbers of two models at one place.
func cellsOf(sft, gpt, se float64) Cells {
	c := Cells{}
	for model, point := range map[string]float64{"sft-130k": sft, "gpt-130k": gpt} {
		k := Key{"sampled", "world", "gold_utility", "plain", model}
		c[k] = metrics.Estimate{Interval: &metrics.Interval{Point: point, SE: se, Lo: point - 1.96*se, Hi: point + 1.96*se}}
	}
	return c
}

func TestVerdicts(t *testing.T) {
	const head = "- {id: a, claim: c, source: s, vanishes: true, tests: [{name: n, of: sampled/world/gold_utility/plain, number: sft - gpt, "
	xs := Options{Budget: Budgets()[1]}
	null := xs
	null.Null = true
	tests := []struct {
		name, rule string
		o          Options
		seeds      []Cells
		want       study.Verdict
	}{
		{"the entire interval above", "above: 0", xs, []Cells{cellsOf(0.5, 0.3, 0.01)}, study.Holds},
		{"the entire interval below", "above: 0", xs, []Cells{cellsOf(0.3, 0.5, 0.01)}, study.Fails},
		{"across", "above: 0", xs, []Cells{cellsOf(0.5, 0.49, 0.01)}, study.Undecided},
		{"below", "below: 0.1", xs, []Cells{cellsOf(0.5, 0.49, 0.01)}, study.Holds},
		{"within", "within: 0.05", xs, []Cells{cellsOf(0.5, 0.49, 0.01)}, study.Holds},
		{"outside", "within: 0.05", xs, []Cells{cellsOf(0.5, 0.3, 0.01)}, study.Fails},
		{"too wide to be within", "within: 0.02", xs, []Cells{cellsOf(0.5, 0.49, 0.01)}, study.Undecided},
		// Over three seeds the spread between seeds counts, not the errors within.
		{"seeds agree", "above: 0", xs, []Cells{cellsOf(0.5, 0.3, 9), cellsOf(0.51, 0.3, 9), cellsOf(0.49, 0.3, 9)}, study.Holds},
		{"seeds differ", "above: 0", xs, []Cells{cellsOf(0.5, 0.3, 0.001), cellsOf(0.3, 0.3, 0.001), cellsOf(0.9, 0.3, 0.001)}, study.Undecided},
		{"not measured", "above: 0", xs, []Cells{{}}, study.NotTested},
		{"gone in a null world", "above: 0", null, []Cells{cellsOf(0.5, 0.49, 0.01)}, study.Vanishes},
		{"still there in a null world", "above: 0", null, []Cells{cellsOf(0.5, 0.3, 0.01)}, study.StillThere},
	}
	for _, tt := range tests {
		findings, err := ReadFindings("f.yaml", []byte(head+tt.rule+"}]}\n"))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got := tt.o.Judge(findings, tt.seeds)[0]
		if got.Verdict != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got.Verdict, tt.want)
		}
		if unit := got.Tests[0].Unit; unit != "gold utility" {
			t.Errorf("%s: in %q, want gold utility", tt.name, unit)
		}
	}
}

func TestFindingsDefects(t *testing.T) {
	const test = "tests: [{name: n, of: a/b/c/d, number: sft, above: 0}]"
	for text, want := range map[string]string{
		"":                               "f.yaml:1: no findings",
		"- {id: a, claim: c, source: s}": "tests",
		"- {id: a, claim: c, source: s, " + test + "}\n- {id: a, claim: c, source: s, " + test + "}":      "f.yaml:2: two findings have the id",
		"- {id: a, claim: c, source: s, tests: [{name: n, of: a/b/c/d, number: sft}]}":                    "no rule",
		"- {id: a, claim: c, source: s, tests: [{name: n, of: a/b, number: sft, above: 0}]}":              "place",
		"- {id: a, claim: c, source: s, tests: [{name: n, of: a/b/c/d, number: sft gpt, above: 0}]}":      "sum of models",
		"- {id: a, claim: c, source: s, tests: [{name: n, of: a/b/c/d, number: sft, above: 0, over: 1}]}": "over",
	} {
		if _, err := ReadFindings("f.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestAgreement(t *testing.T) {
	// One of three pairs is a tie for the first labeler; of the remaining two, one agrees.
	same, n := agreeing(rankings{"ann": {1, 1, 2}, "bob": {1, 2, 1}}, nil, true)
	if same != 0 || n != 0 {
		t.Errorf("within one group: %d of %d", same, n)
	}
	group := rankings{"ann": {1, 1, 2}, "bob": {2, 1, 3}}
	if same, n := agreeing(group, group, true); same != 2 || n != 2 {
		t.Errorf("%d of %d pairs agree, want 2 of 2", same, n)
	}
	if same, n := agreeing(rankings{"ann": {1, 2, 3}}, rankings{"cy": {3, 1, 2}}, false); same != 1 || n != 3 {
		t.Errorf("%d of %d pairs agree, want 1 of 3", same, n)
	}
	e := rate("all", []float64{1, 2, 0}, []float64{2, 2, 1})
	if !approx.Equal(e.Point, 0.6, 1e-12) || e.N != 5 || e.Clusters != 3 {
		t.Errorf("rate %+v", e)
	}
}
