package engine_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"assay/harness/engine"
	"assay/harness/runstore"
	"assay/models"
	"assay/models/remote"
	"assay/suites/judge"
)

// auditJob has a pairwise judge of two models. It prefers the answer that it sees first, unless one
// says "good". Asked again, it doesn't answer about example 1 and turns to the second answer in draw 2.
func auditJob(plan string, asked *scripted, a engine.Audit) *engine.Job {
	asked.rule = func(_ int, r models.Request) (models.Answer, error) {
		_, shown, _ := strings.Cut(r.Prompt, "----- answer A ")
		first, second, ok := strings.Cut(shown, "----- answer B ")
		if !ok {
			panic(r.Prompt)
		}
		second, _, _ = strings.Cut(second, "----- end of answer B")
		switch {
		case r.Sample > 0 && r.About.Input == "1":
			return models.Answer{}, &remote.Failure{Reason: "status 400"}
		case r.About.Input == "unclear":
			return models.Answer{Text: "I can't say."}, nil
		case strings.Contains(first, "good"), r.Sample < 2 && !strings.Contains(second, "good"):
			return models.Answer{Text: "[[A]]"}, nil
		}
		return models.Answer{Text: "[[B]]"}, nil
	}
	s := suite("a", 5, 1, "")
	s.Gather, s.Conditions = nil, []string{""}
	s.Judges = []engine.Judge{{Judge: judge.Pairwise{JudgeName: "p"}, Audit: a, Endpoint: engine.Endpoint{Info: models.Info{Name: "p", Fingerprint: "p"}, Ask: asked.Generate, Concurrency: 2}}}
	j := job(plan, &scripted{}, s, s)
	j.Suites[1].Name = "b"
	other := &scripted{rule: func(_ int, r models.Request) (models.Answer, error) {
		return models.Answer{Text: "other " + r.Prompt}, nil
	}}
	j.Models, j.Baseline = append(j.Models, model("base", "g", 2, other)), "base"
	return j
}

func all[T any](t *testing.T, store runstore.Store, kind runstore.Kind[T]) (out []T) {
	t.Helper()
	for r, err := range kind.Read(store) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, *r)
	}
	return out
}

func TestAudit(t *testing.T) {
	known := []judge.KnownPair{{Input: "Do it.", Better: "good", Worse: "bad"}, {Input: "Try.", Better: "fair", Worse: "poor"}, {Input: "unclear", Better: "x", Worse: "y"}}
	plain, plainStore := &scripted{}, &runstore.Memory{}
	run(t, plainStore, auditJob("one", plain, engine.Audit{}), engine.Options{})
	for _, kind := range []string{"repeats.jsonl", "known.jsonl"} {
		if _, err := plainStore.Open(kind); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s in a run without an audit: %v", kind, err)
		}
	}
	asked, store := &scripted{}, &runstore.Memory{}
	a := engine.Audit{Repeats: 2, Examples: 3, Known: known}
	r := run(t, store, auditJob("two", asked, a), engine.Options{})
	// Two verdicts of each pair, in two suites; of three examples each, two draws more; known pairs once.
	// A pair whose first verdict is missing isn't shown the second time.
	if plain.asked != 20 {
		t.Errorf("%d requests without an audit, want 20", plain.asked)
	}
	if content(t, store, "judgements.jsonl", "examples.jsonl", "completions.jsonl") != content(t, plainStore, "judgements.jsonl", "examples.jsonl", "completions.jsonl") {
		t.Error("the audit changes the run's other records")
	}
	values := map[string]int{}
	for _, one := range all(t, store, runstore.Repeats()) {
		if one.Judgement.Metric == "win_rate" {
			values[fmt.Sprint(one.Draw, one.Judgement.Orders, one.Judgement.Missing)]++
		}
	}
	chosen := values["1 [1 0]"] + values["1 []status 400"]
	if chosen != 6 || values["2 [0 1]"] != values["1 [1 0]"] || values["2 []status 400"] != values["1 []status 400"] {
		t.Errorf("repeats %v, want three examples of each suite in two draws", values)
	}
	var said []string
	for _, j := range all(t, store, runstore.Known()) {
		if j.Metric == "win_rate" {
			said = append(said, fmt.Sprint(j.Suite, j.Model, j.Baseline, j.Value, j.Orders, j.Missing))
		}
	}
	want := []string{"known_pairsbetter answerworse answer[1] [1 1]", "known_pairsbetter answerworse answer[0.5] [1 0]", "known_pairsbetter answerworse answer[] []the judge's answer could not be read: expected a last line \"[[A]]\", \"[[B]]\" or \"[[C]]\""}
	if strings.Join(said, "\n") != strings.Join(want, "\n") {
		t.Errorf("known pairs\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
	if len(r.Unread) != 1 || r.Unread[0].Count != 1 {
		t.Errorf("unread %v, want the one known pair", r.Unread)
	}
	// Nothing is requested twice, and equal runs have equal bytes.
	before, whole := asked.asked, content(t, store, "manifest.json", "verdicts.jsonl", "repeats.jsonl", "known.jsonl")
	run(t, store, auditJob("two", asked, a), engine.Options{Judge: true})
	if asked.asked != before || content(t, store, "manifest.json", "verdicts.jsonl", "repeats.jsonl", "known.jsonl") != whole {
		t.Errorf("judged again: %d requests, then %d", before, asked.asked)
	}
	// Without the audit, its records are gone.
	run(t, store, auditJob("one", asked, engine.Audit{}), engine.Options{})
	if _, err := store.Open("repeats.jsonl"); !errors.Is(err, fs.ErrNotExist) || asked.asked != before {
		t.Errorf("repeats without an audit: %v, %d requests", err, asked.asked)
	}
	var shown strings.Builder
	if err := engine.ShowPreviews(t.Context(), &shown, auditJob("two", asked, a), &runstore.Memory{}, engine.Options{}, false); err != nil || !strings.Contains(shown.String(), "For their audit, judges are sent at most 30 requests more.") {
		t.Errorf("%v\n%s", err, shown.String())
	}
}
