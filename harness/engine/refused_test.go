package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"assay/harness/engine"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/models"
	"assay/models/remote"
	"assay/suites/judge"
)

// failing answers until a number of requests was sent, and then fails in a given way.
func failing(from int, failure *remote.Failure) func(int, models.Request) (models.Answer, error) {
	return func(asked int, r models.Request) (models.Answer, error) {
		if asked > from {
			return models.Answer{}, failure
		}
		return models.Answer{Text: r.Prompt}, nil
	}
}

// stops runs a job that must stop, and gives the answers that it kept.
func stops(t *testing.T, s runstore.Store, j *engine.Job, want string) int {
	t.Helper()
	_, err := engine.Run(t.Context(), s, j, engine.Options{})
	stopped, ok := errors.AsType[*session.Stopped](err)
	if !ok || !strings.Contains(err.Error(), want) {
		t.Fatalf("error %v, want one that has %q", err, want)
	}
	if _, err := runstore.ReadManifest(s); err == nil {
		t.Fatal("a run that stopped is published")
	}
	return stopped.Kept
}

// alone is a job of one request at a time.
func alone(m *scripted, n int) *engine.Job {
	j := job("p", m, suite("a", n, 1, "ruler"))
	j.Models[0].Concurrency = 1
	return j
}

var broke = &remote.Failure{Reason: "status 402: no credits", Status: 402, Account: true}

// Want of credit stops the run at the fifth request in a row, keeps what was answered, and
// leaves nothing missing.
func TestAnAccountThatIsRefusedStopsTheRun(t *testing.T) {
	m, store := &scripted{rule: failing(7, broke)}, &runstore.Memory{}
	if kept := stops(t, store, alone(m, 20), "5 requests were refused, the last with: status 402: no credits"); kept != 7 || m.asked != 12 {
		t.Errorf("kept %d after %d requests, want 7 after 12", kept, m.asked)
	}
	m.rule, m.asked = nil, 0
	if r := run(t, store, alone(m, 20), engine.Options{}); r.Sent != 33 || r.Manifest.Counts[0].Missing != 0 {
		t.Errorf("topped up, it asked %d, and has %+v", r.Sent, r.Manifest.Counts[0])
	}
}

// Fewer than stop it at once are never published as missing, be they in the middle or the last.
func TestAnAccountsRefusalIsNeverMissing(t *testing.T) {
	for name, rule := range map[string]func(int, models.Request) (models.Answer, error){
		"the last": failing(19, broke),
		"in the middle": func(asked int, r models.Request) (models.Answer, error) {
			if asked == 5 || asked >= 8 && asked < 12 { // four in a row
				return models.Answer{}, broke
			}
			return models.Answer{Text: r.Prompt}, nil
		},
	} {
		m, store := &scripted{rule: rule}, &runstore.Memory{}
		stops(t, store, alone(m, 10), "refused")
		if m.asked != 20 {
			t.Errorf("%s: stopped after %d requests, want all 20", name, m.asked)
		}
		m.rule, m.asked = nil, 0
		r := run(t, store, alone(m, 10), engine.Options{})
		if want := map[string]int{"the last": 1, "in the middle": 5}[name]; r.Sent != want || len(r.Unanswered) != 0 {
			t.Errorf("%s: then asked %d, want %d; unanswered %v", name, r.Sent, want, r.Unanswered)
		}
	}
}

// graded is a job whose judge grades, at the end of a text.
func graded(m, asked *scripted, n int) *engine.Job {
	j := judgedBy("judge", m, asked, n)
	j.Suites[0].Judges[0].Judge = judge.Grade{JudgeName: "judge"}
	return j
}

func four(int, models.Request) (models.Answer, error) {
	return models.Answer{Text: "Grade: 4"}, nil
}

// A judge's account is no other: its run is not published.
func TestAJudgesAccount(t *testing.T) {
	m, grader, store := &scripted{}, &scripted{}, &runstore.Memory{}
	grader.rule = func(asked int, r models.Request) (models.Answer, error) {
		if asked > 2 {
			return models.Answer{}, broke
		}
		return four(asked, r)
	}
	kept := stops(t, store, graded(m, grader, 2), "judge judge: 2 requests were refused")
	grader.rule = four
	if r := run(t, store, graded(m, grader, 2), engine.Options{}); kept != 6 || r.Sent != 2 || r.Manifest.Counts[0].Missing != 0 {
		t.Errorf("kept %d, then asked %d: %+v", kept, r.Sent, r.Manifest.Counts[0])
	}
}

