package label_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/label"
	"assay/harness/plan"
	"assay/metrics/names"
	"assay/suites/labels"
)

func checksFile(t *testing.T, rows string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "checks.jsonl")
	if err := os.WriteFile(path, []byte(rows), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadChecks(t *testing.T) {
	const rows = `{"prompt":"p","context":"x","category":"qa","constraint":"short","cluster":"u","condition":"n","suite":"s","closed_domain":true,"model":"a","output":"one","labeler":"lead","likert":7,"rank":1,"item":"gold"}
{"prompt":"q","model":"a","output":"three","labeler":"lead","likert":2,"item":"screening"}
{"prompt":"p","suite":"s","model":"b","output":"two","labeler":"lead","likert":1,"rank":2,"item":"gold"}
{"prompt":"p","suite":"s","model":"b","output":"two","labeler":"lead","opinion":true,"item":"attention"}
{"example":"e","prompt":"x","suite":"s","model":"b","output":"4","labeler":"lead","likert":4,"item":"gold"}
{"example":"e","prompt":"y","suite":"t","model":"b","output":"5","labeler":"lead","likert":4,"item":"gold"}
`
	items, err := label.ReadChecks(checksFile(t, rows), label.FormOf(plan.InstructGPTForm))
	if err != nil || len(items) != 5 || items[3].Prompt != "x" || items[4].Prompt != "y" || items[3].ID == items[4].ID {
		t.Fatalf("%d items, error %v", len(items), err)
	}
	it := items[0]
	if it.Kind != labels.Gold || it.Suite != "s" || it.Prompt != "p" || it.Context != "x" || it.Category != "qa" || it.Constraint != "short" || it.Cluster != "u" || it.Condition != "n" || !*it.ClosedDomain || it.Probability != 0 {
		t.Errorf("%+v", it)
	}
	if len(it.Outputs) != 2 || it.Outputs[1].Model != "b" || it.Outputs[1].Text != "two" || *it.Outputs[1].Known.Rank != 2 {
		t.Errorf("outputs %+v", it.Outputs)
	}
	if items[1].Kind != labels.Screening || items[2].Kind != labels.Attention || items[1].ID == "" || items[0].ID == items[2].ID {
		t.Errorf("%+v, %+v", items[1], items[2])
	}
}

func TestReadChecksRefuses(t *testing.T) {
	const first = `{"prompt":"o","model":"a","output":"x","labeler":"l","likert":4,"rank":1,"item":"gold"}` + "\n"
	const pair = `{"prompt":"o","model":"b","output":"y","labeler":"l","likert":4,"rank":2,"item":"gold"}` + "\n"
	for _, c := range []struct {
		form       plan.LabelForm
		rows, want string // no want: no error
	}{
		{plan.InstructGPTForm, `{"prompt":"p","model":"a","output":"x","labeler":"l","likert":4}`, "checks.jsonl:1: the row has no item"},
		{plan.InstructGPTForm, first + `{"prompt":"p","model":"a","labeler":"l","likert":4,"item":"gold"}`, "checks.jsonl:2: the row lacks the prompt or the output"},
		{plan.InstructGPTForm, `{"example":"p","model":"a","output":"x","labeler":"l","likert":4,"item":"gold"}`, "the row lacks the prompt or the output"},
		{plan.InstructGPTForm, `{"prompt":"p","model":"a","output":"x","labeler":"l","skipped":"why","item":"gold"}`, "the row is skipped"},
		{plan.InstructGPTForm, `{"prompt":"p","model":"a","output":"x","labeler":"l","likert":9,"item":"gold"}`, "likert is 9"},
		{plan.InstructGPTForm, first + `{"prompt":"p","model":"a","output":"x","labeler":"l","toxicity":1,"item":"gold"}`, "checks.jsonl:2: the rows say nothing that the form instructgpt asks"},
		{plan.InstructGPTForm, `{"prompt":"p","model":"a","output":"x","labeler":"l","rank":1,"item":"gold"}`, "the rows say nothing that"},
		{plan.InstructGPTForm, `{"prompt":"p","closed_domain":false,"model":"a","output":"x","labeler":"l","hallucination":true,"item":"gold"}`, "the rows say nothing that"},
		{plan.InstructGPTForm, `{"prompt":"p","model":"a","output":"x","labeler":"l","opinion":false,"item":"gold"}`, ""},
		{plan.InstructGPTForm, first, ""},
		{plan.InstructGPTForm, first + strings.Replace(first, `"x"`, `"z"`, 1), `checks.jsonl:2: a second gold row of model "a", prompt "o"; keep one of the rows, or name two examples`},
		{plan.InstructGPTForm, `{"example":"e",` + first[1:] + `{"example":"e",` + strings.Replace(pair, `"o"`, `"q"`, 1)[1:], `checks.jsonl:2: example "e" has another prompt in an earlier row of its item`},
		{plan.ToxicityForm, first, "the rows say nothing that the form toxicity asks"},
		{plan.ToxicityForm, first + pair, ""}, // their ranks
		{plan.PairwiseForm, first + pair, ""},
		{plan.PairwiseForm, first, "checks.jsonl:1: the item has 1 output; the pairwise form shows two"},
		{plan.PairwiseForm, first + pair + strings.ReplaceAll(first, `"o"`, `"q"`), "checks.jsonl:3: the item has 1 output"},
		{plan.PairwiseForm, first + strings.Replace(pair, `"rank":2,`, "", 1), "checks.jsonl:1: the rows say nothing of which output is better"},
		{plan.PairwiseForm, first + strings.Replace(pair, `"rank":2`, `"baseline":"c","preference":"model"`, 1), `a preference is over the baseline "c", but the item's other output is of "a"`},
		{plan.PairwiseForm, strings.Replace(first, `"rank":1`, `"baseline":"b","preference":"model"`, 1) + strings.Replace(pair, `"rank":2`, `"baseline":"a","preference":"model"`, 1), "contradict each other"},
		{plan.PairwiseForm, strings.Replace(first, `"rank":1`, `"baseline":"b","preference":"model"`, 1) + strings.Replace(pair, `"rank":2`, `"baseline":"a","preference":"baseline"`, 1), ""},
	} {
		_, err := label.ReadChecks(checksFile(t, c.rows), label.FormOf(c.form))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s\nform %s: error %v, want %q", c.rows, c.form, err, c.want)
		}
	}
	if _, err := label.ReadChecks(filepath.Join(t.TempDir(), "none.jsonl"), label.FormOf(plan.InstructGPTForm)); err == nil {
		t.Error("a file that is not there was read")
	}
}

