package openai_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"assay/models"
	"assay/models/openai"
	"assay/models/remote"
)

// picky is a server that refuses members with OpenAI's messages or FastAPI's, and keeps the requests that it
// accepted.
type picky struct {
	refuse   map[string]string // member -> the whole body of the refusal
	status   int
	mu       sync.Mutex
	refused  int
	answered []map[string]any
}

func (p *picky) answer(_ string, body map[string]any) (int, any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, member := range slices.Sorted(maps.Keys(p.refuse)) {
		system := member == "system" && body["messages"] != nil && body["messages"].([]any)[0].(map[string]any)["role"] == "system"
		if body[member] != nil || system {
			p.refused++
			return p.status, p.refuse[member]
		}
	}
	p.answered = append(p.answered, body)
	return 200, `{"choices":[{"text":"yes\nno","message":{"content":"yes\nno"},"finish_reason":"stop"}]}`
}

// For a server that refuses something that can't change an answer, it is changed, once. The change is
// reported, is in the answers, and the next session can adopt it.
func TestRefusalsThatChangeNothing(t *testing.T) {
	ask := models.Request{System: "Be brief.", Prompt: "x", Sampling: models.Sampling{MaxTokens: 9, Stop: []string{"\n"}}}
	for _, tt := range []struct {
		name, refuse, words string
		status              int
		chat                bool
		change, said        string
		want                func(map[string]any) bool
	}{
		{"stop by its parameter", "stop", `{"error":{"message":"Unsupported parameter.","param":"stop"}}`, 400, false,
			"stop is not sent", "stop is not sent to the server: texts are cut here (status 400: Unsupported parameter.)",
			func(b map[string]any) bool { return b["stop"] == nil && b["max_tokens"] == 9.0 }},
		{"stop by its place", "stop", `{"detail":[{"loc":["body","stop"],"msg":"extra"}]}`, 422, false,
			"stop is not sent", "stop is not sent to the server: texts are cut here (status 422: stop: extra)",
			func(b map[string]any) bool { return b["stop"] == nil }},
		{"limit", "max_tokens", `{"error":{"message":"'max_tokens' is not supported here. Use 'max_completion_tokens' instead."}}`, 400, true,
			"max_completion_tokens in place of max_tokens", "max_completion_tokens is sent in place of max_tokens (status 400: 'max_tokens' is not supported here. Use 'max_completion_tokens' instead.)",
			func(b map[string]any) bool { return b["max_tokens"] == nil && b["max_completion_tokens"] == 9.0 }},
		{"system", "system", `{"object":"error","message":"System role not supported","param":null}`, 400, true,
			"system's text in the user's turn", "the server has no system role: the system's text stands above the user's, in one turn (status 400: System role not supported)",
			func(b map[string]any) bool {
				messages := b["messages"].([]any)
				first := messages[0].(map[string]any)
				return len(messages) == 1 && first["role"] == "user" && first["content"] == "Be brief.\n\nx"
			}},
		{"system with 500", "system", `{"error":{"message":"Jinja: System role not supported"}}`, 500, true,
			"system's text in the user's turn", "the server has no system role: the system's text stands above the user's, in one turn (status 500: Jinja: System role not supported)",
			func(b map[string]any) bool { return len(b["messages"].([]any)) == 1 }},
		{"turns with 500", "system", `{"error":{"message":"Conversation roles must alternate user/assistant"}}`, 500, true,
			"system's text in the user's turn", "the server has no system role: the system's text stands above the user's, in one turn (status 500: Conversation roles must alternate user/assistant)",
			func(b map[string]any) bool { return len(b["messages"].([]any)) == 1 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &picky{refuse: map[string]string{tt.refuse: tt.words}, status: tt.status}
			url := server(t, p.answer)
			var said []string
			shape := openai.Shape{Thoughts: openai.Thoughts{None: true}}
			c := client(t, url, openai.Config{Chat: tt.chat, Shape: shape, Notice: func(text string) { said = append(said, text) }})
			if got := c.Sent(&ask); got != "" {
				t.Errorf("sent %q before anything was refused", got)
			}
			for range 3 {
				if got, err := c.Generate(t.Context(), ask); err != nil || got.Text != "yes" || got.Sent != tt.change {
					t.Errorf("%+v, %v", got, err)
				}
			}
			if p.refused != 1 || len(p.answered) != 3 || !tt.want(p.answered[0]) || !tt.want(p.answered[2]) {
				t.Errorf("%d refused, answered %v", p.refused, p.answered)
			}
			if !slices.Equal(said, []string{tt.said}) || !slices.Equal(c.Changes(), []string{tt.change}) || c.Sent(&ask) != tt.change {
				t.Errorf("said %q, changes %q, sent %q", said, c.Changes(), c.Sent(&ask))
			}
			if plain := (models.Request{Prompt: "x"}); c.Sent(&plain) != "" {
				t.Errorf("a request that the change doesn't touch is sent as %q", c.Sent(&plain))
			}
			later := client(t, url, openai.Config{Chat: tt.chat, Shape: shape, Notice: func(text string) { t.Errorf("said again: %q", text) }})
			later.Adopt(c.Changes())
			if got, err := later.Generate(t.Context(), ask); err != nil || got.Sent != tt.change || p.refused != 1 {
				t.Errorf("later: %+v, %v after %d refusals", got, err, p.refused)
			}
		})
	}
}

