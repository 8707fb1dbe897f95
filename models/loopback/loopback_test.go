package loopback_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"assay/models/loopback"
)

func start(t testing.TB, c loopback.Config) (*loopback.Server, string) {
	t.Helper()
	s := loopback.New(c)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

// post returns the status and the body.
func post(t testing.TB, url, body string) (int, string) {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// reply holds the members of an answer that tests read.
type reply struct {
	Model   string
	Choices []struct {
		Text     string
		Finish   string `json:"finish_reason"`
		Message  struct{ Content string }
		Logprobs *struct {
			Tokens  []string
			Values  []*float64           `json:"token_logprobs"`
			Top     []map[string]float64 `json:"top_logprobs"`
			Offsets []int                `json:"text_offset"`
			Content []struct {
				Token   string
				Logprob float64
				Top     []struct {
					Token   string
					Logprob float64
				} `json:"top_logprobs"`
			}
		}
	}
	Usage struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
	}
}

func ask(t testing.TB, url, body string) reply {
	t.Helper()
	status, text := post(t, url, body)
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, text)
	}
	var r reply
	if err := json.Unmarshal([]byte(text), &r, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if len(r.Choices) != 1 {
		t.Fatalf("%d choices in %s", len(r.Choices), text)
	}
	return r
}

func TestAnswersDependOnRequest(t *testing.T) {
	_, url := start(t, loopback.Config{Model: "m"})
	_, second := start(t, loopback.Config{Model: "m"})
	const format = `{"model":"m","prompt":%q,"temperature":%s,"seed":%d}`
	base := fmt.Sprintf(format, "Why?", "1", 1)
	same := []string{base, `{"seed":1,"prompt":"Why?","model":"m"}`}
	differ := []string{fmt.Sprintf(format, "Why??", "1", 1), fmt.Sprintf(format, "Why?", "0.5", 1), fmt.Sprintf(format, "Why?", "1", 2)}
	want := ask(t, url+"/v1/completions", base)
	for _, body := range same {
		if got := ask(t, second+"/v1/completions", body); got.Choices[0].Text != want.Choices[0].Text {
			t.Errorf("%s: %q, want %q", body, got.Choices[0].Text, want.Choices[0].Text)
		}
	}
	for _, body := range differ {
		if got := ask(t, url+"/v1/completions", body); got.Choices[0].Text == want.Choices[0].Text {
			t.Errorf("%s: again %q", body, got.Choices[0].Text)
		}
	}
	greedy := ask(t, url+"/v1/completions", fmt.Sprintf(format, "Why?", "0", 1))
	if got := ask(t, url+"/v1/completions", fmt.Sprintf(format, "Why?", "0", 2)); got.Choices[0].Text != greedy.Choices[0].Text {
		t.Errorf("the seed counts at temperature 0: %q and %q", got.Choices[0].Text, greedy.Choices[0].Text)
	}
	if n := len(strings.Fields(want.Choices[0].Text)); n < 5 || n > 20 {
		t.Errorf("%d words in %q, want 5 to 20", n, want.Choices[0].Text)
	}
}