// A server that answers others may reject a prompt, but not twenty in a row in the same words:
// then the run stops, and all of them are sent again. Where words differ, or speak of the
// prompts' length, or a filter refused them, they are the prompts' own fault.
func TestRejectedInTheSameWords(t *testing.T) {
	same := &remote.Failure{Reason: "status 400: request refused", Status: 400}
	for name, tt := range map[string]struct {
		fails func(asked int) *remote.Failure
		stops bool
	}{
		"twenty":                 {func(int) *remote.Failure { return same }, true},
		"nineteen and an answer": {func(asked int) *remote.Failure { return map[bool]*remote.Failure{true: same}[asked != 27] }, false},
		"two sorts in turn": {func(asked int) *remote.Failure {
			return []*remote.Failure{same, {Reason: "status 400: no rhymes", Status: 400}}[asked%2]
		}, false},
		"too long": {func(int) *remote.Failure {
			return &remote.Failure{Reason: "status 400: the prompt is too long", Status: 400}
		}, false},
		"filtered": {func(int) *remote.Failure {
			return &remote.Failure{Reason: "status 400: no", Status: 400, Filtered: true}
		}, false},
		"too long in between twice": {func(asked int) *remote.Failure {
			if asked == 20 || asked == 35 {
				return &remote.Failure{Reason: "status 400: the prompt is too long", Status: 400}
			}
			return same
		}, false},
	} {
		m, store := &scripted{}, &runstore.Memory{}
		m.rule = func(asked int, r models.Request) (models.Answer, error) {
			if f := tt.fails(asked); asked > 7 && asked <= 46 && f != nil {
				return models.Answer{}, f
			}
			return models.Answer{Text: r.Prompt}, nil
		}
		if !tt.stops {
			if r := run(t, store, alone(m, 25), engine.Options{}); r.Failed < 38 {
				t.Errorf("%s: %d failed", name, r.Failed)
			}
			continue
		}
		if kept := stops(t, store, alone(m, 25), "20 requests in a row were refused in the same words: status 400: request refused"); kept != 7 || m.asked != 27 {
			t.Errorf("%s: kept %d after %d requests", name, kept, m.asked)
		}
		m.rule, m.asked = nil, 0
		if r := run(t, store, alone(m, 25), engine.Options{}); r.Sent != 43 || r.Manifest.Counts[0].Missing != 0 {
			t.Errorf("%s: then it asked %d, and has %+v", name, r.Sent, r.Manifest.Counts[0])
		}
	}
}

// Requests beyond the context of a model on this machine are missing, however many come in a row, and no
// reason to stop: neither at first, nor after answers, nor when they are sent again.
func TestRequestsBeyondTheContextDontStopTheRun(t *testing.T) {
	for _, from := range []int{0, 3, 48} {
		m, store := &scripted{}, &runstore.Memory{}
		m.rule = func(asked int, r models.Request) (models.Answer, error) {
			if asked > from && asked <= from+45 {
				return models.Answer{}, fmt.Errorf("%d tokens: %w", 100+asked%2, models.ErrUnfit)
			}
			return models.Answer{Text: r.Prompt}, nil
		}
		r := run(t, store, alone(m, 25), engine.Options{})
		want := min(45, 50-from)
		if r.Sent != 50 || r.Failed != want || r.Unfit != want || r.Manifest.Counts[0].Missing != want {
			t.Errorf("from %d: sent %d, failed %d, unfit %d, missing %d; want %d failed", from, r.Sent, r.Failed, r.Unfit, r.Manifest.Counts[0].Missing, want)
		}
		m.asked = from
		again := run(t, store, alone(m, 25), engine.Options{Retry: true})
		if again.Sent != want || again.Unfit != want {
			t.Errorf("from %d, again: sent %d, unfit %d; want %d", from, again.Sent, again.Unfit, want)
		}
	}
}

// A 403 may be about a prompt, so that a few are missing; the last five in a row may not be.
func TestForbiddenAtTheEnd(t *testing.T) {
	forbidden := &remote.Failure{Reason: "status 403", Status: 403}
	m, store := &scripted{rule: failing(15, forbidden)}, &runstore.Memory{}
	if kept := stops(t, store, alone(m, 10), "5 requests in a row were not answered"); kept != 15 {
		t.Errorf("kept %d, want 15", kept)
	}
	m, store = &scripted{rule: failing(16, forbidden)}, &runstore.Memory{}
	if r := run(t, store, alone(m, 10), engine.Options{}); r.Unanswered["status 403"] != 4 {
		t.Errorf("unanswered %v, want 4", r.Unanswered)
	}
}