// Several refusals, one after the other.
func TestRefusalsInTurn(t *testing.T) {
	p := &picky{status: 400, refuse: map[string]string{
		"max_tokens": `{"error":{"message":"Use 'max_completion_tokens' instead of max_tokens.","param":"max_tokens"}}`,
		"stop":       `{"error":{"message":"no stop","param":"stop"}}`,
	}}
	c := client(t, server(t, p.answer), openai.Config{})
	for range 2 {
		if got, err := c.Generate(t.Context(), models.Request{Prompt: "x", Sampling: models.Sampling{MaxTokens: 9, Stop: []string{"\n"}}}); err != nil || got.Text != "yes" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if p.refused != 2 || p.answered[1]["max_completion_tokens"] != 9.0 || p.answered[1]["stop"] != nil {
		t.Errorf("%d refused, answered %v", p.refused, p.answered)
	}
}

// A refusal that may change an answer stops the run, with the remedy.
func TestRefusalsThatStop(t *testing.T) {
	ask := models.Request{Prompt: "x", Seed: 5, Sampling: models.Sampling{Temperature: 0.7, TopP: 0.9, MaxTokens: 9}}
	for _, tt := range []struct{ refuse, words, want string }{
		{"temperature", `{"error":{"message":"only 1 is taken","param":"temperature"}}`,
			"the server refuses temperature (status 400: only 1 is taken); set temperature: for the model in the plan to a value that the server accepts, or add omit: [temperature] to use the server's default"},
		{"top_p", `{"error":{"message":"top_p: not with another"}}`,
			"the server refuses top_p (status 400: top_p: not with another); set top_p: for the model in the plan to a value that the server accepts, or add omit: [top_p] to use the server's default"},
		{"seed", `{"message":{"detail":[{"loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}}`,
			"the server refuses seed (status 400: seed: Extra inputs are not permitted); add omit: [seed] to the model in the plan; its answers can't be reproduced then"},
		{"min_p", `{"detail":"min_p is unknown"}`, "the server refuses min_p (status 400: min_p is unknown); remove min_p from extra: in the plan, or give it another value"},
	} {
		p := &picky{status: 400, refuse: map[string]string{tt.refuse: tt.words}}
		url := server(t, p.answer)
		shape := openai.Shape{Extra: map[string]jsontext.Value{"min_p": jsontext.Value("0.1"), "deep": jsontext.Value(`{"a":[1,null]}`)}}
		_, err := client(t, url, openai.Config{Shape: shape}).Generate(t.Context(), ask)
		refused, _ := errors.AsType[*openai.Refused](err)
		if err == nil || err.Error() != tt.want || !errors.Is(err, remote.ErrDown) || refused == nil || refused.Member != tt.refuse {
			t.Errorf("%s: error %v", tt.refuse, err)
		}
		if failure, ok := errors.AsType[*remote.Failure](err); !ok || failure.Status != 400 {
			t.Errorf("%s: no failure with a status in %v", tt.refuse, err)
		}
		shape.Omit = []string{tt.refuse}
		if tt.refuse == "min_p" {
			continue
		}
		got, err := client(t, url, openai.Config{Shape: shape}).Generate(t.Context(), ask)
		if err != nil || got.Text != "yes\nno" || p.answered[0]["min_p"] != 0.1 || fmt.Sprint(p.answered[0]["deep"]) != "map[a:[1 <nil>]]" {
			t.Errorf("%s omitted: %+v, %v, sent %v", tt.refuse, got, err, p.answered)
		}
	}
}

// A server's refusal of one request, if it accepted the member before or finds the text too long, fails only
// that request.
func TestRefusalOfOneRequest(t *testing.T) {
	url := server(t, func(_ string, body map[string]any) (int, any) {
		switch {
		case strings.HasPrefix(body["prompt"].(string), "long"):
			return 400, `{"error":{"message":"This model's context is 64 tokens, and you asked for max_tokens 9","param":"max_tokens"}}`
		case body["prompt"] == "odd":
			return 400, `{"error":{"message":"temperature is odd"}}`
		}
		return 200, `{"choices":[{"text":"yes"}]}`
	})
	c := client(t, url, openai.Config{})
	for _, tt := range []struct{ prompt, reason string }{
		{"long", "status 400: This model's context is 64 tokens, and you asked for max_tokens 9"}, {"x", ""}, {"odd", "status 400: temperature is odd"},
	} {
		_, err := c.Generate(t.Context(), models.Request{Prompt: tt.prompt, Sampling: models.Sampling{MaxTokens: 9}})
		if tt.reason == "" && err == nil {
			continue
		}
		if errors.Is(err, remote.ErrDown) || reason(err) != tt.reason {
			t.Errorf("%s: error %v, want the failure %q", tt.prompt, err, tt.reason)
		}
	}
}

// Room for thoughts is requested with the newer name of the limit.
func TestRoom(t *testing.T) {
	p := &picky{}
	c := client(t, server(t, p.answer), openai.Config{Chat: true, Shape: openai.Shape{NewLimit: true}})
	if _, err := c.Generate(t.Context(), models.Request{Prompt: "x", Sampling: models.Sampling{MaxTokens: 4000}}); err != nil {
		t.Fatal(err)
	}
	if b := p.answered[0]; b["max_completion_tokens"] != 4000.0 || b["max_tokens"] != nil {
		t.Errorf("sent %v", b)
	}
}
