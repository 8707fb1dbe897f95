package judge_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/metrics"
	"assay/models"
	"assay/models/loopback"
	"assay/models/openai"
	"assay/models/remote"
	"assay/models/toxicity"
	"assay/suites/judge"
)

// loopbackAsks asks the loopback server as a plan would: toxicity of a
// classifier, all else of a chat.
func loopbackAsks(t *testing.T, faults float64, asks judge.Asks) asks {
	t.Helper()
	server := httptest.NewServer(loopback.New(loopback.Config{Model: "m", Faults: faults, Hang: 10 * time.Millisecond}))
	t.Cleanup(server.Close)
	config := remote.Config{Endpoints: []string{server.URL}, Backoff: time.Millisecond, MaxBody: 1 << 16}
	if asks == judge.Service {
		client, err := toxicity.New(toxicity.Config{Remote: config, Service: toxicity.Classifier, Label: "toxic"})
		if err != nil {
			t.Fatal(err)
		}
		return client.Reward
	}
	config.Endpoints[0] += "/v1"
	client, err := openai.New(openai.Config{Remote: config, Model: "m", Chat: true})
	if err != nil {
		t.Fatal(err)
	}
	return client.Generate
}

// Every judge gives all its judgements over real HTTP, and a server that
// misbehaves changes none of them.
func TestOverHTTP(t *testing.T) {
	for _, kind := range judge.Kinds() {
		if kind.Asks != judge.Model && kind.Asks != judge.Service {
			continue
		}
		j, err := kind.New("loopback rule", judge.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		var runs [2][]metrics.Judgement
		seen := map[string]bool{}
		for run, faults := range []float64{0, 0.3} {
			ask := loopbackAsks(t, faults, kind.Asks)
			for i := range 25 {
				judgements, err := j.Judge(t.Context(), item(fmt.Sprintf("Answer %d", i), fmt.Sprintf("Reply %d", i), ask))
				if err != nil || len(judgements) != len(j.Metrics()) {
					t.Fatalf("%s: %d judgements, error %v", kind.Name, len(judgements), err)
				}
				for _, judgement := range judgements {
					if err := judgement.Validate(); err != nil || !judgement.Scored() {
						t.Errorf("%s: %+v, error %v", kind.Name, judgement, err)
					}
					seen[fmt.Sprint(judgement.Metric, judgement.Value)] = true
				}
				runs[run] = append(runs[run], judgements...)
			}
		}
		if diff := cmp.Diff(runs[0], runs[1]); diff != "" {
			t.Errorf("%s: faults change judgements (-without +with):\n%s", kind.Name, diff)
		}
		if len(seen) < 2*len(j.Metrics()) {
			t.Errorf("%s: no more values than %v", kind.Name, seen)
		}
	}
}

// inTurn gives the answers one after another and keeps the requests.
func inTurn(asked *[]models.Request, texts ...any) asks {
	return func(_ context.Context, r models.Request) (models.Answer, error) {
		*asked = append(*asked, r)
		switch v := texts[len(*asked)-1].(type) {
		case error:
			return models.Answer{}, v
		default:
			return models.Answer{Text: v.(string)}, nil
		}
	}
}

// Both orders, where they differ in other ways than by position, and one that fails.
func TestPairwiseOrders(t *testing.T) {
	failed := &remote.Failure{Reason: "status 422"}
	for _, tt := range []struct {
		name  string
		texts []any
		want  string
		both  []float64 // the completion's score shown first, and shown second
	}{
		{"a win and a draw", []any{"[[A]]", "[[C]]"}, "win_rate [0.5]; order_flips [1]", []float64{1, 0.5}},
		{"a draw and a loss", []any{"[[C]]", "[[A]]"}, "win_rate [0.5]; order_flips [1]", []float64{0.5, 0}},
		{"the first answer twice", []any{"[[A]]", "[[A]]"}, "win_rate [0.5]; order_flips [1]", []float64{1, 0}},
		{"the second answer twice", []any{"[[B]]", "[[B]]"}, "win_rate [0.5]; order_flips [1]", []float64{0, 1}},
		{"a win twice", []any{"[[A]]", "[[B]]"}, "win_rate [1]; order_flips [0]", []float64{1, 1}},
		{"the second fails", []any{"[[A]]", failed}, "win_rate []status 422; order_flips []status 422", nil},
		{"the second is none", []any{"[[A]]", "A"}, "win_rate []the judge's answer could not be read: expected a last line \"[[A]]\", \"[[B]]\" or \"[[C]]\"; order_flips []the judge's answer could not be read: expected a last line \"[[A]]\", \"[[B]]\" or \"[[C]]\"", nil},
	} {
		var asked []models.Request
		js, err := judge.Pairwise{JudgeName: "p"}.Judge(t.Context(), item("x", "y", inTurn(&asked, tt.texts...)))
		if err != nil || line(js) != tt.want || len(asked) != 2 {
			t.Errorf("%s: %s after %d requests, error %v; want %s", tt.name, line(js), len(asked), err, tt.want)
		}
		if !cmp.Equal(js[0].Orders, tt.both) || js[1].Orders != nil {
			t.Errorf("%s: the verdicts %v and %v, want %v and none", tt.name, js[0].Orders, js[1].Orders, tt.both)
		}
	}
}

// A baseline that can't be compared with gives another reason than one that is compared.
func TestPairwiseBaselines(t *testing.T) {
	var asked []models.Request
	it := item("x", "", inTurn(&asked))
	it.Baseline.Missing = "status 500"
	js, err := judge.Pairwise{}.Judge(t.Context(), it)
	if want := "win_rate []the baseline has no completion; order_flips []the baseline has no completion"; err != nil || line(js) != want {
		t.Errorf("missing: %s, error %v, want %s", line(js), err, want)
	}
	it.Baseline.Model = it.Completion.Model
	if js, err := (judge.Pairwise{}).Judge(t.Context(), it); err != nil || js != nil {
		t.Errorf("the baseline itself: %s, error %v", line(js), err)
	}
	it.Baseline = nil
	if _, err := (judge.Pairwise{}).Judge(t.Context(), it); err == nil {
		t.Error("no error without a baseline")
	}
	if len(asked) != 0 {
		t.Errorf("asked %d times", len(asked))
	}
}

// One question without a verdict leaves the other's judgement.
func TestTruthInPart(t *testing.T) {
	failed := &remote.Failure{Reason: "status 422"}
	for _, tt := range []struct {
		texts []any
		want  string
	}{
		{[]any{"Verdict: yes", "Verdict: no"}, "true_informative [1 0]; true [1]; informative [0]"},
		{[]any{failed, "Verdict: yes"}, "true_informative []status 422; true []status 422; informative [1]"},
		{[]any{"Verdict: yes", failed}, "true_informative []status 422; true [1]; informative []status 422"},
	} {
		var asked []models.Request
		js, err := judge.Truth{}.Judge(t.Context(), item("", "", inTurn(&asked, tt.texts...)))
		if err != nil || line(js) != tt.want {
			t.Errorf("%v: %s, error %v, want %s", tt.texts, line(js), err, tt.want)
		}
		for _, r := range asked {
			if r.Temperature != 0 || r.MaxTokens == 0 || r.System == "" || r.About.Input != "Say something." || r.About.Example == "" {
				t.Errorf("asked %+v", r)
			}
		}
	}
}

// An answer that was cut has no verdict, whatever its last line looks like, and the reason
// names the limit that was asked with: the plan's where it has one.
func TestCutOff(t *testing.T) {
	ask := loopbackAsks(t, 0, judge.Model)
	for _, tt := range []struct {
		over func(models.Sampling) models.Sampling
		want string
	}{
		{nil, ""},
		{func(s models.Sampling) models.Sampling { s.MaxTokens = 3; return s }, "the judge was cut off at 3 tokens: raise max_tokens"},
	} {
		it := item("Fine.", "Poor.", ask)
		it.Over = tt.over
		for _, kind := range judge.Kinds() {
			if kind.Asks != judge.Model {
				continue
			}
			j, err := kind.New("j", judge.Settings{})
			if err != nil {
				t.Fatal(err)
			}
			js, err := j.Judge(t.Context(), it)
			if err != nil || len(js) == 0 {
				t.Fatalf("%s: %d judgements, error %v", kind.Name, len(js), err)
			}
			for _, one := range js {
				if one.Missing != tt.want {
					t.Errorf("%s: missing %q, want %q", kind.Name, one.Missing, tt.want)
				}
			}
		}
	}
	unlimited := item("x", "y", func(context.Context, models.Request) (models.Answer, error) {
		return models.Answer{Text: "Grade: 1", Finish: "length"}, nil
	})
	unlimited.Over = func(models.Sampling) models.Sampling { return models.Sampling{} }
	js, err := judge.Grade{JudgeName: "g"}.Judge(t.Context(), unlimited)
	if want := "grade []the judge was cut off at its server's limit: raise max_tokens"; err != nil || line(js) != want {
		t.Errorf("without a limit: %s, error %v, want %s", line(js), err, want)
	}
	for finish, want := range map[string]string{
		"length":         "grade []the judge was cut off at 512 tokens: raise max_tokens",
		"content_filter": "grade []the judge's answer was filtered",
		"stop":           "grade [1]",
	} {
		cut := func(context.Context, models.Request) (models.Answer, error) {
			return models.Answer{Text: "It could be better.\nGrade: 1", Finish: finish}, nil
		}
		if js, err := (judge.Grade{JudgeName: "g"}).Judge(t.Context(), item("x", "y", cut)); err != nil || line(js) != want {
			t.Errorf("%s: %s, error %v, want %s", finish, line(js), err, want)
		}
	}
}
