package openai_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"assay/models"
	"assay/models/openai"
	"assay/models/remote"
)

// What a first plan may get wrong, as servers put it, with what to write instead.
func TestAdvice(t *testing.T) {
	const (
		listed   = `{"object":"list","data":[{"id":"llama-8b"},{"id":"llama-70b"}]}`
		apiKey   = "the request had no key; write api_key_env: and the environment variable that holds it"
		chat     = "the server may only have the chat route: write api: chat; otherwise check the URL, which usually ends in /v1"
		chatOnly = "the server may only have the chat route: write api: chat"
		usual    = "check the URL, which usually ends in /v1, and the model's name"
	)
	keyed := remote.Config{Header: http.Header{"Authorization": {"Bearer x"}}}
	for _, tt := range []struct {
		name   string
		config openai.Config
		status int
		body   string
		list   string // of models; "" for none
		want   string
	}{
		{"no chat (FastAPI)", openai.Config{}, 404, `{"detail":"Not Found"}`, "", chat},
		{"no chat (a plain text)", openai.Config{}, 404, "404 page not found", "", chat},
		{"no chat (OpenAI)", openai.Config{}, 404, `{"error":{"message":"This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?"}}`, "", chat},
		{"chat, another route", openai.Config{Chat: true}, 404, `{"detail":"Not Found"}`, "", usual},
		{"a model that is not listed", openai.Config{Chat: true, Model: "llama-7b"}, 404, `{"error":{"message":"The model does not exist"}}`, listed, "correct the model's name after #: did you mean llama-8b? Otherwise use one of llama-8b, llama-70b"},
		{"a model of a server without a list", openai.Config{Model: "llama-7b"}, 404, `{"error":{"message":"The model does not exist"}}`, "", "check the model's name after #"},
		{"a listed model", openai.Config{Model: "llama-8b"}, 404, `{"error":{"message":"The model llama-8b does not exist"}}`, listed, "the server lists this model but refuses it; write api: chat, or check that the key may use it"},
		{"a listed model, chat", openai.Config{Chat: true, Model: "llama-70b"}, 404, `{"error":{"message":"The model does not exist"}}`, listed, "the server lists this model but refuses it; check that the key may use it, and that it is a chat model"},
		{"no version", openai.Config{Model: "bare"}, 404, `{"error":{"message":"no route \"/completions\"; use /v1/models, /v1/completions or /v1/chat/completions"}}`, "", "check the URL, which usually ends in /v1; otherwise " + chatOnly},
		{"no version, chat", openai.Config{Chat: true, Model: "bare"}, 404, `{"detail":"Not Found"}`, "", "check the URL, which usually ends in /v1"},
		{"no key", openai.Config{Chat: true}, 401, `{"error":{"message":"Missing API key"}}`, "", apiKey},
		{"a wrong key", openai.Config{Chat: true, Remote: keyed}, 401, `{"error":{"message":"Incorrect API key"}}`, "", "check the key"},
		{"forbidden", openai.Config{Chat: true}, 403, `{"error":{"message":"no"}}`, "", "check the key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url := server(t, func(route string, _ map[string]any) (int, any) {
				switch {
				case !strings.HasSuffix(route, "/models"):
					return tt.status, tt.body
				case tt.list == "":
					return 404, "none"
				}
				return 200, tt.list
			})
			if tt.config.Model == "bare" {
				url = strings.TrimSuffix(url, "/v1")
			}
			c := client(t, url, tt.config)
			if err := c.Probe(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, err := c.Generate(t.Context(), models.Request{Prompt: "x", Sampling: models.Sampling{MaxTokens: 1}})
			if !errors.Is(err, remote.ErrDown) || !strings.HasSuffix(err.Error(), "; "+tt.want) {
				t.Errorf("error %v, want it to end in %s", err, tt.want)
			}
		})
	}
	// A server that shows its list only to those who have a key.
	c := client(t, server(t, func(string, map[string]any) (int, any) { return 401, `{"error":"no key"}` }), openai.Config{Chat: true})
	if err := c.Probe(t.Context()); err == nil || !strings.HasSuffix(err.Error(), "status 401: no key; "+apiKey) {
		t.Errorf("probe: %v", err)
	}
}
