package serve_test

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels/kernelstest"
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

// model is a small model with large random weights.
func model(t testing.TB, tokenizer *bpe.Tokenizer, o sample.Options) *sample.Model {
	t.Helper()
	cpu := kernelstest.CPU(t, 2)
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

// start serves a model on a local socket.
func start(t testing.TB, c serve.Config) *httptest.Server {
	t.Helper()
	c.Name = "tiny"
	web := httptest.NewServer(serve.New(c))
	t.Cleanup(web.Close)
	return web
}

func client(t testing.TB, url string, chat bool) *openai.Client {
	t.Helper()
	c, err := openai.New(openai.Config{Remote: remote.Config{Endpoints: []string{url + "/v1"}}, Model: "tiny", Chat: chat,
		Shape: openai.Shape{Thoughts: openai.Thoughts{None: true}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// reply holds the members of an answer, of a stream's part, or of an error that tests read.
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

// stream joins the parts of a stream into one reply.
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
				t.Errorf("answer %d continues after its end", c.Index)
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