// As many failures in a row as twice the concurrency stop a run, and one fewer does not.
func TestFailuresInARowAllowForConcurrency(t *testing.T) {
	gone := &remote.Failure{Reason: "status 500", Status: 500}
	for _, tt := range []struct {
		concurrency, failures int
		stops                 bool
	}{{15, 29, false}, {15, 30, true}, {3, 19, false}, {3, 20, true}} {
		// The sleeps order the answers by a clock that moves only while everything waits.
		synctest.Test(t, func(t *testing.T) {
			m, store := &scripted{}, &runstore.Memory{}
			m.rule = func(asked int, r models.Request) (models.Answer, error) {
				switch {
				case asked > 10+tt.failures: // after all failures
					time.Sleep(time.Hour)
				case asked > 10: // after the first answers
					time.Sleep(time.Second)
					return models.Answer{}, gone
				}
				return models.Answer{Text: r.Prompt}, nil
			}
			j := job("p", m, suite("a", 50, 1, "ruler"))
			j.Models[0].Concurrency = tt.concurrency
			_, err := engine.Run(t.Context(), store, j, engine.Options{})
			if (err != nil) != tt.stops {
				t.Errorf("%d failures in a row at concurrency %d: %v, want a stop %v", tt.failures, tt.concurrency, err, tt.stops)
			}
		})
	}
}

// A finished run that lacks answers asks for them with --retry, whether anything judged them
// or not: draws of a suite without judges, and verdicts.
func TestRetryAsksForWhateverIsMissing(t *testing.T) {
	bad := &remote.Failure{Reason: "status 400: no rhymes", Status: 400}
	m, store := &scripted{}, &runstore.Memory{}
	m.rule = func(_ int, r models.Request) (models.Answer, error) {
		if strings.HasSuffix(r.Prompt, "2") && r.Sample != 1 {
			return models.Answer{}, bad
		}
		return models.Answer{Text: r.Prompt}, nil
	}
	s := suite("a", 4, 3, "ruler")
	s.Judges, s.Gather = nil, nil
	run(t, store, job("p", m, s), engine.Options{})
	if r := run(t, store, job("p", m, s), engine.Options{}); !r.Nothing || r.Lacking != 4 {
		t.Errorf("without --retry: %+v, want nothing asked and 4 lacking", r)
	}
	m.rule = nil
	if r := run(t, store, job("p", m, s), engine.Options{Retry: true}); r.Sent != 4 || r.Manifest.Counts[0].Completions != 24 {
		t.Errorf("--retry asked %d, completions %d; want 4 and 24", r.Sent, r.Manifest.Counts[0].Completions)
	}
	if r := run(t, store, job("p", m, s), engine.Options{Retry: true}); !r.Nothing {
		t.Errorf("--retry of a run that lacks nothing asked %d", r.Sent)
	}

	m, grader, store := &scripted{}, &scripted{}, &runstore.Memory{}
	grader.rule = func(asked int, r models.Request) (models.Answer, error) {
		if strings.Contains(r.Prompt, "plain 1") {
			return models.Answer{}, bad
		}
		return four(asked, r)
	}
	if r := run(t, store, graded(m, grader, 3), engine.Options{}); r.Manifest.Counts[0].Missing != 1 {
		t.Errorf("%+v, want one missing", r.Manifest.Counts[0])
	}
	grader.rule, grader.asked = four, 0
	if r := run(t, store, graded(m, grader, 3), engine.Options{Retry: true}); r.Sent != 1 || grader.asked != 1 || r.Manifest.Counts[0].Missing != 0 {
		t.Errorf("--retry asked %d, the judge %d; %+v", r.Sent, grader.asked, r.Manifest.Counts[0])
	}
}

