package serve_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/models"
	"assay/models/bpe"
	"assay/models/openai"
	"assay/models/sample"
	"assay/models/serve"
)

// An OpenAI client gets from the server what the model gives.
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

// The parts of a stream add up to the answer in one piece: texts, tokens, numbers, finish reasons.
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

// tidy replaces empty lists by nil.
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

// checkLists compares an answer's lists of tokens with its text.
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

// A greedy token's log-probability equals the largest alternative's exactly, because lm-eval compares them.
// The token that ends a text is in the lists, because lm-eval relies on it.
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
		t.Log("no text ended on its own")
	}
}

// Choices that fill the context get the model's scores even though the client requests one more token; longer
// ones get no scores either way.
func TestScoresOfAFullContext(t *testing.T) {
	m := model(t, bpe.NewBytes(), sample.Options{})
	c := client(t, start(t, serve.Config{Model: m}).URL, false)
	context := m.Config().MaxPositionEmbeddings
	for length := context - 2; length <= context+1; length++ {
		r := models.Request{Prompt: strings.Repeat("the cat ", context)[:length-10], Choices: []string{" on the ma", " né 猫"}}
		want, wrong := m.Score(t.Context(), r)
		got, err := c.Score(t.Context(), r)
		if length > context {
			if wrong == nil || err == nil {
				t.Errorf("%d tokens: the model says %v, the client %v", length, wrong, err)
			}
			continue
		}
		if wrong != nil || err != nil {
			t.Fatalf("%d tokens: the model says %v, the client %v", length, wrong, err)
		}
		if diff := cmp.Diff([]any{want.Scores, want.Lengths}, []any{got.Scores, got.Lengths}); diff != "" {
			t.Errorf("%d tokens (-model +client):\n%s", length, diff)
		}
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
		t.Error("the seed that an answer reports gives another answer")
	}
	if negative := ask(`, "seed": -5`); *negative.Seed != -5 {
		t.Errorf("the seed -5 is reported as %d", *negative.Seed)
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
