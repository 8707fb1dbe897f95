package serve_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assay/models/bpe"
	"assay/models/sample"
	"assay/models/serve"
)

// Members that other servers' clients send, on both routes: refused by name if they would change the answer,
// ignored if they can't.
func TestUnknownMembers(t *testing.T) {
	m := model(t, bpe.NewBytes(), sample.Options{})
	web := start(t, serve.Config{Model: m})
	lenient := start(t, serve.Config{Model: m, Lenient: true})
	refused := []string{
		`"guided_json": {"type": "object"}`, `"guided_regex": "a+"`, `"grammar": "root ::= \"a\""`, `"bad_words": ["a"]`, `"allowed_token_ids": [1]`,
		`"repeat_penalty": 1.1`, `"truncate_prompt_tokens": 5`, `"include_stop_str_in_output": true`, `"use_beam_search": true`,
		`"chat_template": "x"`, `"chat_template_kwargs": {"a": 1}`, `"continue_final_message": true`, `"add_generation_prompt": false`, `"skip_special_tokens": false`,
		`"add_special_tokens": false`, `"do_sample": false`, `"enable_thinking": false`, `"logit_bias": {"5": -100}`, `"tools": [{}]`,
		`"response_format": {"type": "json_object"}`, `"min_p": 0.05`, `"typical_p": 0.5`, `"mirostat": 2`, `"n_predict": 5`, `"max_new_tokens": 5`,
		`"reasoning_effort": "high"`, `"stop_token_ids": [0]`, `"ignore_eos": true`, `"prompt_logprobs": 1`, `"frequency_penalty": -0.5`, `"dry_multiplier": 0.8`,
		`"tool_choice": "required"`, `"prediction": {"type": "content", "content": "x"}`,
	}
	passed := []string{
		`"user": "me"`, `"metadata": {"a": "b"}`, `"store": true`, `"service_tier": "auto"`, `"priority": 3`, `"cache_prompt": true`, `"request_id": "7"`,
		`"frequency_penalty": 0.0`, `"presence_penalty": -0`, `"repetition_penalty": 1e0`, `"logit_bias": {}`, `"tools": [ ]`, `"min_p": 0.00`, `"ignore_eos": false`,
		`"guided_json": null`, `"grammar": ""`, `"stop_token_ids": []`, `"response_format": { "type" : "text" }`, `"add_generation_prompt": true`,
		`"skip_special_tokens": true`, `"tool_choice": "none"`, `"length_penalty": 1.0`, `"something_else": null`, `"something_else": false`,
	}
	for route, body := range map[string]string{
		"/v1/completions": `{"prompt": "x", "max_tokens": 1, %s}`, "/v1/chat/completions": `{"messages": [{"role": "user", "content": "x"}], "max_tokens": 1, %s}`,
	} {
		for _, member := range refused {
			status, r := post(t, web.URL, route, fmt.Sprintf(body, member))
			name, _, _ := strings.Cut(strings.TrimPrefix(member, `"`), `"`)
			if status != http.StatusBadRequest || r.Error.Param != name || !strings.Contains(r.Error.Message, name) {
				t.Errorf("%s with %s: status %d, %+v; want it refused by its name", route, member, status, r.Error)
			}
			if known := !strings.Contains(r.Error.Message, "not known"); known {
				if status, _ := post(t, lenient.URL, route, fmt.Sprintf(body, member)); status != http.StatusBadRequest {
					t.Errorf("%s with %s: status %d from a lenient server, want 400 of a member that is known", route, member, status)
				}
			}
		}
		for _, member := range passed {
			if status, r := post(t, web.URL, route, fmt.Sprintf(body, member)); status != http.StatusOK {
				t.Errorf("%s with %s: status %d, %+v", route, member, status, r.Error)
			}
		}
		if status, r := post(t, web.URL, route, fmt.Sprintf(body, `"my_own": 3`)); status != http.StatusBadRequest || r.Error.Param != "my_own" {
			t.Errorf("%s with a member of nobody's: status %d, %+v", route, status, r.Error)
		}
		for _, member := range []string{`"logit_bias": {"5": -100}`, `"stop_token_ids": [0]`, `"tools": [{}]`, `"ignore_eos": true`} {
			if status, r := post(t, lenient.URL, route, fmt.Sprintf(body, member)); status != http.StatusBadRequest {
				t.Errorf("%s with %s: status %d, %+v from a lenient server; it would change the answer", route, member, status, r.Error)
			}
		}
		if status, r := post(t, lenient.URL, route, fmt.Sprintf(body, `"my_own": 3`)); status != http.StatusOK {
			t.Errorf("%s with a member of nobody's, lenient: status %d, %+v", route, status, r.Error)
		}
	}
}