// A filtered answer is asked for again with --retry, and only then.
func TestRetryOfFilteredAnswers(t *testing.T) {
	m, store := &scripted{rule: ends}, &runstore.Memory{}
	one := job("p", m, suite("a", 5, 1, "ruler"))
	if r := run(t, store, one, engine.Options{}); r.Failed != 2 || r.Unanswered["the server filtered the answer"] != 2 {
		t.Errorf("failed %d, unanswered %v", r.Failed, r.Unanswered)
	}
	m.rule, m.asked = nil, 0
	if r := run(t, store, one, engine.Options{}); !r.Nothing || m.asked != 0 {
		t.Errorf("asked %d without --retry", m.asked)
	}
	if r := run(t, store, one, engine.Options{Retry: true}); r.Sent != 2 || r.Manifest.Answers[0].Filtered != 0 {
		t.Errorf("--retry asked %d; %+v", r.Sent, r.Manifest.Answers)
	}
}

// Answers belong to a model's fingerprint, not to its name.
func TestAnotherModelUnderTheNameIsAsked(t *testing.T) {
	m, oracle, store := &scripted{}, &scripted{}, &runstore.Memory{}
	run(t, store, judgedBy("judge", m, oracle, 3), engine.Options{})
	other := judgedBy("judge", m, oracle, 3)
	other.Models[0].Info.Fingerprint = "another"
	other.Plan.Run = []byte(`"another"`)
	if _, err := engine.Run(t.Context(), store, other, engine.Options{}); err == nil || !strings.Contains(err.Error(), "holds 6 answers that this plan does not need") {
		t.Errorf("another model under the same name: %v", err)
	}
	if r := run(t, &runstore.Memory{}, other, engine.Options{Reuse: []runstore.Store{store}}); r.Sent != 6 || m.asked != 12 {
		t.Errorf("asked %d, the model %d in all; want 6 and 12: another model's answers were taken", r.Sent, m.asked)
	}
	third := judgedBy("judge", m, oracle, 3)
	third.Suites[0].Judges[0].Info.Fingerprint = "another"
	third.Plan.Run = []byte(`"third"`)
	before := oracle.asked
	if run(t, store, third, engine.Options{}); oracle.asked != before+6 {
		t.Errorf("another judge under the same name was asked %d, want 6", oracle.asked-before)
	}
	// The same model under another name keeps its answers.
	named := judgedBy("judge", m, oracle, 3)
	named.Models[0].Info.Name, named.Plan.Run = "renamed", []byte(`"named"`)
	before = m.asked
	if run(t, store, named, engine.Options{}); m.asked != before {
		t.Errorf("a model with a new name was asked %d", m.asked-before)
	}
}

// A run that stops says where its requests went.
func TestAStoppedRunNamesTheServer(t *testing.T) {
	const at = "http://127.0.0.1:8080/v1/completions"
	for _, tt := range []struct {
		answers int
		failure remote.Failure
		want    string
	}{
		{0, remote.Failure{Reason: "status 500", Status: 500, Server: at}, "its first 20 requests to " + at + " failed, the last with: status 500; check the server"},
		{1, remote.Failure{Reason: "status 500", Status: 500, Server: at}, "20 requests in a row to " + at + " were not answered, the last failed with: status 500"},
		{1, remote.Failure{Reason: "no credit", Account: true, Server: at}, "5 requests to " + at + " were refused, the last with: no credit"},
	} {
		_, err := engine.Run(t.Context(), &runstore.Memory{}, alone(&scripted{rule: failing(tt.answers, &tt.failure)}, 30), engine.Options{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%d answers: %v, want %q", tt.answers, err, tt.want)
		}
	}
}

// A program that has never answered is bad input, after five lines. One that has answered may have met lines
// that it can't read: then the run stops as with any model, and can be resumed.
func TestAProgramThatNeverAnswers(t *testing.T) {
	fails := &remote.Failure{Reason: "the program ended", Program: "score.py (at most 1s for an answer)"}
	for _, tt := range []struct {
		answers, asked int
		want           string
		input          bool
	}{
		{0, 5, "no valid line from the program score.py (at most 1s for an answer); its first 5 requests failed, the last: the program ended", true},
		{1, 21, "20 requests in a row were not answered, the last failed with: the program ended", false},
	} {
		m := &scripted{rule: failing(tt.answers, fails)}
		_, err := engine.Run(t.Context(), &runstore.Memory{}, alone(m, 30), engine.Options{})
		_, stopped := errors.AsType[*session.Stopped](err)
		_, input := errors.AsType[*session.BadInput](err)
		if !stopped || input != tt.input || !strings.Contains(err.Error(), tt.want) || m.asked != tt.asked {
			t.Errorf("%d answers: %v, bad input %t, after %d requests; want %q after %d", tt.answers, err, input, m.asked, tt.want, tt.asked)
		}
	}
}
