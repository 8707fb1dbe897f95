package pipeline_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/models"
	"assay/reports"
	"assay/suites"
)

// whole is a run with examples, completions and judgements of quiz and toxic.
func whole(t *testing.T, from, to int) pipeline.Source {
	t.Helper()
	var exs []suites.Example
	var cs []models.Completion
	var js []metrics.Judgement
	for i := from; i < to; i++ {
		q := fmt.Sprint("q", i)
		exs = append(exs, suites.NewExample("quiz", q, []string{"r"}, ""), suites.NewExample("toxic", q, nil, ""))
		for m, model := range []string{"a", "b"} {
			for _, condition := range []string{"zero", "few"} {
				cs = append(cs, completion("quiz", q, condition, model, strings.Repeat("x", i+1)))
				js = append(js, judgement("quiz", "both", q, condition, model, 0.9, float64((i+m)%2)))
			}
			cs = append(cs, completion("toxic", q, "", model, "text"))
			js = append(js, judgement("toxic", "mean", q, "", model))
		}
	}
	again := completion("quiz", fmt.Sprint("q", from), "zero", "a", "second draw")
	again.Sample = 1
	cs = append(cs, again)
	src := source(t, []string{"a", "b"}, js...)
	if err := errors.Join(runstore.Examples().WriteAll(src.Store, exs), runstore.Completions().WriteAll(src.Store, cs)); err != nil {
		t.Fatal(err)
	}
	return src
}

func TestSamples(t *testing.T) {
	first, second := whole(t, 0, 10), whole(t, 10, 20)
	got, err := open(t, first, second).Samples(12, nil)
	if err != nil {
		t.Fatal(err)
	}
	perSuite := map[string]int{}
	for _, item := range got.Items {
		perSuite[item.Suite]++
		if len(item.Outputs) != 2 || item.Outputs[0].Model != "a" || item.Outputs[0].Text == "second draw" {
			t.Errorf("item %s %s: outputs %+v", item.Suite, item.Condition, item.Outputs)
		}
	}
	// 12 over two suites; 20 examples under 2 conditions and 20 under 1 are 60 items.
	if perSuite["quiz"] != 6 || perSuite["toxic"] != 6 || got.Left != 48 {
		t.Errorf("items %v, left %d, want 6 and 6, 48", perSuite, got.Left)
	}
	if !slices.Equal(got.Models, []string{"a", "b"}) {
		t.Errorf("models %q", got.Models)
	}
	for _, item := range got.Items[:3] {
		if item.Suite == "quiz" && item.Input == "q0" {
			// 0.9 and 0 are not both likely for a, 0.9 and 1 are for b.
			if a, b := item.Outputs[0].Scores[0], item.Outputs[1].Scores[0]; a.Value != 0 || b.Value != 1 || a.Missing != "" {
				t.Errorf("scores of q0: %+v, %+v", a, b)
			}
		}
		if item.Suite == "toxic" && item.Outputs[0].Scores[0].Missing != "no score" {
			t.Errorf("a missing score is shown as %+v", item.Outputs[0].Scores[0])
		}
	}
	first.Label = func(m string) string { return map[string]string{"a": "renamed"}[m] }
	got, err = open(t, first).Samples(1000, nil)
	if err != nil || got.Left != 0 || len(got.Items) != 30 || !slices.Equal(got.Models, []string{"renamed"}) {
		t.Errorf("%d items, left %d, models %q, %v", len(got.Items), got.Left, got.Models, err)
	}
	if o := got.Items[0].Outputs; len(o) != 1 || o[0].Model != "renamed" || len(o[0].Scores) != 1 {
		t.Errorf("outputs %+v", o)
	}
}

func build(t *testing.T, in pipeline.ReportInput) (reports.Report, []reports.Table) {
	t.Helper()
	in.Adjustment, in.Options = infer.Holm, pipeline.Options{Resamples: 200}
	r, tables, err := pipeline.Report(collect(t, in.Sources...), in)
	if err != nil {
		t.Fatal(err)
	}
	return r, tables
}

func sectionIDs(r reports.Report) []string {
	var ids []string
	for _, s := range r.Sections {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestReport(t *testing.T) {
	src := whole(t, 0, 40)
	r, tables := build(t, pipeline.ReportInput{
		Sources: []pipeline.Source{src}, Baseline: "a", Samples: 4,
		Gates: []metrics.Gate{{Suite: "quiz", Metric: "both", Condition: "zero", Margin: 0.4}},
	})
	if want := []string{"quiz", "toxic"}; !slices.Equal(sectionIDs(r), want) {
		t.Errorf("sections %q, want %q: an outage must still be shown", sectionIDs(r), want)
	}
	for _, s := range r.Sections {
		if len(s.Tables) != 1 || len(s.Tables[0].Rows) == 0 {
			t.Errorf("section %s has tables %v", s.ID, s.Tables)
		}
	}
	text := fmt.Sprint(r.Sections[1].Tables)
	if !strings.Contains(text, "not scored") || !strings.Contains(text, "40") || strings.Contains(text, "0.000") {
		t.Errorf("a suite that nobody scored is shown as %s", text)
	}
	if len(tables) != 3 || tables[0].ID != "estimates" || tables[1].ID != "comparisons" || tables[2].ID != "gates" || len(tables[2].Rows) != 1 {
		t.Errorf("machine tables %d", len(tables))
	}
	if len(r.Verdicts) != 2 || !strings.HasPrefix(r.Verdicts[0].Text, "Gates") || r.Verdicts[0].Word != "pass" {
		t.Errorf("headlines %+v, want the gates' and the comparison's", r.Verdicts)
	}
	if len(r.Samples.Items) == 0 {
		t.Error("no samples")
	}
	if r, tables := build(t, pipeline.ReportInput{Sources: []pipeline.Source{src}}); len(tables) != 1 || len(r.Verdicts) != 0 {
		t.Errorf("without a baseline: %d tables, %d headlines", len(tables), len(r.Verdicts))
	}
}

// A report of a run from a plan lists the plan's models, suites, judges and gates.
func TestProvenanceOfAPlan(t *testing.T) {
	src := whole(t, 0, 10)
	names := func() (out []string) {
		r, _ := build(t, pipeline.ReportInput{Sources: []pipeline.Source{src}})
		for _, f := range r.Facts {
			out = append(out, f.Name+" "+f.Value)
		}
		return out
	}
	if got := names(); len(got) < 2 || slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "Importer") }) {
		t.Errorf("facts %q, want no importer where nothing was imported", got)
	}
	src.Manifest.Plan.Run = jsontext.Value(`{"models": [{"name": "a", "temperature": 0.7}], "judges": [{"name": "tox"}]}`)
	got := names()
	for _, want := range []string{`Model {"name":"a","temperature":0.7}`, `Judge {"name":"tox"}`} {
		if !slices.Contains(got, want) {
			t.Errorf("facts %q, want %s", got, want)
		}
	}
}