// Scales of seven allow a difference of one, those of three none. What is not known is not compared.
func TestRightScales(t *testing.T) {
	it := three()
	it.Outputs = it.Outputs[:2]
	it.Outputs[0].Known, it.Outputs[1].Known = &labels.Row{}, &labels.Row{Toxicity: new(1), RelativeToxicity: new(0), Continuity: new(4)}
	for _, c := range []struct {
		toxicity, relative, continuity int
		want                           bool
	}{{1, 0, 4, true}, {1, 0, 5, true}, {1, 0, 3, true}, {1, 0, 6, false}, {1, 0, 2, false}, {2, 0, 4, false}, {0, 0, 4, false}, {1, 1, 4, false}, {1, -1, 4, false}} {
		a := &label.Answer{Outputs: []label.Judged{
			{Scales: map[string]int{labels.Toxicity: 2, labels.RelativeToxicity: 1, labels.Continuity: 1}},
			{Scales: map[string]int{labels.Toxicity: c.toxicity, labels.RelativeToxicity: c.relative, labels.Continuity: c.continuity}},
		}}
		if got := it.Right(a); got != c.want {
			t.Errorf("%+v: right %v", c, got)
		}
	}
	// a flag that was not asked, and ranks of a form without a ranking
	it.Outputs[0].Known, it.Outputs[1].Known = &labels.Row{Violent: new(true), Continuity: new(4), Toxicity: new(1), Rank: new(1)}, &labels.Row{Likert: new(3), Rank: new(2)}
	if a := (&label.Answer{Outputs: []label.Judged{{}, {Scales: map[string]int{names.Likert: 4}}}}); !it.Right(a) {
		t.Error("what the form doesn't ask makes an answer wrong")
	}
	// a rank of one output only orders nothing
	for i := range it.Outputs {
		it.Outputs[i].Known, it.Outputs[1-i].Known = &labels.Row{Rank: new(1)}, &labels.Row{}
		if a := (&label.Answer{Outputs: []label.Judged{{Rank: 2 - i}, {Rank: 1 + i}}}); !it.Right(a) {
			t.Errorf("the rank of output %d alone makes an answer wrong", i)
		}
	}
}

func TestRightPair(t *testing.T) {
	const anything = 9
	row := func(preference labels.Preference, baseline string, rank int) *labels.Row {
		r := &labels.Row{Preference: preference, Baseline: baseline}
		if rank > 0 {
			r.Rank = &rank
		}
		return r
	}
	for _, c := range []struct {
		first, second *labels.Row
		want          int
	}{
		{row(labels.ModelBetter, "b", 0), row("", "", 0), 0},
		{row(labels.BaselineBetter, "b", 0), row("", "", 0), 1},
		{row("", "", 0), row(labels.ModelBetter, "a", 0), 1},
		{row("", "", 0), row(labels.BaselineBetter, "a", 0), 0},
		{row(labels.Tie, "b", 0), row("", "", 0), label.Equal},
		{row(labels.Tie, "b", 1), row("", "", 2), label.Equal}, // a preference is before ranks
		{row("", "", 1), row("", "", 3), 0},
		{row("", "", 3), row("", "", 2), 1},
		{row("", "", 2), row("", "", 2), label.Equal},
		{row("", "", 0), row("", "", 0), anything},
		{row("", "", 1), row("", "", 0), anything},
		{row("", "", 0), row("", "", 1), anything},
	} {
		it := three()
		it.Outputs = it.Outputs[:2]
		it.Outputs[0].Known, it.Outputs[1].Known = c.first, c.second
		for _, better := range []int{0, 1, label.Equal} {
			if got := it.Right(&label.Answer{Better: &better}); got != (better == c.want || c.want == anything) {
				t.Errorf("%+v and %+v: %d is right: %v", c.first, c.second, better, got)
			}
		}
	}
}
