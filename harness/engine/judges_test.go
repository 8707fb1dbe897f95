package engine_test

import (
	"context"
	"strings"
	"testing"

	"assay/harness/engine"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/judge"
)

// oracle judges by what a model says of a text.
type oracle struct{ name string }

func (o oracle) Name() string      { return o.name }
func (o oracle) Metrics() []string { return []string{"said"} }
func (o oracle) Judge(ctx context.Context, item suites.Item) ([]metrics.Judgement, error) {
	a, err := item.Ask(ctx, models.Request{Prompt: "How long is " + item.Completion.Text + "?"})
	if err != nil {
		return nil, err
	}
	return []metrics.Judgement{suites.NewJudgement(item.Completion, "said", o.name, float64(len(a.Text)))}, nil
}

// judgedBy is a job whose only judge queries a model.
func judgedBy(name string, m, asked *scripted, n int) *engine.Job {
	s := suite("a", n, 1, "ruler")
	s.Gather = nil
	s.Judges = []engine.Judge{{Judge: oracle{name}, Endpoint: engine.Endpoint{Info: models.Info{Name: name, Fingerprint: name}, Ask: asked.Generate, Concurrency: 2}}}
	return job(name, m, s)
}

// A judge that the plan names again isn't queried again.
func TestVerdictsOutliveAChangeOfJudges(t *testing.T) {
	m, first, second, store := &scripted{}, &scripted{}, &scripted{}, &runstore.Memory{}
	run(t, store, judgedBy("first", m, first, 3), engine.Options{})
	whole := everything(t, store)
	if _, err := store.Open("earlier.jsonl"); err == nil {
		t.Error("earlier verdicts where no judge was changed")
	}
	run(t, store, judgedBy("second", m, second, 3), engine.Options{})
	if strings.Contains(content(t, store, "verdicts.jsonl"), `"first"`) {
		t.Error("verdicts of a judge that the plan does not name are published")
	}
	run(t, store, judgedBy("first", m, first, 3), engine.Options{})
	if m.asked != 6 || first.asked != 6 || second.asked != 6 {
		t.Errorf("asked the model %d times, the judges %d and %d: want 6 each", m.asked, first.asked, second.asked)
	}
	if everything(t, store) != whole {
		t.Error("after another judge, the first gives another run")
	}
	run(t, store, judgedBy("second", m, second, 3), engine.Options{Drop: true})
	if _, err := store.Open("earlier.jsonl"); err == nil || second.asked != 6 {
		t.Errorf("dropped verdicts: %v, the second judge was asked %d times", err, second.asked)
	}
	run(t, store, judgedBy("first", m, first, 3), engine.Options{Fresh: true})
	if m.asked != 12 || first.asked != 12 {
		t.Errorf("with everything sent again, %d and %d requests, want 12 each", m.asked, first.asked)
	}
}

// A run that stops while another judge is at work keeps what both said.
func TestVerdictsOutliveAStop(t *testing.T) {
	m, first, second, store := &scripted{}, &scripted{}, &scripted{}, &runstore.Memory{}
	run(t, store, judgedBy("first", m, first, 3), engine.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	second.rule = func(asked int, r models.Request) (models.Answer, error) {
		if asked == 4 {
			cancel()
			return models.Answer{}, ctx.Err()
		}
		return models.Answer{Text: r.Prompt}, nil
	}
	if _, err := engine.Run(ctx, store, judgedBy("second", m, second, 3), engine.Options{}); err == nil {
		t.Fatal("the run was not stopped")
	}
	run(t, store, judgedBy("second", m, second, 3), engine.Options{})
	run(t, store, judgedBy("first", m, first, 3), engine.Options{})
	if first.asked != 6 || second.asked > 8 { // two may have been under way
		t.Errorf("asked the judges %d and %d times", first.asked, second.asked)
	}
}

// faultWatch keeps what a run says of failed attempts.
type faultWatch struct{ faults func() map[string]int }

func (w *faultWatch) Start(s session.Stage) { w.faults = s.Faults }
func (w *faultWatch) Step(float64)          {}
func (w *faultWatch) End()                  {}

// A judge of two suites is one client: its failed attempts count once.
func TestFaultsCountOnce(t *testing.T) {
	m := &scripted{}
	j := judgedBy("first", m, &scripted{}, 1)
	other := j.Suites[0]
	other.Name, other.Examples = "b", suite("b", 1, 1, "ruler").Examples
	for _, s := range []*engine.Suite{&j.Suites[0], &other} {
		s.Judges[0].Trouble = func() (int, map[string]int) { return 2, map[string]int{"status 429": 3} }
	}
	j.Suites = append(j.Suites, other)
	j.Models[0].Trouble = func() (int, map[string]int) { return 1, map[string]int{"status 429": 1, "status 500": 1} }
	w := &faultWatch{}
	run(t, &runstore.Memory{}, j, engine.Options{Watch: w})
	if got := w.faults(); got["status 429"] != 4 || got["status 500"] != 1 {
		t.Errorf("faults %v, want 4 and 1", got)
	}
}

// The plan's own sampling of a judge is what it is asked with, and what it is said to have
// been cut at.
func TestJudgesOwnSampling(t *testing.T) {
	cut := &scripted{rule: func(_ int, r models.Request) (models.Answer, error) {
		if r.MaxTokens != 7 {
			t.Errorf("asked for %d tokens, want the plan's 7", r.MaxTokens)
		}
		return models.Answer{Text: "Grade: 5", Finish: "length"}, nil
	}}
	s, store := suite("a", 2, 1, "ruler"), &runstore.Memory{}
	s.Gather = nil
	s.Judges = []engine.Judge{{Judge: judge.Grade{JudgeName: "g"}, Endpoint: engine.Endpoint{
		Info: models.Info{Name: "g", Fingerprint: "g"}, Ask: cut.Generate, Concurrency: 1,
		Sampling: func(s models.Sampling) models.Sampling { s.MaxTokens = 7; return s },
	}}}
	run(t, store, job("m", &scripted{}, s), engine.Options{})
	if said := content(t, store, "judgements.jsonl"); strings.Count(said, "the judge was cut off at 7 tokens: raise max_tokens") != 4 {
		t.Errorf("judgements:\n%s", said)
	}
}