func TestChat(t *testing.T) {
	_, url := start(t, loopback.Config{Model: "m"})
	const format = `{"model":"m","messages":[{"role":"system","content":%q},{"role":"user","content":%q}],"temperature":0%s}`
	plain := ask(t, url+"/v1/chat/completions", fmt.Sprintf(format, "Be kind.", "Why?", ""))
	stern := ask(t, url+"/v1/chat/completions", fmt.Sprintf(format, "Be stern.", "Why?", ""))
	if plain.Choices[0].Message.Content == stern.Choices[0].Message.Content {
		t.Errorf("the system message changes nothing: %q", plain.Choices[0].Message.Content)
	}
	short := ask(t, url+"/v1/chat/completions", fmt.Sprintf(format, "Be kind.", "Why?", `,"max_tokens":2,"logprobs":true,"top_logprobs":4`))
	choice := short.Choices[0]
	if !strings.HasPrefix(plain.Choices[0].Message.Content, choice.Message.Content) || choice.Finish != "length" || short.Usage.Completion != 2 {
		t.Errorf("cut at 2 tokens: %+v", choice)
	}
	for _, token := range choice.Logprobs.Content {
		mass := 0.0
		for _, top := range token.Top {
			mass += math.Exp(top.Logprob)
		}
		if len(token.Top) != 4 || token.Top[0].Token != token.Token || mass >= 1 {
			t.Errorf("alternatives %+v with mass %v", token.Top, mass)
		}
	}
	for last, forms := range map[string][]string{
		"End with [[A]], [[B]] or [[C]].":                   {"[[A]]", "[[B]]", "[[C]]"},
		"End with Grade: N, 1 to 7.":                        {"Grade: 1", "Grade: 4", "Grade: 7"},
		"End with Verdict: yes or no.":                      {"Verdict: yes", "Verdict: no"},
		"End with\nLikert: 1 to 7\nOpinion: yes, no or n/a": {"Opinion: yes", "Opinion: no"},
		"Not now: [[A]]\nSay what you like":                 {"."},
	} {
		seen := map[string]bool{}
		for i := range 60 {
			text := ask(t, url+"/v1/chat/completions", fmt.Sprintf(format, "Judge.", strconv.Itoa(i)+"\n"+last, "")).Choices[0].Message.Content
			line := text[strings.LastIndexByte(text, '\n')+1:]
			if len(forms) == 1 {
				line = line[len(line)-1:]
			}
			seen[line] = true
		}
		for _, form := range forms {
			if !seen[form] {
				t.Errorf("%s: no answer ends in %q; there are %v", last, form, seen)
			}
		}
	}
}

func TestEcho(t *testing.T) {
	_, url := start(t, loopback.Config{Model: "m"})
	const prompt = "Où est\n\n l'éléphantine ? Ici"
	const format = `{"model":"m","prompt":%q,"echo":true,"logprobs":2,"max_tokens":%d}`
	for _, limit := range []int{0, 1} {
		choice := ask(t, url+"/v1/completions", fmt.Sprintf(format, prompt, limit)).Choices[0]
		list := choice.Logprobs
		if !strings.HasPrefix(choice.Text, prompt) || strings.Join(list.Tokens, "") != choice.Text {
			t.Errorf("text %q of tokens %q", choice.Text, list.Tokens)
		}
		if list.Values[0] != nil || list.Top[0] != nil || len(list.Values) != len(list.Tokens) || len(list.Top) != len(list.Tokens) {
			t.Errorf("%d log-probabilities of %d tokens, the first %v", len(list.Values), len(list.Tokens), list.Values[0])
		}
		at := 0
		for i, token := range list.Tokens {
			if list.Offsets[i] != at {
				t.Errorf("token %d is at %d, want %d", i, list.Offsets[i], at)
			}
			at += utf8.RuneCountInString(token)
			if i > 0 && (*list.Values[i] >= 0 || list.Top[i][token] != *list.Values[i] || len(list.Top[i]) != 3) {
				t.Errorf("token %d %q: %v among %v", i, token, *list.Values[i], list.Top[i])
			}
		}
	}
	// A token's log-probability depends only on the tokens before it.
	a := ask(t, url+"/v1/completions", fmt.Sprintf(format, "One two three", 0)).Choices[0].Logprobs
	b := ask(t, url+"/v1/completions", fmt.Sprintf(format, "One two four", 0)).Choices[0].Logprobs
	c := ask(t, url+"/v1/completions", fmt.Sprintf(format, "Six two three", 0)).Choices[0].Logprobs
	if *a.Values[1] != *b.Values[1] || *a.Values[2] == *b.Values[2] || *a.Values[2] == *c.Values[2] {
		t.Errorf("log-probabilities %v, %v, %v of the second token", *a.Values[1], *b.Values[1], *c.Values[1])
	}
}

