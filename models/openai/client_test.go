package openai_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"assay/models"
	"assay/models/openai"
	"assay/models/remote"
)

// server answers each request according to its body.
func server(t testing.TB, answer func(route string, body map[string]any) (int, any)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if r.Method == http.MethodPost {
			if err := json.UnmarshalRead(r.Body, &body); err != nil {
				t.Error(err)
			}
		}
		status, a := answer(r.URL.Path, body)
		w.WriteHeader(status)
		if text, ok := a.(string); ok {
			io.WriteString(w, text)
			return
		}
		if err := json.MarshalWrite(w, a); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

func client(t testing.TB, url string, c openai.Config) *openai.Client {
	t.Helper()
	c.Remote.Endpoints = []string{url}
	c.Remote.Backoff = time.Millisecond
	if c.Remote.Attempts == 0 {
		c.Remote.Attempts = 2
	}
	if c.Model == "" {
		c.Model = "m"
	}
	client, err := openai.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func reason(err error) string {
	var failure *remote.Failure
	if errors.As(err, &failure) {
		return failure.Reason
	}
	return fmt.Sprint(err)
}

// OpenAI's newer models refuse max_tokens, and name what they want instead.
func TestLaterNameOfTheLimit(t *testing.T) {
	var refused, answered atomic.Int64
	url := server(t, func(_ string, body map[string]any) (int, any) {
		if body["max_tokens"] != nil {
			refused.Add(1)
			return 400, `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."}}`
		}
		if body["max_completion_tokens"] != 5.0 {
			t.Errorf("the limit is not in %v", body)
		}
		answered.Add(1)
		return 200, `{"choices":[{"message":{"content":"yes"}}]}`
	})
	c := client(t, url, openai.Config{Chat: true})
	for range 3 {
		if a, err := c.Generate(t.Context(), models.Request{Prompt: "x", Sampling: models.Sampling{MaxTokens: 5}}); err != nil || a.Text != "yes" {
			t.Errorf("%+v, %v", a, err)
		}
	}
	if refused.Load() != 1 || answered.Load() != 3 {
		t.Errorf("refused %d and answered %d, want 1 and 3", refused.Load(), answered.Load())
	}
}

func TestGenerateSends(t *testing.T) {
	full := models.Request{System: "Be brief.", Prompt: "Hi <there>", Seed: 1<<63 + 5,
		Sampling: models.Sampling{Temperature: 0.7, TopP: 0.9, MaxTokens: 5, Stop: []string{"a", "", "b", "c", "d", "e"}}}
	for _, tt := range []struct {
		name string
		chat bool
		r    models.Request
		path string
		want string
	}{
		{"completions", false, full, "/v1/completions",
			`{"model":"m","prompt":"Be brief.\n\nHi <there>","max_tokens":5,"temperature":0.7,"top_p":0.9,"stop":["a","b","c","d"],"seed":7}`},
		{"chat", true, full, "/v1/chat/completions",
			`{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi <there>"}],"max_tokens":5,"temperature":0.7,"top_p":0.9,"seed":7}`},
		{"turns", true, models.Request{System: "s", Prompt: "c", Turns: []models.Turn{{Role: "user", Content: "a"}, {Role: "assistant", Content: "b"}}}, "/v1/chat/completions",
			`{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}],"temperature":0}`},
		{"unset", false, models.Request{Prompt: "x"}, "/v1/completions", `{"model":"m","prompt":"x","temperature":0}`},
		{"the server's top_p", false, models.Request{Prompt: "x", Sampling: models.Sampling{Temperature: 1}}, "/v1/completions",
			`{"model":"m","prompt":"x","temperature":1,"seed":0}`},
		{"whole distribution", false, models.Request{Prompt: "x", Sampling: models.Sampling{Temperature: 1, TopP: 1}}, "/v1/completions",
			`{"model":"m","prompt":"x","temperature":1,"top_p":1,"seed":0}`},
		{"unset chat", true, models.Request{}, "/v1/chat/completions", `{"model":"m","messages":[{"role":"user","content":""}],"temperature":0}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var want map[string]any
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			url := server(t, func(route string, got map[string]any) (int, any) {
				if diff := cmp.Diff(want, got); diff != "" || route != tt.path {
					t.Errorf("%s (-want +got):\n%s", route, diff)
				}
				return 200, `{"choices":[{"text":"one e two","message":{"content":"one e two"},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}`
			})
			got, err := client(t, url, openai.Config{Chat: tt.chat}).Generate(t.Context(), tt.r)
			if err != nil {
				t.Fatal(err)
			}
			answer := models.Answer{Text: "one e two", Finish: "length", Tokens: &models.Usage{Prompt: 3, Completion: 2}}
			if tt.r.Stop != nil { // the fifth stop isn't sent, and in a chat none is, but all apply
				answer.Text, answer.Finish = "on", "stop"
			}
			if tt.r.Stop != nil && tt.chat {
				answer.Sent = "stop is not sent"
			}
			if diff := cmp.Diff(answer, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestModelNames(t *testing.T) {
	for _, tt := range []struct {
		model, servedAs, answered string
		ok                        bool
		said                      bool // accepted as an alias
	}{
		{"gpt-4o", "", "gpt-4o", true, false},
		{"gpt-4o", "", "gpt-4o-2024-08-06", true, false},
		{"gpt-3.5-turbo", "", "gpt-3.5-turbo-0613", true, false},
		{"gpt-4o", "", "gpt-4o-mini", true, true},
		{"gpt-4o", "", "gpt-4o-mini-2024-07-18", true, true},
		{"router/auto", "", "gpt-4o", true, true},
		{"@org/a#b:free", "", "a#b:free", true, false},
		{"m", "", "", true, false},
		{"m", "", "m:latest", true, false},
		{"m", "", "/models/m.gguf", true, false},
		{"m.gguf", "", `C:\models\m.gguf`, true, false},
		{"org/m", "", "m", true, false},
		{"m", "", "/models/mm.gguf", true, true},
		{"m", "base", "base", true, false},
		{"m", "base", "m", true, false},
		{"m", "base", "other", false, false},
		{"m", "*", "other", true, false},
	} {
		url := server(t, func(string, map[string]any) (int, any) {
			return 200, map[string]any{"model": tt.answered, "choices": []any{map[string]any{"text": "a"}}}
		})
		var said []string
		c := client(t, url, openai.Config{Model: tt.model, ServedAs: tt.servedAs, Notice: func(text string) { said = append(said, text) }})
		for range 3 {
			_, err := c.Generate(t.Context(), models.Request{})
			if (err == nil) != tt.ok {
				t.Errorf("model %q (as %q) answered by %q: error %v", tt.model, tt.servedAs, tt.answered, err)
			}
		}
		if len(said) != map[bool]int{true: 1}[tt.said] || tt.said && !strings.Contains(said[0], fmt.Sprintf("%q", tt.answered)) {
			t.Errorf("model %q answered by %q: said %q", tt.model, tt.answered, said)
		}
		if changes := c.Changes(); tt.said && (len(changes) != 1 || changes[0] != "answered as "+tt.answered) {
			t.Errorf("changes %q", changes)
		}
	}
}

// A name is an alias if all answers have the same other name: not if they have several, nor after an answer
// under the model's own name.
func TestNoAlias(t *testing.T) {
	for name, answers := range map[string][]string{"several": {"a", "b", "c"}, "its own first": {"m", "a"}} {
		var n atomic.Int64
		url := server(t, func(string, map[string]any) (int, any) {
			i := int(n.Add(1)) - 1
			if name == "its own first" {
				i = min(i, 1)
			}
			return 200, map[string]any{"model": answers[i%len(answers)], "choices": []any{map[string]any{"text": "a"}}}
		})
		c := client(t, url, openai.Config{Remote: remote.Config{Attempts: 1}})
		var err error
		for range 9 {
			if _, err = c.Generate(t.Context(), models.Request{}); err != nil && name == "several" {
				break
			}
		}
		if err == nil || !strings.Contains(err.Error(), "served_as") || len(c.Changes()) != 0 {
			t.Errorf("%s: error %v, changes %q", name, err, c.Changes())
		}
	}
}

// An occasional wrong name is a load balancer's mistake, and the request is repeated.
func TestWrongModelOnce(t *testing.T) {
	var n atomic.Int64
	url := server(t, func(string, map[string]any) (int, any) {
		if n.Add(1) == 1 {
			return 200, `{"model":"n","choices":[{"text":"wrong"}]}`
		}
		return 200, `{"model":"m","choices":[{"text":"right"}]}`
	})
	got, err := client(t, url, openai.Config{}).Generate(t.Context(), models.Request{})
	if err != nil || got.Text != "right" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestProbe(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"listed", 200, `{"data":[{"id":"x"},{"id":"m"}]}`, ""},
		{"absent", 200, `{"data":[{"id":"x\u001b[2J"},{"id":"y"}]}`, ""},
		{"no route", 404, ``, ""},
		{"not allowed", 405, ``, ""},
		{"something else", 200, `<html>`, ""},
		{"no list", 200, `{"data":[]}`, ""},
		{"wrong key", 401, `{"error":{"message":"who are you"}}`, "URL/models: status 401: who are you; the request had no key; write api_key_env: and the environment variable that holds it"},
		{"no say in it", 403, ``, ""},
		{"ill", 500, ``, "URL/models: status 500"},
	} {
		url := server(t, func(route string, _ map[string]any) (int, any) {
			if route != "/v1/models" {
				t.Errorf("route %s", route)
			}
			return tt.status, tt.body
		})
		got, said := "", ""
		if err := client(t, url, openai.Config{Notice: func(text string) { said += text }}).Probe(t.Context()); err != nil {
			got = strings.ReplaceAll(err.Error(), url, "URL")
		}
		if got != tt.want {
			t.Errorf("%s: error %q, want %q", tt.name, got, tt.want)
		}
		if want := `the server doesn't list "m" but will be queried for it; it lists x[2J, y`; (tt.name == "absent") != (said == want) {
			t.Errorf("%s: said %q", tt.name, said)
		}
	}
	s := httptest.NewServer(nil)
	s.Close()
	if err := client(t, s.URL, openai.Config{}).Probe(t.Context()); !errors.Is(err, remote.ErrDown) {
		t.Errorf("nobody listens: error %v, want one of ErrDown", err)
	}
}

func TestNewRefuses(t *testing.T) {
	good := remote.Config{Endpoints: []string{"http://host/v1"}}
	for _, tt := range []struct {
		c    openai.Config
		want string
	}{
		{openai.Config{Remote: good}, "no model: "},
		{openai.Config{Remote: good, Model: "m", Chat: true, LogProbs: openai.Echo}, "a chat route can't echo prompts: "},
		{openai.Config{Remote: good, Model: "m", LogProbs: 7}, "unknown way of scoring choices: "},
		{openai.Config{Model: "m"}, "no endpoint: "},
	} {
		if _, err := openai.New(tt.c); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("error %v, want %q", err, tt.want)
		}
	}
}

func ExampleClient_Generate() {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"model":"m","choices":[{"index":0,"text":" Paris.\nQ:","finish_reason":"length"}]}`)
	}))
	defer s.Close()
	c, err := openai.New(openai.Config{Model: "m", Remote: remote.Config{Endpoints: []string{s.URL + "/v1"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	answer, err := c.Generate(context.Background(), models.Request{
		Prompt:   "Q: What is the capital of France?\nA:",
		Sampling: models.Sampling{MaxTokens: 8, Stop: []string{"\n"}},
	})
	fmt.Printf("%q %s %v\n", answer.Text, answer.Finish, err)
	// Output: " Paris." stop <nil>
}

// A route without messages has no place for earlier turns: every such request would fail, so the run stops.
func TestTurnsNeedMessages(t *testing.T) {
	url := server(t, func(string, map[string]any) (int, any) { t.Error("a request was sent"); return 200, `{}` })
	c := client(t, url, openai.Config{})
	r := models.Request{Prompt: "c", Turns: []models.Turn{{Role: "user", Content: "a"}}}
	_, err := c.Generate(t.Context(), r)
	r.Choices = []string{"x", "y"}
	_, scored := c.Score(t.Context(), r)
	for _, err := range []error{err, scored} {
		if !errors.Is(err, models.ErrTurns) || !errors.Is(err, remote.ErrDown) {
			t.Errorf("error %v", err)
		}
	}
}

// A server without a system role gets the system's text above the first turn, and the other turns as they are.
func TestSystemAboveTurns(t *testing.T) {
	p := &picky{refuse: map[string]string{"system": `{"error":{"message":"System role not supported"}}`}, status: 400}
	c := client(t, server(t, p.answer), openai.Config{Chat: true})
	_, err := c.Generate(t.Context(), models.Request{System: "s", Prompt: "c", Turns: []models.Turn{{Role: "user", Content: "a"}, {Role: "assistant", Content: "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(p.answered[0]["messages"]), "[map[content:s\n\na role:user] map[content:b role:assistant] map[content:c role:user]]"; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
}
