package toxicity_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"assay/models"
	"assay/models/loopback"
	"assay/models/remote"
	"assay/models/toxicity"
)

var _ models.Rewarder = (*toxicity.Client)(nil)

func client(t *testing.T, c toxicity.Config) *toxicity.Client {
	t.Helper()
	client, err := toxicity.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// The three shapes over real HTTP, with and without a server that misbehaves.
func TestLoopback(t *testing.T) {
	quick := []loopback.Fault{loopback.Busy, loopback.Broken, loopback.Truncated, loopback.Garbled, loopback.Other, loopback.Hang, loopback.Huge}
	for _, faults := range []float64{0, 0.3} {
		server := httptest.NewServer(loopback.New(loopback.Config{Faults: faults, Kinds: quick, Hang: 20 * time.Millisecond}))
		defer server.Close()
		for _, c := range []toxicity.Config{
			{Service: toxicity.Perspective},
			{Service: toxicity.Moderation, Path: "v1/moderations", Model: "m"},
			{Service: toxicity.Classifier, Label: "toxic"},
			{Service: toxicity.Classifier, Label: "toxic", Path: "/predict"},
		} {
			c.Remote = remote.Config{Endpoints: []string{server.URL}, Backoff: time.Millisecond, MaxBody: 1 << 16}
			judge := client(t, c)
			for i := range 12 {
				text := fmt.Sprintf("Text %d of <this> \"kind\"\nétait là", i)
				got, err := judge.Reward(context.Background(), models.Request{Prompt: text})
				if err != nil || len(got.Scores) != 1 || got.Scores[0] != loopback.Score(text) {
					t.Errorf("%s, faults %v: %v, error %v, want %v", c.Service, faults, got.Scores, err, loopback.Score(text))
				}
			}
			if stats := judge.Stats(); (stats.Retries > 0) != (faults > 0) {
				t.Errorf("%s, faults %v: %+v", c.Service, faults, stats)
			}
		}
	}
}

// serve gives every request the same answer and records the request.
func serve(t *testing.T, answer string) (endpoint string, asked func() (target, body string)) {
	var target, body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		target, body = r.URL.RequestURI(), string(text)
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() (string, string) { return target, body }
}

func TestRequests(t *testing.T) {
	tests := []struct {
		config       toxicity.Config
		answer       string
		target, body string
		score        float64
	}{
		{
			toxicity.Config{Service: toxicity.Perspective, Remote: remote.Config{Query: url.Values{"key": {"k"}}}},
			`{"attributeScores":{"TOXICITY":{"spanScores":[{"begin":0,"end":2,"score":{"value":0.9,"type":"PROBABILITY"}}],"summaryScore":{"value":0.25,"type":"PROBABILITY"}}},"languages":["en"]}`,
			"/v1alpha1/comments:analyze?key=k",
			`{"comment":{"text":"Hi"},"requestedAttributes":{"TOXICITY":{}},"languages":["en"],"doNotStore":true}`, 0.25,
		},
		{
			toxicity.Config{Service: toxicity.Moderation, Model: "omni-moderation-latest", Categories: []string{"hate", "violence"}},
			`{"id":"modr-1","model":"omni","results":[{"flagged":true,"categories":{},"category_scores":{"hate":0.125,"violence":0.5,"sexual":0.9}}]}`,
			"/moderations", `{"input":"Hi","model":"omni-moderation-latest"}`, 0.5,
		},
		{
			toxicity.Config{Service: toxicity.Classifier, Label: "toxic"},
			`[{"label":"neutral","score":0.25},{"label":"toxic","score":0.75}]`, "/predict", `{"inputs":"Hi"}`, 0.75,
		},
		{
			toxicity.Config{Service: toxicity.Classifier, Label: "toxic", Path: "/"},
			`[[{"label":"toxic","score":1},{"label":"neutral","score":0}]]`, "/", `{"inputs":"Hi"}`, 1,
		},
	}
	for _, tt := range tests {
		endpoint, asked := serve(t, tt.answer)
		tt.config.Remote.Endpoints = []string{endpoint}
		got, err := client(t, tt.config).Reward(context.Background(), models.Request{Prompt: "Hi"})
		target, body := asked()
		if target != tt.target || body != tt.body {
			t.Errorf("%s: asked %s %s, want %s %s", tt.config.Service, target, body, tt.target, tt.body)
		}
		if err != nil || len(got.Scores) != 1 || got.Scores[0] != tt.score {
			t.Errorf("%s: %v, error %v, want %v", tt.config.Service, got.Scores, err, tt.score)
		}
	}
}

func TestMalformedAnswers(t *testing.T) {
	perspective := toxicity.Config{Service: toxicity.Perspective}
	moderation := toxicity.Config{Service: toxicity.Moderation, Categories: []string{"hate", "violence"}}
	classifier := toxicity.Config{Service: toxicity.Classifier, Label: "toxic"}
	value := func(v string) string { return `{"attributeScores":{"TOXICITY":{"summaryScore":{"value":` + v + `}}}}` }
	tests := []struct {
		config toxicity.Config
		answer string
		says   string
	}{
		{perspective, value("1.5"), "outside 0 to 1"},
		{perspective, value("-0.1"), "outside 0 to 1"},
		{perspective, value("null"), "lacks"},
		{perspective, value(`"0.5"`), "shape"},
		{perspective, value("[0.5]"), "shape"},
		{perspective, value("NaN"), "shape"},
		{perspective, value("0.5} , "), "shape"},
		{perspective, `{"attributeScores":{"INSULT":{"summaryScore":{"value":0.5}}}}`, "lacks"},
		{perspective, value("0.1") + value("0.9"), "shape"},
		{perspective, `{"attributeScores":{"TOXICITY":{"summaryScore":{"value":0.1,"value":0.9}}}}`, "shape"},
		{perspective, `[]`, "shape"},
		{perspective, ``, "shape"},
		{moderation, `{"results":[]}`, "shape"},
		{moderation, `{"results":[{"category_scores":{"hate":0.5}}]}`, "lacks"},
		{moderation, `{"results":[{"category_scores":{"hate":0.5,"violence":2}}]}`, "outside 0 to 1"},
		{moderation, `{"results":[{"category_scores":{"hate":0,"violence":0}},{"category_scores":{"hate":1,"violence":1}}]}`, "shape"},
		{classifier, `[{"label":"neutral","score":0.5}]`, "lacks"},
		{classifier, `[{"label":"TOXIC","score":0.5}]`, "lacks"},
		{classifier, `[{"label":"toxic"}]`, "lacks"},
		{classifier, `[{"label":"toxic","score":0.5},{"label":"toxic","score":0.6}]`, "shape"},
		{classifier, `[{"label":"toxic","score":-1}]`, "outside 0 to 1"},
		{classifier, `[[{"label":"toxic","score":0}],[{"label":"toxic","score":1}]]`, "shape"},
		{classifier, `[]`, "lacks"},
		{classifier, `{"error":"loading"}`, "loading"},
		{perspective, `{"attributeScores":{"TOXICITY":7}}`, "shape: TOXICITY"},
		{classifier, `["toxic"]`, "shape: a label"},
	}
	for _, tt := range tests {
		endpoint, _ := serve(t, tt.answer)
		tt.config.Remote = remote.Config{Endpoints: []string{endpoint}, Attempts: 1}
		got, err := client(t, tt.config).Reward(context.Background(), models.Request{Prompt: "Hi"})
		var failure *remote.Failure
		if !errors.As(err, &failure) || !strings.Contains(failure.Reason, tt.says) || got.Scores != nil {
			t.Errorf("%s %s: %v, error %v, want %q", tt.config.Service, tt.answer, got.Scores, err, tt.says)
		}
	}
}

// Members of an answer that are not used may be malformed.
func TestOddSideMembers(t *testing.T) {
	for _, tt := range []struct {
		config toxicity.Config
		answer string
	}{
		{toxicity.Config{Service: toxicity.Perspective}, "\ufeff" + `{"languages":7,"languages":[],"attributeScores":{"SPAM":{"summaryScore":[]},"TOXICITY":{"spanScores":"x","summaryScore":{"value":0.5,"type":4}}}}`},
		{toxicity.Config{Service: toxicity.Moderation, Categories: []string{"hate"}}, `{"id":{},"error":null,"results":[{"flagged":"no","category_scores":{"harm":"x","harm":null,"hate":0.5}}]}`},
		{toxicity.Config{Service: toxicity.Classifier, Label: "toxic"}, `[[{"label":"neutral","score":"x"},{"label":"toxic","score":0.5,"note":"\ud83d"}]]`},
	} {
		endpoint, _ := serve(t, tt.answer)
		tt.config.Remote = remote.Config{Endpoints: []string{endpoint}, Attempts: 1}
		if got, err := client(t, tt.config).Reward(t.Context(), models.Request{Prompt: "Hi"}); err != nil || len(got.Scores) != 1 || got.Scores[0] != 0.5 {
			t.Errorf("%s %s: %v, error %v, want 0.5", tt.config.Service, tt.answer, got.Scores, err)
		}
	}
}

func TestTextsThatAreNotSent(t *testing.T) {
	endpoint, asked := serve(t, `[{"label":"toxic","score":0}]`)
	judge := client(t, toxicity.Config{Service: toxicity.Classifier, Label: "toxic", Remote: remote.Config{Endpoints: []string{endpoint}}})
	for text, reason := range map[string]string{"": "the text is empty", " \n\t\u00a0": "the text is empty", "a\xff": "the text is not UTF-8"} {
		_, err := judge.Reward(context.Background(), models.Request{Prompt: text})
		var failure *remote.Failure
		if !errors.As(err, &failure) || failure.Reason != reason {
			t.Errorf("%q: error %v, want %s", text, err, reason)
		}
	}
	if target, _ := asked(); target != "" {
		t.Errorf("asked %s", target)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		config toxicity.Config
		says   string
	}{
		{toxicity.Config{}, `unknown toxicity service ""; use one of ["perspective" "moderation" "classifier"]`},
		{toxicity.Config{Service: toxicity.Classifier}, "name the label"},
		{toxicity.Config{Service: toxicity.Classifier, Label: "toxic", Categories: []string{"hate"}}, "no categories"},
		{toxicity.Config{Service: toxicity.Moderation, Label: "toxic"}, "moderation takes no label"},
		{toxicity.Config{Service: toxicity.Perspective, Model: "m"}, "takes no model"},
		{toxicity.Config{Service: toxicity.Perspective, Categories: []string{""}}, "has no name"},
		{toxicity.Config{Service: toxicity.Perspective}, "no endpoint"},
	} {
		if _, err := toxicity.New(tt.config); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%+v: error %v, want %s in it", tt.config, err, tt.says)
		}
	}
}

func TestDown(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	judge := client(t, toxicity.Config{Service: toxicity.Perspective, Remote: remote.Config{Endpoints: []string{server.URL}, Attempts: 2, Backoff: time.Millisecond}})
	if _, err := judge.Reward(context.Background(), models.Request{Prompt: "Hi"}); !errors.Is(err, remote.ErrDown) {
		t.Errorf("error %v, want %v", err, remote.ErrDown)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := judge.Reward(ctx, models.Request{Prompt: "Hi"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

func ExampleNew() {
	server := httptest.NewServer(loopback.New(loopback.Config{}))
	defer server.Close()
	judge, err := toxicity.New(toxicity.Config{
		Remote:  remote.Config{Endpoints: []string{server.URL}},
		Service: toxicity.Classifier,
		Label:   "toxic",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer judge.Close()
	answer, err := judge.Reward(context.Background(), models.Request{Prompt: "Good morning"})
	fmt.Println(len(answer.Scores), err)
	// Output: 1 <nil>
}
