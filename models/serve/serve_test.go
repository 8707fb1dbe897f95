package serve_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/models"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/openai"
	"assay/models/remote"
	"assay/models/sample"
	"assay/models/serve"
)

const text = "the cat sat on the mat . né á 猫 🐈 \nthe dog , too .\n"

// tokenizers of each kind that a model may have.
func tokenizers(t testing.TB) map[string]*bpe.Tokenizer {
	t.Helper()
	texts := slices.Values([]string{strings.Repeat(text, 20)})
	pairs, err := bpe.TrainPairs(texts, 300)
	if err != nil {
		t.Fatal(err)
	}
	words, err := bpe.TrainWords(texts)
	if err != nil {
		t.Fatal(err)
	}
	characters, err := bpe.TrainCharacters(texts)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*bpe.Tokenizer{"pairs": pairs, "bytes": bpe.NewBytes(), "words": words, "characters": characters}
}

// model is a small one with large random weights.
func model(t testing.TB, tokenizer *bpe.Tokenizer, o sample.Options) *sample.Model {
	t.Helper()
	path, err := kernels.Choose(os.Getenv("ASSAY_CPU"))
	if err != nil {
		t.Skipf("NOT TESTED: %v", err)
	}
	cpu := kernels.New(path, 2)
	t.Cleanup(cpu.Close)
	c := gpt.GPT2(tokenizer.Size(), 128, 32, 2, 2)
	c.InitializerRange = 0.3
	net, err := gpt.New(compute.NewEngine(cpu), c, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	n, err := sample.NewNetwork(cpu, c, func(name string) ([]float32, error) { return net.Params().Get(name).Value, nil })
	if err != nil {
		t.Fatal(err)
	}
	m := sample.New(n, tokenizer, o)
	t.Cleanup(m.Close)
	return m
}

// start serves a model on a socket of this machine.
func start(t testing.TB, c serve.Config) *httptest.Server {
	t.Helper()
	c.Name = "tiny"
	web := httptest.NewServer(serve.New(c))
	t.Cleanup(web.Close)
	return web
}

func client(t testing.TB, url string, chat bool) *openai.Client {
	t.Helper()
	c, err := openai.New(openai.Config{Remote: remote.Config{Endpoints: []string{url + "/v1"}}, Model: "tiny", Chat: chat})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// The client of OpenAI's protocol against the server gives what the model gives.
func TestClientGivesWhatTheModelGives(t *testing.T) {
	for name, tokenizer := range tokenizers(t) {
		t.Run(name, func(t *testing.T) {
			m := model(t, tokenizer, sample.Options{})
			web := start(t, serve.Config{Model: m})
			completions, chat := client(t, web.URL, false), client(t, web.URL, true)
			if err := completions.Probe(t.Context()); err != nil {
				t.Fatal(err)
			}
			stopped := 0
			for i, prompt := range []string{"the cat", "né 猫", "🐈", "the dog , too .\nthe", "sat on"} {
				for k := range 12 {
					r := models.Request{Prompt: prompt, Sampling: models.Sampling{MaxTokens: 30}, Seed: uint64(i)<<40 + uint64(k)}
					if k%3 > 0 {
						r.Temperature = 0.5 * float64(k%3)
					}
					if k%4 == 1 {
						r.TopP = 0.8
					}
					if k%2 == 1 {
						r.Stop = []string{"a", "猫", " .\n"}
					}
					if k%5 == 4 {
						r.System = "the mat"
					}
					want, err := m.Generate(t.Context(), r)
					if err != nil {
						t.Fatal(err)
					}
					if want.Finish == "stop" {
						stopped++
					}
					for _, c := range []*openai.Client{completions, chat} {
						got, err := c.Generate(t.Context(), r)
						if err != nil {
							t.Fatalf("%+v: %v", r, err)
						}
						if diff := cmp.Diff(want, got); diff != "" {
							t.Errorf("%+v (-model +client):\n%s", r, diff)
						}
					}
				}
				r := models.Request{Prompt: prompt, Choices: []string{" on the mat", " né 猫", " .", " the cat sat 🐈"}}
				want, err := m.Score(t.Context(), r)
				if err != nil {
					t.Fatal(err)
				}
				got, err := completions.Score(t.Context(), r)
				if err != nil {
					t.Fatalf("%+v: %v", r, err)
				}
				if diff := cmp.Diff([]any{want.Scores, want.Lengths}, []any{got.Scores, got.Lengths}); diff != "" {
					t.Errorf("%+v (-model +client):\n%s", r, diff)
				}
			}
			if stopped == 0 {
				t.Error("no text came to a stop: stops are not tried")
			}
		})
	}
}

// reply is what tests read of an answer, of a stream's part, and of an error.
type reply struct {
	Choices []part
	Usage   *struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
	}
	Seed  *int64
	Error *struct{ Message, Type, Param, Code string }
}

type part struct {
	Index    int
	Text     string
	Message  struct{ Content string }
	Delta    struct{ Role, Content string }
	Finish   string `json:"finish_reason"`
	LogProbs struct {
		Tokens  []string
		Values  []*float64           `json:"token_logprobs"`
		Top     []map[string]float64 `json:"top_logprobs"`
		Offsets []int                `json:"text_offset"`
		Content []struct {
			Token   string
			LogProb float64
			Bytes   []int
		}
	}
}

func post(t testing.TB, url, route, body string) (int, reply) {
	t.Helper()
	response, err := http.Post(url+route, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var r reply
	if err := json.NewDecoder(response.Body).Decode(&r); err != nil {
		t.Fatalf("%s: status %d, %v", body, response.StatusCode, err)
	}
	return response.StatusCode, r
}

// stream puts the parts of a stream together, as one reply.
func stream(t testing.TB, url, route, body string) reply {
	t.Helper()
	response, err := http.Post(url+route, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	lines, done := strings.CutSuffix(string(all), "data: [DONE]\n\n")
	if !done {
		t.Fatalf("%s: the stream ends with %q", body, lines[max(0, len(lines)-200):])
	}
	var whole reply
	for event := range strings.SplitSeq(strings.TrimSuffix(lines, "\n\n"), "\n\n") {
		var r reply
		if err := json.Unmarshal([]byte(strings.TrimPrefix(event, "data: ")), &r); err != nil || r.Error != nil {
			t.Fatalf("%s: %v", event, err)
		}
		if r.Seed != nil {
			whole.Seed = r.Seed
		}
		if r.Usage != nil {
			whole.Usage = r.Usage
		}
		for _, c := range r.Choices {
			for len(whole.Choices) <= c.Index {
				whole.Choices = append(whole.Choices, part{Index: len(whole.Choices)})
			}
			to := &whole.Choices[c.Index]
			if to.Finish != "" {
				t.Errorf("answer %d goes on after its end", c.Index)
			}
			if strings.Contains(route, "chat") && (c.Delta.Role == "assistant") != (to.Delta.Role == "") {
				t.Errorf("answer %d: the role is not in its first part alone", c.Index)
			}
			to.Delta.Role = "assistant"
			to.Text += c.Text
			to.Message.Content += c.Delta.Content
			to.Finish = c.Finish
			l, from := &to.LogProbs, c.LogProbs
			l.Tokens, l.Values, l.Top = append(l.Tokens, from.Tokens...), append(l.Values, from.Values...), append(l.Top, from.Top...)
			l.Offsets, l.Content = append(l.Offsets, from.Offsets...), append(l.Content, from.Content...)
		}
	}
	for i := range whole.Choices {
		whole.Choices[i].Delta.Role = ""
	}
	return whole
}

// A stream's parts add up to the answer in one piece: texts, tokens, numbers, ends.
func TestStreamsAddUp(t *testing.T) {
	for name, tokenizer := range tokenizers(t) {
		m := model(t, tokenizer, sample.Options{})
		web := start(t, serve.Config{Model: m})
		for i, body := range []string{
			`"prompt": "the cat"`, `"prompt": ["the cat", "né"], "n": 2`, `"prompt": "the cat", "echo": true, "logprobs": 2`,
			`"prompt": "né 猫", "logprobs": 0`, `"prompt": "the cat", "stop": ["a", "\n", "t s"], "logprobs": 3, "n": 4`,
			`"prompt": "猫", "echo": true`, `"prompt": [3, 4, 5], "echo": true, "logprobs": 1, "n": 2`, `"prompt": "the", "max_tokens": 0, "echo": true, "logprobs": 1`,
			`"messages": [{"role": "user", "content": "the cat"}], "n": 3`,
			`"messages": [{"role": "system", "content": "the"}, {"role": "user", "content": [{"type": "text", "text": "cat"}]}], "logprobs": true, "top_logprobs": 2, "stop": "e"`,
			`"messages": [{"role": "user", "content": "the cat"}, {"role": "assistant", "content": "sat"}, {"role": "user", "content": "too"}]`,
		} {
			route := "/v1/completions"
			if strings.Contains(body, "messages") {
				route = "/v1/chat/completions"
			}
			if !strings.Contains(body, "max_tokens") {
				body += `, "max_tokens": 40`
			}
			for seed := range 5 {
				asked := fmt.Sprintf(`{%s, "seed": %d}`, body, seed)
				status, whole := post(t, web.URL, route, asked)
				if status != http.StatusOK {
					t.Fatalf("%s: %s: status %d, %+v", name, asked, status, whole.Error)
				}
				got := stream(t, web.URL, route, strings.TrimSuffix(asked, "}")+`, "stream": true, "stream_options": {"include_usage": true}}`)
				if diff := cmp.Diff(tidy(whole), tidy(got)); diff != "" {
					t.Fatalf("%s, body %d, %s (-whole +stream):\n%s", name, i, asked, diff)
				}
				for _, c := range whole.Choices {
					checkLists(t, name+" "+asked, c)
				}
			}
		}
	}
}

// tidy makes empty lists and none one.
func tidy(r reply) reply {
	data, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	var again reply
	if err := json.Unmarshal(bytes.ReplaceAll(data, []byte("[]"), []byte("null")), &again); err != nil {
		panic(err)
	}
	return again
}

// checkLists holds an answer's lists of tokens against its text.
func checkLists(t *testing.T, what string, c part) {
	l := c.LogProbs
	if len(l.Values) != len(l.Tokens) || len(l.Top) != len(l.Tokens) || len(l.Offsets) != len(l.Tokens) {
		t.Fatalf("%s: %d tokens, %d numbers, %d alternatives, %d offsets", what, len(l.Tokens), len(l.Values), len(l.Top), len(l.Offsets))
	}
	runes := []rune(c.Text)
	for i, token := range l.Tokens {
		if token == bpe.EndOfText {
			continue
		}
		if at := l.Offsets[i]; at >= len(runes) && token != "" {
			t.Errorf("%s: token %d, %q, begins at %d, and the text has %d characters", what, i, token, at, len(runes))
		} else if want := []rune(token); !strings.Contains(token, "\ufffd") && at+len(want) <= len(runes) && string(runes[at:at+len(want)]) != token {
			t.Errorf("%s: token %d is %q, and at %d is %q", what, i, token, at, string(runes[at:at+len(want)]))
		}
		if l.Values[i] != nil && l.Top[i][token] != *l.Values[i] && !strings.Contains(token, "\ufffd") {
			t.Errorf("%s: token %d has %g, and %g among the alternatives", what, i, *l.Values[i], l.Top[i][token])
		}
	}
}

// A greedy token's number is the largest beside it, to the bit: lm-eval compares them.
// The token that ends a text is in the lists, since lm-eval counts on it.
func TestListsAsHarnessesReadThem(t *testing.T) {
	tokenizer := bpe.NewBytes()
	m := model(t, tokenizer, sample.Options{})
	web := start(t, serve.Config{Model: m})
	ended := false
	for i := range 400 {
		prompt := fmt.Sprintf("the cat %d", i)
		_, r := post(t, web.URL, "/v1/completions", fmt.Sprintf(`{"prompt": %q, "max_tokens": 1, "temperature": 0, "echo": true, "logprobs": 1}`, prompt))
		l := r.Choices[0].LogProbs
		if len(l.Tokens) != len(prompt)+1 || l.Values[0] != nil || l.Top[0] != nil {
			t.Fatalf("%d tokens for %d and one more; the first has %v", len(l.Tokens), len(prompt), l.Values[0])
		}
		last := len(l.Tokens) - 1
		most := math.Inf(-1)
		for _, p := range l.Top[last] {
			most = max(most, p)
		}
		if *l.Values[last] != most {
			t.Errorf("%q: the likeliest has %v, and most is %v", prompt, *l.Values[last], most)
		}
		if l.Tokens[last] == bpe.EndOfText {
			ended = true
			if r.Choices[0].Text != prompt || r.Choices[0].Finish != "stop" {
				t.Errorf("an ended text is %q (%s)", r.Choices[0].Text, r.Choices[0].Finish)
			}
		}
	}
	if !ended {
		t.Log("no text ended by itself")
	}
}

func TestSeeds(t *testing.T) {
	seeds := uint64(40)
	m := model(t, bpe.NewBytes(), sample.Options{})
	web := start(t, serve.Config{Model: m, Seed: func() uint64 { seeds++; return seeds }})
	ask := func(more string) reply {
		_, r := post(t, web.URL, "/v1/completions", `{"prompt": "the cat", "max_tokens": 30`+more+`}`)
		return r
	}
	drawn := ask("")
	if other := ask(""); drawn.Choices[0].Text == other.Choices[0].Text {
		t.Error("two requests without a seed have one answer")
	}
	if again := ask(fmt.Sprintf(`, "seed": %d`, *drawn.Seed)); again.Choices[0].Text != drawn.Choices[0].Text {
		t.Error("the seed that an answer tells gives another answer")
	}
	if negative := ask(`, "seed": -5`); *negative.Seed != -5 {
		t.Errorf("the seed -5 is told as %d", *negative.Seed)
	}
	several := ask(`, "seed": 7, "n": 3`)
	texts := map[string]bool{}
	for _, c := range several.Choices {
		texts[c.Text] = true
	}
	if len(texts) != 3 || ask(`, "seed": 7`).Choices[0].Text != several.Choices[0].Text {
		t.Errorf("of 3 answers %d differ, or the first is not that of n = 1", len(texts))
	}
}

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
		{"POST", "/v1/completions", `{"prompt": "x", "temperature": 1e-300}`, key, 400, "temperature"},
		{"POST", "/v1/completions", `{"prompt": "x", "temperature": "hot"}`, key, 400, ""},
		{"POST", "/v1/completions", `{"prompt": "x", "top_p": 0}`, key, 400, "top_p"},
		{"POST", "/v1/completions", `{"prompt": "x", "top_k": -2}`, key, 400, "top_k"},
		{"POST", "/v1/completions", `{"prompt": "x", "stop": ["a","b","c","d","e"]}`, key, 400, "stop"},
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
		`{"prompt": "x", "max_tokens": 1, "user": "me", "penalty": 3, "frequency_penalty": 0, "logit_bias": {}, "best_of": 1}`,
		`{"prompt": "x", "max_tokens": 100000, "top_k": -1, "n": 4}`, `{"prompt": "", "max_tokens": 1}`, `{"prompt": [200], "echo": true, "max_tokens": 0}`,
		`{"prompt": "` + strings.Repeat("x", 128) + `", "max_tokens": 0, "echo": true, "logprobs": 1}`,
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
