package engine_test

import (
	"context"
	"strings"
	"testing"

	"assay/harness/engine"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/models"
	"assay/models/remote"
	"assay/suites"
)

// rival compares lengths with the baseline's, as a pairwise judge.
type rival struct{}

func (rival) Name() string        { return "rival" }
func (rival) Metrics() []string   { return []string{"longer"} }
func (rival) Needs() suites.Needs { return suites.Needs{Baseline: suites.AgainstBaseline} }
func (rival) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	j := suites.NewJudgement(item.Completion, "longer", "rival", 1)
	j.Baseline = item.Baseline.Model
	return []metrics.Judgement{j}, nil
}

// ends answers with the finish that a prompt's last character names.
func ends(_ int, r models.Request) (models.Answer, error) {
	switch r.Prompt[len(r.Prompt)-1] {
	case '1':
		return models.Answer{Text: "cut sho", Finish: "length"}, nil
	case '2':
		return models.Answer{Text: " \n", Finish: "length"}, nil
	case '3':
		return models.Answer{Finish: "stop"}, nil
	case '4':
		return models.Answer{Text: "part of", Finish: "SAFETY", Tokens: &models.Usage{Prompt: 3, Completion: 2}}, nil
	case '5':
		return models.Answer{Text: "part of", Finish: "error"}, nil
	case '6':
		return models.Answer{}, &remote.Failure{Reason: "status 400: flagged", Status: 400, Filtered: true}
	}
	return models.Answer{Text: "an answer", Finish: "stop"}, nil
}

// judgements are those of a run under one condition, by model, metric and example.
func judgements(t *testing.T, s runstore.Store, condition string) map[[3]string]metrics.Judgement {
	t.Helper()
	inputs, out := map[string]string{}, map[[3]string]metrics.Judgement{}
	for ex, err := range runstore.Examples().Read(s) {
		if err != nil {
			t.Fatal(err)
		}
		inputs[ex.ID] = ex.Input
	}
	for j, err := range runstore.Judgements().Read(s) {
		if err != nil {
			t.Fatal(err)
		}
		if j.Condition == condition {
			out[[3]string{j.Model, j.Metric, inputs[j.Example]}] = *j
		}
	}
	return out
}

func TestAnswersOfEachKindAreMarkedAndScoredByOneRule(t *testing.T) {
	m, store := &scripted{rule: ends}, &runstore.Memory{}
	plain := &scripted{}
	s := suite("a", 7, 1, "ruler")
	s.Judges = append(s.Judges, engine.Judge{Judge: rival{}})
	j := job("p", m, s)
	j.Models = append(j.Models, model("base", "b", 2, plain))
	j.Baseline = "base"
	r := run(t, store, j, engine.Options{})
	got := judgements(t, store, "plain")
	for input, want := range map[string]struct {
		mark    metrics.Mark
		missing string
	}{
		"0": {"", ""},
		"1": {metrics.Cut, ""},
		"2": {metrics.EmptyCut, ""},
		"3": {metrics.Empty, ""},
		"4": {metrics.Filtered, "no completion: the server filtered the answer"},
		"5": {metrics.Failed, "no completion: the server ended the answer with an error"},
		"6": {metrics.Filtered, "no completion: status 400: flagged"},
	} {
		for _, metric := range []string{"length", "longer"} {
			if j := got[[3]string{"m", metric, input}]; j.Mark != want.mark || j.Missing != want.missing || j.BaselineMark != "" {
				t.Errorf("%s of answer %s: %+v, want %+v", metric, input, j, want)
			}
		}
		if j := got[[3]string{"base", "length", input}]; j.Mark != "" || j.Missing != "" {
			t.Errorf("the baseline's answer %s: %+v", input, j)
		}
	}
	// Seven examples under two conditions.
	if a := r.Manifest.Answers[0].Answers; a != (metrics.Answers{All: 14, Cut: 4, Empty: 4, Filtered: 4, Failed: 2}) {
		t.Errorf("the model's answers: %+v", a)
	}
	if a := r.Manifest.Answers[1]; a.Model != "base" || a.Answers != (metrics.Answers{All: 14}) {
		t.Errorf("the baseline's answers: %+v", a)
	}
	if r.Failed != 6 || r.Manifest.Counts[0].Completions != 22 {
		t.Errorf("failed %d, counts %+v", r.Failed, r.Manifest.Counts[0])
	}
	// What the server said stays in the record, and outlives judging again.
	before := content(t, store, "completions.jsonl")
	if !strings.Contains(before, `"text":"part of","finish":"content_filter","tokens":{"prompt":3,"completion":2},"missing":"the server filtered the answer"`) {
		t.Errorf("the filtered answer is not kept:\n%s", before)
	}
	run(t, store, j, engine.Options{Judge: true})
	if after := content(t, store, "completions.jsonl"); after != before {
		t.Errorf("judged again, completions are\n%s, before\n%s", after, before)
	}
	// With the sides changed, the mark is the baseline's, and its filtered answers lose the pair.
	j.Baseline, j.Plan.Run = "m", []byte(`"other"`)
	run(t, store, j, engine.Options{})
	got = judgements(t, store, "plain")
	for input, want := range map[string]metrics.Mark{"0": "", "1": metrics.Cut, "2": metrics.EmptyCut, "3": metrics.Empty, "4": metrics.Filtered, "5": metrics.Failed} {
		j := got[[3]string{"base", "longer", input}]
		if lost := input >= "4"; j.BaselineMark != want || j.Mark != "" || (j.Missing != "") != lost {
			t.Errorf("against the answer %s: %+v, want the mark %q", input, j, want)
		}
	}
}