func TestRefusals(t *testing.T) {
	s, url := start(t, loopback.Config{Model: "m", NoEcho: true})
	tests := []struct {
		route, body string
		status      int
		says        string
	}{
		{"/v1/completions", `{"model":"n","prompt":""}`, 404, "not available"},
		{"/v1/completions", `{"model":"m","prompt":["a","b"]}`, 400, "one text"},
		{"/v1/completions", `{"model":"m","prompt":"a","echo":true}`, 400, "echo"},
		{"/v1/completions", `{"model":"m","prompt":"a","n":2}`, 400, "n must be 1"},
		{"/v1/completions", `{"model":"m","prompt":"a","max_tokens":-1}`, 400, "negative"},
		{"/v1/chat/completions", `{"model":"m","messages":[]}`, 400, "no messages"},
		{"/v1/chat/completions", `{"model":"m"`, 400, "not a JSON chat"},
		{"/v1/chat/completions", `{"model":"m","stream":true,"messages":[]}`, 400, "stream"},
		{"/v1alpha1/comments:analyze", `{"comment":{"text":" "},"requestedAttributes":{"TOXICITY":{}}}`, 400, "COMMENT_EMPTY"},
		{"/predict", `{"inputs":["a"]}`, 400, "one text"},
	}
	for _, tt := range tests {
		status, body := post(t, url+tt.route, tt.body)
		if status != tt.status || !strings.Contains(body, tt.says) {
			t.Errorf("%s %s: %d %s, want %d with %q", tt.route, tt.body, status, body, tt.status, tt.says)
		}
	}
	if got := s.Counts()["refused"]; got != len(tests) {
		t.Errorf("%d refused, want %d", got, len(tests))
	}
}

func TestToxicityShapes(t *testing.T) {
	_, url := start(t, loopback.Config{})
	score := strconv.FormatFloat(loopback.Score("Go away"), 'g', -1, 64)
	for _, tt := range []struct{ route, body, has string }{
		{"/v1alpha1/comments:analyze", `{"comment":{"text":"Go away"},"requestedAttributes":{"TOXICITY":{}}}`, `"TOXICITY":{"summaryScore":{"value":` + score + `,"type":"PROBABILITY"}}`},
		{"/v1/moderations", `{"input":"Go away"}`, `"hate/threatening":` + score},
		{"/predict", `{"inputs":"Go away"}`, `[{"score":` + score + `,"label":"toxic"}`},
	} {
		if status, body := post(t, url+tt.route, tt.body); status != 200 || !strings.Contains(body, tt.has) {
			t.Errorf("%s: %d %s, want %s in it", tt.route, status, body, tt.has)
		}
	}
}

// Every body succeeds at its fourth attempt at the latest, with the answer of a server without faults.
func TestFaultsPass(t *testing.T) {
	quick := []loopback.Fault{loopback.Busy, loopback.Broken, loopback.Truncated, loopback.Garbled, loopback.Other}
	faulty, url := start(t, loopback.Config{Model: "m", Faults: 0.9, Kinds: quick, RetryAfter: 900 * time.Millisecond})
	_, well := start(t, loopback.Config{Model: "m"})
	attempts := 0
	for i := range 60 {
		body := fmt.Sprintf(`{"model":"m","prompt":"Number %d","temperature":0}`, i)
		_, want := post(t, well+"/v1/completions", body)
		for attempt := 1; ; attempt++ {
			attempts++
			status, got := post(t, url+"/v1/completions", body)
			if status == 200 && got == want {
				break
			}
			if attempt == 4 {
				t.Fatalf("%s: attempt 4: %d %s", body, status, got)
			}
			if status == 200 && utf8.ValidString(got) && strings.HasSuffix(got, "}") && !strings.Contains(got, `"m-other"`) {
				t.Errorf("%s: a fault that is none: %s", body, got)
			}
		}
	}
	counts, faults := faulty.Counts(), 0
	for _, kind := range quick {
		faults += counts[string(kind)]
		if counts[string(kind)] < 10 {
			t.Errorf("%d of kind %s in %v", counts[string(kind)], kind, counts)
		}
	}
	if counts["answered"] != 60 || faults != attempts-60 || faults < 120 {
		t.Errorf("%d faults and %d answers to %d attempts", faults, counts["answered"], attempts)
	}
}

