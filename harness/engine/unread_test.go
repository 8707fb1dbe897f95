package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/harness/engine"
	"assay/harness/runstore"
	"assay/models"
	"assay/models/remote"
	"assay/suites"
	"assay/suites/judge"
)

// gradedBy is a job with a judge that grades answers; model and judge echo an example's number.
func gradedBy(m, asked *scripted, n int) *engine.Job {
	s := suite("a", n, 1, "ruler")
	s.Gather = nil
	s.Ask = func(ex *suites.Example, condition string) models.Request {
		return models.Request{Prompt: condition + " " + ex.Input + "?"}
	}
	if m.rule == nil {
		m.rule = func(_ int, r models.Request) (models.Answer, error) { return models.Answer{Text: r.Prompt}, nil }
	}
	s.Judges = []engine.Judge{{Judge: judge.Grade{JudgeName: "g"}, Endpoint: engine.Endpoint{Info: models.Info{Name: "g", Fingerprint: "g"}, Ask: engine.Ask("g", asked, nil), Concurrency: 2}}}
	return job("graded", m, s)
}

// unclear gives a verdict unless the shown answer has one of some digits.
func unclear(digits string) func(int, models.Request) (models.Answer, error) {
	return func(_ int, r models.Request) (models.Answer, error) {
		_, answer, _ := strings.Cut(r.Prompt, "----- answer")
		answer, _, _ = strings.Cut(answer[strings.Index(answer, "\n"):], "-----")
		if strings.ContainsAny(answer, digits) {
			return models.Answer{Text: "Let me see.\nI like " + strings.TrimSpace(answer), Finish: models.FinishStop}, nil
		}
		return models.Answer{Text: "Grade: 3", Finish: models.FinishStop}, nil
	}
}

// A judge whose answers could not be read is asked again about these alone, and on request alone.
func TestRetryAsksAgainForVerdicts(t *testing.T) {
	m, g, store := &scripted{}, &scripted{rule: unclear("357")}, &runstore.Memory{}
	r := run(t, store, gradedBy(m, g, 8), engine.Options{})
	if c := r.Manifest.Counts[0]; c.Missing != 6 || c.Scored != 10 || g.asked != 16 {
		t.Fatalf("%+v after %d requests to the judge, want 6 missing and 10 scored after 16", c, g.asked)
	}
	if len(r.Unread) != 1 || r.Unread[0].String() != `judge g: 6 answers could not be read, the first ends with "I like plain 3?"` {
		t.Errorf("unread: %v", r.Unread)
	}
	if r := run(t, store, gradedBy(m, g, 8), engine.Options{}); !r.Nothing || r.Unvalued != 6 || !strings.Contains(r.Remedy(), "6 judgements") {
		t.Errorf("rerun: %+v", r)
	}
	r = run(t, store, gradedBy(m, g, 8), engine.Options{Judge: true})
	if r.Sent != 0 || r.Unread[0].Count != 6 {
		t.Errorf("judging again sent %d, unread %v; want none sent, 6 unread", r.Sent, r.Unread)
	}
	r = run(t, store, gradedBy(m, g, 8), engine.Options{Retry: true})
	if r.Sent != 6 || r.Unread[0].Count != 6 {
		t.Errorf("a retry sent %d, unread %v; want 6 and 6", r.Sent, r.Unread)
	}
	g.rule = unclear("5")
	r = run(t, store, gradedBy(m, g, 8), engine.Options{Retry: true})
	if c := r.Manifest.Counts[0]; r.Sent != 6 || c.Missing != 2 || r.Unread[0].Count != 2 || r.Unread[0].Answer != "Let me see.\nI like plain 5?" {
		t.Errorf("a better judge: sent %d, %+v, unread %v; want 6 sent, 2 missing", r.Sent, c, r.Unread)
	}
	g.rule = unclear("")
	r = run(t, store, gradedBy(m, g, 8), engine.Options{Retry: true})
	if c := r.Manifest.Counts[0]; r.Sent != 2 || c.Missing != 0 || r.Unread != nil || m.asked != 16 {
		t.Errorf("a judge that is repaired: sent %d, %+v, unread %v, %d requests to the model; want 2, none missing, 16", r.Sent, c, r.Unread, m.asked)
	}
	fresh := &runstore.Memory{}
	run(t, fresh, gradedBy(m, &scripted{rule: unclear("")}, 8), engine.Options{})
	if everything(t, store) != everything(t, fresh) {
		t.Error("a run with repaired verdicts differs from one made at once")
	}
}

// A retry that is interrupted keeps the verdicts that it got, and asks for the others when it is
// repeated.
func TestInterruptedRetryOfVerdicts(t *testing.T) {
	m, g, store := &scripted{}, &scripted{rule: unclear("0123456789")}, &runstore.Memory{}
	run(t, store, gradedBy(m, g, 8), engine.Options{})
	before := g.asked
	g.rule = func(asked int, r models.Request) (models.Answer, error) {
		if asked > before+5 {
			return models.Answer{}, fmt.Errorf("%w: gone", remote.ErrDown)
		}
		return unclear("")(asked, r)
	}
	if _, err := engine.Run(t.Context(), store, gradedBy(m, g, 8), engine.Options{Retry: true}); err == nil {
		t.Fatal("the retry was not interrupted")
	}
	g.rule = unclear("")
	r := run(t, store, gradedBy(m, g, 8), engine.Options{Retry: true})
	if c := r.Manifest.Counts[0]; r.Sent != 11 || c.Missing != 0 || c.Scored != 16 {
		t.Errorf("the repeated retry sent %d, %+v; want the other 11 of 16, and all scored", r.Sent, c)
	}
}

// One request about two answers that are the same is sent again once.
func TestRetryOfASharedVerdict(t *testing.T) {
	m := &scripted{rule: func(int, models.Request) (models.Answer, error) { return models.Answer{Text: "4"}, nil }}
	g, store := &scripted{rule: unclear("4")}, &runstore.Memory{}
	j := func() *engine.Job {
		j := gradedBy(m, g, 6)
		for i := range j.Suites[0].Examples {
			j.Suites[0].Examples[i].Input = "one question"
		}
		return j
	}
	if r := run(t, store, j(), engine.Options{}); r.Unread[0].Count != 12 {
		t.Errorf("unread %v, want 12", r.Unread)
	}
	before := g.asked
	g.rule = unclear("")
	r := run(t, store, j(), engine.Options{Retry: true})
	if c := r.Manifest.Counts[0]; c.Missing != 0 || g.asked > before+2 || r.Unread != nil { // two may be under way at once
		t.Errorf("%+v, unread %v after %d more requests; want all scored after 1 or 2", c, r.Unread, g.asked-before)
	}
}

func TestUnreadIsShown(t *testing.T) {
	for answer, want := range map[string]string{
		"":                                     "judge g: 2 answers could not be read, the first is empty",
		" \n":                                  "judge g: 2 answers could not be read, the first is empty",
		"No.\n\x1b[2JYes\n":                    `judge g: 2 answers could not be read, the first ends with "[2JYes"`,
		strings.Repeat("é", 90) + "!":          `judge g: 2 answers could not be read, the first ends with "...` + strings.Repeat("é", 79) + `!"`,
		"long ago\n" + strings.Repeat("a", 80): `judge g: 2 answers could not be read, the first ends with "` + strings.Repeat("a", 80) + `"`,
	} {
		if got := (engine.Unread{Judge: "g", Count: 2, Answer: answer}).String(); got != want {
			t.Errorf("%q: %s, want %s", answer, got, want)
		}
	}
}