func TestNumbersAsClientsWriteThem(t *testing.T) {
	m := model(t, bpe.NewBytes(), sample.Options{})
	web := start(t, serve.Config{Model: m})
	count := func(body string) int {
		t.Helper()
		status, r := post(t, web.URL, "/v1/completions", body)
		if status != http.StatusOK {
			t.Fatalf("%s: status %d, %+v", body, status, r.Error)
		}
		return r.Usage.Completion
	}
	for _, tokens := range []string{"3", "3.0", "3e0", "0.3e1"} {
		if n := count(`{"prompt": "x", "temperature": 0, "max_tokens": ` + tokens + `}`); n != 3 {
			t.Errorf("max_tokens %s: %d tokens, want 3", tokens, n)
		}
	}
	for member, bad := range map[string][]string{
		"max_tokens": {"3.5", `"3"`, "true", "1e30"}, "n": {"1.5", "[1]"}, "seed": {"0.5", `"a"`, "1e300"}, "top_k": {"1.25"},
		"stream": {`"yes"`, "1"}, "temperature": {`"0"`, "[]"}, "logprobs": {"true", "1.5"}, "stop": {"[null]", `["a", null]`, "5"}, "model": {"3"}, "stream_options": {"3"},
	} {
		for _, value := range bad {
			status, r := post(t, web.URL, "/v1/completions", fmt.Sprintf(`{"prompt": "x", %q: %s}`, member, value))
			if status != http.StatusBadRequest || r.Error.Param != member || strings.Contains(r.Error.Message, "Go") {
				t.Errorf("%s: %s: status %d, %+v; want the member named, in plain words", member, value, status, r.Error)
			}
		}
	}
	// A null in a list is neither a string nor a token; a token may be written 104.0.
	for _, prompt := range []string{"[null]", `["x", null]`, "[104, null]", "[[104], null]", "[[104, null]]", "[104.5]", `["x", 104]`, "[]"} {
		status, r := post(t, web.URL, "/v1/completions", `{"max_tokens": 1, "prompt": `+prompt+`}`)
		if status != http.StatusBadRequest || r.Error.Param != "prompt" {
			t.Errorf("prompt %s: status %d, %+v; want it refused", prompt, status, r.Error)
		}
	}
	for _, prompt := range []string{"[104, 105]", "[104.0, 1.05e2]", "[[104.0, 105]]"} {
		_, r := post(t, web.URL, "/v1/completions", `{"max_tokens": 1, "echo": true, "temperature": 0, "prompt": `+prompt+`}`)
		if len(r.Choices) != 1 || !strings.HasPrefix(r.Choices[0].Text, "hi") {
			t.Errorf("prompt %s: %+v, want an echo of hi", prompt, r)
		}
	}
	_, greedy := post(t, web.URL, "/v1/completions", `{"prompt": "the cat", "temperature": 0, "max_tokens": 20}`)
	for _, temperature := range []string{"1e-8", "1e-300", "0.00009"} {
		_, r := post(t, web.URL, "/v1/completions", `{"prompt": "the cat", "max_tokens": 20, "seed": 5, "temperature": `+temperature+`}`)
		if len(r.Choices) != 1 || r.Choices[0].Text != greedy.Choices[0].Text {
			t.Errorf("temperature %s: %+v, want the greedy answer %q", temperature, r.Choices, greedy.Choices[0].Text)
		}
	}
	// The sixth of six stop sequences cuts the text; lm-eval sends that many.
	full := greedy.Choices[0].Text
	at := strings.IndexFunc(full, func(r rune) bool { return r > ' ' && r < 0x7f })
	if at < 1 {
		t.Fatalf("the greedy answer %q has no character to stop at", full)
	}
	stop, _ := json.Marshal([]string{"one two", "three four", "five six", "seven eight", "nine ten", full[at : at+1]})
	_, r := post(t, web.URL, "/v1/completions", `{"prompt": "the cat", "temperature": 0, "max_tokens": 20, "stop": `+string(stop)+`}`)
	if len(r.Choices) != 1 || r.Choices[0].Text != full[:at] || r.Choices[0].Finish != "stop" {
		t.Errorf("six stops: %+v, want %q", r.Choices, full[:at])
	}
}

func TestPackedBodies(t *testing.T) {
	m := model(t, bpe.NewBytes(), sample.Options{})
	web := start(t, serve.Config{Model: m, Body: 4096})
	gz := func(body string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, body)
		_ = w.Close()
		return b.Bytes()
	}
	zl := func(body string) []byte {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		_, _ = io.WriteString(w, body)
		_ = w.Close()
		return b.Bytes()
	}
	const good = `{"prompt": "x", "max_tokens": 2, "temperature": 0}`
	bomb := `{"prompt": "` + strings.Repeat("x", 1<<20) + `"}`
	for name, tt := range map[string]struct {
		encoding string
		body     []byte
		status   int
	}{
		"plain": {"", []byte(good), 200}, "identity": {"identity", []byte(good), 200}, "gzip": {"gzip", gz(good), 200}, "Gzip": {"GZIP", gz(good), 200},
		"deflate": {"deflate", zl(good), 200}, "unpacks to more than a body": {"gzip", gz(bomb), 413}, "not gzip": {"gzip", []byte(good), 400},
		"torn": {"gzip", gz(good)[:20], 400}, "brotli": {"br", []byte(good), 415}, "nothing": {"", nil, 400}, "a list": {"", []byte("[1]"), 400},
		"null": {"", []byte("null"), 400}, "half": {"", []byte(good[:20]), 400},
	} {
		request, _ := http.NewRequestWithContext(t.Context(), "POST", web.URL+"/v1/completions", bytes.NewReader(tt.body))
		request.Header.Set("Content-Encoding", tt.encoding)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		var r reply
		_ = json.NewDecoder(response.Body).Decode(&r)
		response.Body.Close()
		if response.StatusCode != tt.status || (tt.status == 200) != (len(r.Choices) == 1) || (tt.status == 200) == (r.Error != nil) {
			t.Errorf("%s: status %d, want %d; %+v", name, response.StatusCode, tt.status, r.Error)
		}
	}
}

