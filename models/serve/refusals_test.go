package serve_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"assay/models/bpe"
	"assay/models/sample"
	"assay/models/serve"
)

func TestRefusals(t *testing.T) {
	m := model(t, bpe.NewBytes(), sample.Options{})
	web := start(t, serve.Config{Model: m, Body: 2000, Answers: 4, Key: "open sesame"})
	ask := func(method, route, body, key string) (int, reply) {
		request, err := http.NewRequestWithContext(t.Context(), method, web.URL+route, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", key)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var r reply
		if err := json.NewDecoder(response.Body).Decode(&r); err != nil {
			t.Fatalf("%s %s %s: status %d, %v", method, route, body, response.StatusCode, err)
		}
		return response.StatusCode, r
	}
	const key = "Bearer open sesame"
	for _, tt := range []struct {
		method, route, body, key string
		status                   int
		param                    string
	}{
		{"POST", "/v1/completions", `{"prompt": "x"}`, "", 401, ""},
		{"POST", "/v1/completions", `{"prompt": "x"}`, "Bearer open sesam", 401, ""},
		{"GET", "/metrics", "", "Bearer ", 401, ""},
		{"GET", "/v1/completions", "", key, 405, ""},
		{"POST", "/v1/models", "", key, 405, ""},
		{"POST", "/v1/embeddings", "{}", key, 404, ""},
		{"GET", "/%ff/nothing", "", key, 404, ""},
		{"GET", "/v1/models/other", "", key, 404, "model"},
		{"POST", "/v1/completions", `{"prompt": "` + strings.Repeat("x", 2000) + `"}`, key, 413, ""},
		{"POST", "/v1/completions", `{"prompt": "` + strings.Repeat("x", 200) + `"}`, key, 400, "prompt"},
		{"POST", "/v1/completions", `{"prompt": "` + strings.Repeat("x", 128) + `", "max_tokens": 1}`, key, 400, "prompt"},
		{"POST", "/v1/completions", ``, key, 400, ""},
		{"POST", "/v1/completions", `{"prompt": "x"`, key, 400, ""},
		{"POST", "/v1/completions", `{"prompt": "x"} x`, key, 400, ""},
		{"POST", "/v1/completions", "{\"prompt\": \"\xff\"}", key, 400, ""},
		{"POST", "/v1/completions", `[]`, key, 400, ""},
		{"POST", "/v1/completions", `{}`, key, 400, "prompt"},
		{"POST", "/v1/completions", `{"prompt": [1, 99999]}`, key, 400, "prompt"},
		{"POST", "/v1/completions", `{"prompt": [-1]}`, key, 400, "prompt"},
		{"POST", "/v1/completions", `{"prompt": [[]]}`, key, 400, "prompt"},
		{"POST", "/v1/completions", `{"prompt": {}}`, key, 400, "prompt"},
		{"POST", "/v1/completions", `{"prompt": "x", "model": "other"}`, key, 404, "model"},
		{"POST", "/v1/completions", `{"prompt": "x", "n": 5}`, key, 400, "n"},
		{"POST", "/v1/completions", `{"prompt": "x", "n": 0}`, key, 400, "n"},
		{"POST", "/v1/completions", `{"prompt": "x", "best_of": 2}`, key, 400, "best_of"},
		{"POST", "/v1/completions", `{"prompt": ["x", "x", "x", "x", "x"]}`, key, 400, "prompt"},
		{"POST", "/v1/completions", `{"prompt": "x", "max_tokens": -1}`, key, 400, "max_tokens"},
		{"POST", "/v1/completions", `{"prompt": "x", "temperature": -1}`, key, 400, "temperature"},
		{"POST", "/v1/completions", `{"prompt": "x", "temperature": 101}`, key, 400, "temperature"},
		{"POST", "/v1/completions", `{"prompt": "x", "temperature": "hot"}`, key, 400, "temperature"},
		{"POST", "/v1/completions", `{"prompt": "x", "top_p": 0}`, key, 400, "top_p"},
		{"POST", "/v1/completions", `{"prompt": "x", "top_k": -2}`, key, 400, "top_k"},
		{"POST", "/v1/completions", `{"prompt": "x", "stop": [` + strings.Repeat(`"a",`, 256) + `"b"]}`, key, 400, "stop"},
		{"POST", "/v1/completions", `{"prompt": "x", "stop": [1]}`, key, 400, "stop"},
		{"POST", "/v1/completions", `{"prompt": "x", "logprobs": 21}`, key, 400, "logprobs"},
		{"POST", "/v1/completions", `{"prompt": "x", "suffix": "y"}`, key, 400, "suffix"},
		{"POST", "/v1/completions", `{"prompt": "x", "frequency_penalty": 1}`, key, 400, "frequency_penalty"},
		{"POST", "/v1/completions", `{"prompt": "x", "response_format": {"type": "json_object"}}`, key, 400, "response_format"},
		{"POST", "/v1/chat/completions", `{"messages": []}`, key, 400, "messages"},
		{"POST", "/v1/chat/completions", `{"messages": [{"role": "wizard", "content": "x"}]}`, key, 400, "messages"},
		{"POST", "/v1/chat/completions", `{"messages": [{"role": "user"}]}`, key, 400, "messages"},
		{"POST", "/v1/chat/completions", `{"messages": [{"role": "user", "content": "x"}], "top_logprobs": 2}`, key, 400, "top_logprobs"},
		{"POST", "/v1/chat/completions", `{"messages": [{"role": "user", "content": "x"}], "tools": [{}]}`, key, 400, "tools"},
	} {
		status, r := ask(tt.method, tt.route, tt.body, tt.key)
		switch {
		case status != tt.status || r.Error == nil:
			t.Errorf("%s %s %.80s: status %d, want %d; %+v", tt.method, tt.route, tt.body, status, tt.status, r.Error)
		case r.Error.Message == "" || r.Error.Type == "" || r.Error.Param != tt.param || strings.Contains(r.Error.Message, "\n"):
			t.Errorf("%s %.80s: %+v, want the member %q", tt.route, tt.body, *r.Error, tt.param)
		}
	}
	for _, body := range []string{
		`{"prompt": "x", "max_tokens": 1, "user": "me", "frequency_penalty": 0, "logit_bias": {}, "best_of": 1}`,
		`{"prompt": "x", "max_tokens": 100000, "top_k": -1, "n": 4}`, `{"prompt": "", "max_tokens": 1}`, `{"prompt": [200], "echo": true, "max_tokens": 0}`,
		`{"prompt": "` + strings.Repeat("x", 128) + `", "max_tokens": 1, "echo": true, "logprobs": 1}`,
		`{"prompt": "` + strings.Repeat("x", 128) + `", "echo": true}`,
	} {
		if status, r := ask("POST", "/v1/completions", body, key); status != http.StatusOK || len(r.Choices) == 0 {
			t.Errorf("%.80s: status %d, %+v", body, status, r.Error)
		}
	}
}

func TestTimeAndQueue(t *testing.T) {
	m := model(t, bpe.NewBytes(), sample.Options{})
	web := start(t, serve.Config{Model: m, Time: time.Nanosecond})
	if status, r := post(t, web.URL, "/v1/completions", `{"prompt": "x"}`); status != http.StatusServiceUnavailable || r.Error.Code != "timeout" {
		t.Errorf("a request that takes too long: status %d, %+v", status, r.Error)
	}
	server := serve.New(serve.Config{Model: m, Name: "tiny", Answers: 2, Queue: 2})
	busy := make(chan struct{})
	held := &holding{header: http.Header{}, reached: make(chan struct{}), release: busy}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.ServeHTTP(held, httptest.NewRequest("POST", "/v1/completions", strings.NewReader(`{"prompt": "x", "stream": true, "n": 2}`)))
	}()
	<-held.reached
	second := httptest.NewRecorder()
	server.ServeHTTP(second, httptest.NewRequest("POST", "/v1/completions", strings.NewReader(`{"prompt": "x"}`)))
	if second.Code != http.StatusTooManyRequests || second.Header().Get("Retry-After") == "" {
		t.Errorf("beside a full queue: status %d, header %v", second.Code, second.Header())
	}
	close(busy)
	<-done
	third := httptest.NewRecorder()
	server.ServeHTTP(third, httptest.NewRequest("POST", "/v1/completions", strings.NewReader(`{"prompt": "x", "max_tokens": 1}`)))
	if third.Code != http.StatusOK {
		t.Errorf("after that: status %d", third.Code)
	}
}

// holding is a client that doesn't read until it is released.
type holding struct {
	header  http.Header
	reached chan struct{}
	release chan struct{}
	begun   bool
}

func (h *holding) Header() http.Header { return h.header }
func (h *holding) WriteHeader(int)     {}
func (h *holding) Write(p []byte) (int, error) {
	if !h.begun {
		h.begun = true
		close(h.reached)
	}
	<-h.release
	return len(p), nil
}