// Where saying nothing can score well, only a model that stopped on its own said nothing.
func TestSilenceCountsOnlyWhereTheModelStopped(t *testing.T) {
	m, store := &scripted{rule: ends}, &runstore.Memory{}
	s := suite("a", 5, 1, "ruler")
	s.Silent = true
	run(t, store, job("p", m, s), engine.Options{})
	got := judgements(t, store, "loud")
	for input, scored := range map[string]bool{"0": true, "1": true, "2": false, "3": true, "4": false} {
		if j := got[[3]string{"m", "length", input}]; j.Scored() != scored {
			t.Errorf("answer %s: %+v, want scored %v", input, j, scored)
		}
	}
}

// The same holds of the baseline's silence.
func TestABaselinesSilence(t *testing.T) {
	m, base, store := &scripted{}, &scripted{rule: ends}, &runstore.Memory{}
	s := suite("a", 4, 1, "ruler")
	s.Silent = true
	s.Judges = append(s.Judges, engine.Judge{Judge: rival{}})
	j := job("p", m, s)
	j.Models = append(j.Models, model("base", "b", 2, base))
	j.Baseline = "base"
	run(t, store, j, engine.Options{})
	got := judgements(t, store, "plain")
	for input, want := range map[string]metrics.Mark{"1": metrics.Cut, "2": metrics.EmptyCut, "3": metrics.Empty} {
		if j := got[[3]string{"m", "longer", input}]; j.BaselineMark != want || j.Scored() != (input != "2") {
			t.Errorf("against answer %s: %+v", input, j)
		}
	}
}

// What several samples give together carries the gravest of their marks.
func TestGatheredJudgementsAreMarked(t *testing.T) {
	m, store := &scripted{rule: func(_ int, r models.Request) (models.Answer, error) {
		a := models.Answer{Text: r.Prompt, Finish: "stop"}
		if r.Sample == 1 && strings.HasSuffix(r.Prompt, "1") {
			a.Finish = "length"
		}
		return a, nil
	}}, &runstore.Memory{}
	run(t, store, job("p", m, suite("a", 2, 3, "ruler")), engine.Options{})
	got := judgements(t, store, "plain")
	if a, b := got[[3]string{"m", "longest", "0"}], got[[3]string{"m", "longest", "1"}]; a.Mark != "" || b.Mark != metrics.Cut {
		t.Errorf("marks %q and %q, want none and cut", a.Mark, b.Mark)
	}
}