func TestRetryAfter(t *testing.T) {
	_, url := start(t, loopback.Config{Faults: 1, Kinds: []loopback.Fault{loopback.Busy}, RetryAfter: 900 * time.Millisecond})
	for _, want := range []string{"1", "0", "1"} {
		response, err := http.Post(url+"/predict", "application/json", strings.NewReader(`{"inputs":"a"}`))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := response.Header.Get("Retry-After"); response.StatusCode != 429 || got != want {
			t.Errorf("status %d, Retry-After %q, want 429 and %q", response.StatusCode, got, want)
		}
	}
}

func TestHangAndHuge(t *testing.T) {
	_, hangs := start(t, loopback.Config{Faults: 1, Kinds: []loopback.Fault{loopback.Hang}, Hang: 50 * time.Millisecond})
	begin := time.Now()
	response, err := http.Post(hangs+"/predict", "application/json", strings.NewReader(`{"inputs":"a"}`))
	if err == nil {
		response.Body.Close()
		t.Errorf("a hang ended in status %d", response.StatusCode)
	}
	if took := time.Since(begin); took < 50*time.Millisecond {
		t.Errorf("hung for %v only", took)
	}
	_, huge := start(t, loopback.Config{Faults: 1, Kinds: []loopback.Fault{loopback.Huge}})
	response, err = http.Post(huge+"/predict", "application/json", strings.NewReader(`{"inputs":"a"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	if err != nil || n < 100<<20 || n > 101<<20 {
		t.Errorf("%d bytes and error %v, want 100 MB", n, err)
	}
}

func TestConcurrentDelay(t *testing.T) {
	s, url := start(t, loopback.Config{Model: "m", Delay: 20 * time.Millisecond, Faults: 0.2, Kinds: []loopback.Fault{loopback.Broken}})
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			begin := time.Now()
			status, _ := post(t, url+"/v1/completions", fmt.Sprintf(`{"model":"m","prompt":"%d"}`, i))
			if took := time.Since(begin); status == 200 && took < 20*time.Millisecond {
				t.Errorf("an answer after %v", took)
			}
		})
	}
	wg.Wait()
	counts := s.Counts()
	if counts["answered"]+counts["broken"] != 40 || counts["broken"] == 0 {
		t.Errorf("counts %v", counts)
	}
}

func TestModels(t *testing.T) {
	_, url := start(t, loopback.Config{Model: "m"})
	response, err := http.Get(url + "/v1/models")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var list struct{ Data []struct{ ID string } }
	if err := json.UnmarshalRead(response.Body, &list, json.MatchCaseInsensitiveNames(true)); err != nil || len(list.Data) != 1 || list.Data[0].ID != "m" {
		t.Errorf("models %v, error %v", list, err)
	}
}

func BenchmarkCompletion(b *testing.B) {
	s := loopback.New(loopback.Config{Model: "m"})
	body := []byte(`{"model":"m","prompt":"` + strings.Repeat("Once more. ", 100) + `","temperature":0,"max_tokens":16}`)
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("POST", "/v1/completions", bytes.NewReader(body)))
		if w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}

func ExampleNew() {
	server := httptest.NewServer(loopback.New(loopback.Config{Model: "m"}))
	defer server.Close()
	response, err := http.Post(server.URL+"/predict", "application/json", strings.NewReader(`{"inputs":"Good morning"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	fmt.Println(response.Status)
	// Output: 200 OK
}