func TestPublishedOnlyWhereCellsMeet(t *testing.T) {
	for _, c := range []struct {
		condition string
		want      bool
	}{{"zero", true}, {"nowhere", false}} {
		r, _ := build(t, pipeline.ReportInput{
			Sources:   []pipeline.Source{whole(t, 0, 40)},
			Published: []reports.Published{{Suite: "quiz", Metric: "both", Condition: c.condition, Model: "a", Value: 0.4}}, PublishedBy: "a paper",
		})
		if got := slices.Contains(sectionIDs(r), "published"); got != c.want {
			t.Errorf("%s: published section %v, want %v", c.condition, got, c.want)
		}
	}
}

// TestStrengthsOfThree: for two players the win rate is enough.
func TestStrengthsOfThree(t *testing.T) {
	matches := func(model, baseline string, every int) (js []metrics.Judgement) {
		for i := range 30 {
			score := 0.0
			if i%every == 0 {
				score = 1
			}
			js = append(js, against(judgement("pref", "win_rate", fmt.Sprint(i), "", model, score), baseline))
		}
		return js
	}
	run := func(js ...metrics.Judgement) reports.Report {
		src := source(t, []string{"a", "b", "base"}, js...)
		if err := errors.Join(runstore.Examples().WriteAll(src.Store, nil), runstore.Completions().WriteAll(src.Store, nil)); err != nil {
			t.Fatal(err)
		}
		r, _ := build(t, pipeline.ReportInput{Sources: []pipeline.Source{src}})
		return r
	}
	if r := run(matches("a", "base", 2)...); slices.Contains(sectionIDs(r), "strengths") {
		t.Error("two players have a table of strengths")
	}
	r := run(append(matches("a", "base", 2), matches("b", "base", 3)...)...)
	last := r.Sections[len(r.Sections)-1]
	if last.ID != "strengths" || len(last.Tables[0].Rows) != 3 {
		t.Fatalf("last section %s: %+v", last.ID, last.Tables)
	}
	// a ties with base at 15 of 30, and b loses to base 10 to 20.
	if rows := last.Tables[0].Rows; rows[2][0].Text != "b" || rows[2][3].Text != "30" {
		t.Errorf("rows %+v, want b last with 30 comparisons", rows)
	}
	// A player that lost every match has no finite strength, and the table says so.
	r = run(append(matches("a", "base", 2), matches("b", "base", 1)...)...)
	if last := r.Sections[len(r.Sections)-1]; len(last.Tables[0].Rows) != 0 || len(last.Tables[0].Notes) != 1 {
		t.Errorf("b wins all: %+v", last.Tables)
	}
}

func TestResolveBaseline(t *testing.T) {
	src := whole(t, 0, 2)
	src.Manifest.Baseline = "b"
	j := collect(t, src)
	for asked, want := range map[string]string{"": "b", "a": "a"} {
		if got, err := j.ResolveBaseline(asked); got != want || err != nil {
			t.Errorf("asked %q: %q, %v", asked, got, err)
		}
	}
	if _, err := j.ResolveBaseline("z"); err == nil || !strings.Contains(err.Error(), "--baseline z: no such model; use one of a, b") {
		t.Errorf("asked z: %v", err)
	}
	src.Manifest.Baseline = "gone"
	if got, err := collect(t, src).ResolveBaseline(""); got != "" || err != nil {
		t.Errorf("the run's baseline is gone: %q, %v", got, err)
	}
}

func TestCheckGatesNamesConditions(t *testing.T) {
	j := collect(t, whole(t, 0, 2))
	for _, c := range []struct{ suite, condition, want string }{
		{"quiz", "zero", ""},
		{"quiz", "many", `has no condition "many"; remove condition to gate all, or correct it: use one of zero, few`},
		{"toxic", "many", "suite toxic has no conditions; remove condition"},
		{"toxic", "", ""},
	} {
		err := j.CheckGates([]metrics.Gate{{Suite: c.suite, Condition: c.condition}})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("suite %s, condition %q: %v, want %q", c.suite, c.condition, err, c.want)
		}
	}
}