func TestMethodsAndPages(t *testing.T) {
	m := model(t, bpe.NewBytes(), sample.Options{})
	ask := func(c serve.Config, method, route string, header map[string]string) *http.Response {
		r := httptest.NewRequest(method, route, strings.NewReader(`{"prompt": "x", "max_tokens": 1}`))
		for name, value := range header {
			r.Header.Set(name, value)
		}
		c.Model, c.Name = m, "tiny"
		w := httptest.NewRecorder()
		serve.New(c).ServeHTTP(w, r)
		return w.Result()
	}
	for _, tt := range [][3]string{
		{"GET", "/v1/completions", "POST"}, {"OPTIONS", "/v1/chat/completions", "POST"}, {"DELETE", "/v1/models", "GET, HEAD"}, {"POST", "/healthz", "GET, HEAD"},
	} {
		if r := ask(serve.Config{}, tt[0], tt[1], nil); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != tt[2] {
			t.Errorf("%s %s: status %d, Allow %q; want %q", tt[0], tt[1], r.StatusCode, r.Header.Get("Allow"), tt[2])
		}
	}
	flight := map[string]string{"Origin": "https://a.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
	const key = "k"
	for _, tt := range []struct {
		origins []string
		origin  string // the allowed origin; "" for none
	}{{nil, ""}, {[]string{"https://b.example"}, ""}, {[]string{"https://b.example", "https://a.example"}, "https://a.example"}, {[]string{"*"}, "*"}} {
		c := serve.Config{Origins: tt.origins, Key: key}
		r := ask(c, "OPTIONS", "/v1/completions", flight)
		ok := tt.origin != ""
		if got := r.Header.Get("Access-Control-Allow-Origin"); got != tt.origin || ok != (r.StatusCode == http.StatusNoContent) {
			t.Errorf("preflight with %q: status %d, allowed %q, want %q", tt.origins, r.StatusCode, got, tt.origin)
		}
		if ok && (r.Header.Get("Access-Control-Allow-Headers") != flight["Access-Control-Request-Headers"] || r.Header.Get("Access-Control-Allow-Methods") != "POST") {
			t.Errorf("preflight with %q: %v", tt.origins, r.Header)
		}
		r = ask(c, "POST", "/v1/completions", map[string]string{"Origin": "https://a.example", "Authorization": "Bearer " + key})
		if got := r.Header.Get("Access-Control-Allow-Origin"); got != tt.origin || r.StatusCode != http.StatusOK {
			t.Errorf("a request with %q: status %d, allowed %q, want %q", tt.origins, r.StatusCode, got, tt.origin)
		}
		if r := ask(c, "POST", "/v1/completions", map[string]string{"Origin": "https://a.example"}); r.StatusCode != http.StatusUnauthorized {
			t.Errorf("a request without a key, with %q: status %d", tt.origins, r.StatusCode)
		}
	}
}

// Two of three clients find room; GET requests need none.
func TestClientsLimit(t *testing.T) {
	m := model(t, bpe.NewBytes(), sample.Options{})
	server := serve.New(serve.Config{Model: m, Name: "tiny", Clients: 2})
	release := make(chan struct{})
	done := make(chan struct{}, 2)
	hold := func() {
		held := &holding{header: http.Header{}, reached: make(chan struct{}), release: release}
		go func() {
			server.ServeHTTP(held, httptest.NewRequest("POST", "/v1/completions", strings.NewReader(`{"prompt": "x", "max_tokens": 1, "stream": true}`)))
			done <- struct{}{}
		}()
		<-held.reached
	}
	ask := func(method, route string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest(method, route, strings.NewReader(`{"prompt": "x", "max_tokens": 1}`)))
		return w
	}
	hold()
	if w := ask("POST", "/v1/completions"); w.Code != http.StatusOK {
		t.Errorf("the second of two: status %d", w.Code)
	}
	hold()
	if w := ask("POST", "/v1/completions"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("the third of two: status %d, header %v", w.Code, w.Header())
	}
	if w := ask("GET", "/v1/models"); w.Code != http.StatusOK {
		t.Errorf("a look beside two: status %d", w.Code)
	}
	close(release)
	<-done
	<-done
	if w := ask("POST", "/v1/completions"); w.Code != http.StatusOK {
		t.Errorf("after both: status %d", w.Code)
	}
}
