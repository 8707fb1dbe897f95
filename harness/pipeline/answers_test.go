package pipeline_test

import (
	"context"
	"io"
	"testing"

	"assay/harness"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// finished is a completion with a finish.
func finished(example, model, text, finish string) models.Completion {
	c := completion("quiz", example, "zero", model, text)
	c.Finish = finish
	return c
}

// Recorded outputs with a finish are marked and judged like live ones. This applies to
// recorded judgements and to those made here.
func TestImportedAnswersAreMarked(t *testing.T) {
	store := &runstore.Memory{}
	in := ingest(t, store)
	for _, c := range []models.Completion{
		finished("1", "sft", "fine", "eos_token"), finished("2", "sft", "cut sho", "MAX_TOKENS"), finished("3", "sft", "part", "SAFETY"),
		finished("4", "sft", "part", "error"), finished("1", "gpt", " ", ""), finished("2", "gpt", "fine", ""),
	} {
		if err := in.Completion(c); err != nil {
			t.Fatal(err)
		}
	}
	for _, example := range []string{"1", "2"} {
		if err := in.Judgement(against(judgement("quiz", "both", example, "zero", "sft", 1, 1), "gpt")); err != nil {
			t.Fatal(err)
		}
	}
	for _, input := range []string{"1", "2", "3", "4"} {
		if err := in.Example(exampleOf("quiz", input)); err != nil {
			t.Fatal(err)
		}
	}
	if err := in.CommitCompletions(); err != nil {
		t.Fatal(err)
	}
	if err := pipeline.Judge(context.Background(), store, small(), in.Judgement, io.Discard); err != nil {
		t.Fatal(err)
	}
	m, err := in.Commit()
	if err != nil {
		t.Fatal(err)
	}
	type mark struct {
		own, baseline metrics.Mark
		missing       string
	}
	want := map[[3]string]mark{
		{"sft", "both", "1"}:   {"", metrics.EmptyNoStop, ""},
		{"sft", "both", "2"}:   {metrics.Cut, "", ""},
		{"sft", "length", "1"}: {}, {"sft", "length", "2"}: {metrics.Cut, "", ""},
		{"sft", "length", "3"}: {metrics.Filtered, "", "the server filtered the answer"},
		{"sft", "length", "4"}: {metrics.Failed, "", "the server ended the answer with an error"},
		{"gpt", "length", "1"}: {metrics.EmptyNoStop, "", ""}, {"gpt", "length", "2"}: {},
	}
	inputs := map[string]string{}
	for _, input := range []string{"1", "2", "3", "4"} {
		inputs[exampleOf("quiz", input).ID] = input
	}
	n := 0
	for j, err := range runstore.Judgements().Read(store) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		key := [3]string{j.Model, j.Metric, inputs[j.Example]}
		if got := (mark{j.Mark, j.BaselineMark, j.Missing}); got != want[key] {
			t.Errorf("%v: %+v, want %+v", key, got, want[key])
		}
	}
	if n != len(want) {
		t.Errorf("%d judgements, want %d", n, len(want))
	}
	counts := map[string]metrics.Answers{}
	for _, a := range m.Answers {
		counts[a.Model] = a.Answers
	}
	if counts["sft"] != (metrics.Answers{All: 4, Cut: 1, Filtered: 1, Failed: 1}) || counts["gpt"] != (metrics.Answers{All: 2, Empty: 1}) {
		t.Errorf("counts %+v", counts)
	}
	samples, err := open(t, pipeline.Source{Store: store, Manifest: m}).Samples(10, nil)
	if err != nil {
		t.Fatal(err)
	}
	marks := map[string]string{}
	for _, item := range samples.Items {
		for _, o := range item.Outputs {
			marks[o.Model+item.Input] = o.Mark
		}
	}
	if marks["sft1"] != "" || marks["sft2"] != "cut" || marks["sft3"] != "filtered" || marks["gpt1"] != "empty, no end" {
		t.Errorf("the browser's marks %v", marks)
	}
}

// Estimates and comparisons carry the counts. For an old run without marks the counts are
// unknown, not 0.
func TestCountsOfAnswers(t *testing.T) {
	of := func(model string, marks ...metrics.Mark) (js []metrics.Judgement) {
		for i, mark := range marks {
			j := judgement("toxic", "mean", string(rune('a'+i)), "", model, float64(i)/10)
			j.Mark = mark
			js = append(js, j)
		}
		return js
	}
	before := source(t, []string{"old"}, of("old", "", "", "")...)
	now := source(t, []string{"new"}, of("new", metrics.Cut, "", metrics.EmptyCut)...)
	now.Manifest.Answers = []harness.AnswerCount{{Suite: "toxic", Model: "new"}}
	judged := collect(t, before, now)
	estimates := pipeline.Estimate(judged, pipeline.Options{})
	if e := find(t, estimates, "toxic", "mean", "", "old"); e.Answers != nil {
		t.Errorf("an older run has %+v", e.Answers)
	}
	if e := find(t, estimates, "toxic", "mean", "", "new"); e.Answers == nil || *e.Answers != (metrics.Answers{All: 3, Cut: 2, Empty: 1}) {
		t.Errorf("got %+v", e.Answers)
	}
	p := pipeline.Compare(judged, "old", "new", "holm", pipeline.Options{})
	if len(p) != 1 || p[0].AnswersFirst != nil || p[0].AnswersSecond == nil || p[0].AnswersSecond.Cut != 2 {
		t.Errorf("compared: %+v", p)
	}
}

func exampleOf(suite, input string) suites.Example { return suites.NewExample(suite, input, nil, "") }
