package openai_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/models"
	"assay/models/openai"
	"assay/models/remote"
)

// echo is a server with known log-probabilities: a token is a word with the spaces before it, and its
// log-probability is -(its bytes)/8 - (tokens before it)/16, exact in binary.
type echo struct {
	bytes  bool   // offsets in bytes instead of characters
	begin  string // a first token that is not in the text
	bare   bool   // nothing is generated
	late   bool   // log-probabilities of the next place
	refuse int    // status of a refusal to echo
	ignore bool   // echoes nothing
	merge  string // a token across words
}

func words(text, merge string) []string {
	if before, after, ok := strings.Cut(text, merge); ok && merge != "" {
		return slices.Concat(words(before, ""), []string{merge}, words(after, ""))
	}
	var tokens []string
	start := 0
	for i := 1; i < len(text); i++ {
		if text[i] == ' ' && text[i-1] != ' ' {
			tokens = append(tokens, text[start:i])
			start = i
		}
	}
	if text == "" {
		return nil
	}
	return append(tokens, text[start:])
}

func known(token string, place int) float64 { return -float64(len(token))/8 - float64(place)/16 }

func (e echo) answer(_ string, body map[string]any) (int, any) {
	if body["echo"] != true {
		return 200, `{"choices":[{"text":" A"}]}`
	}
	if e.refuse != 0 {
		return e.refuse, `{"error":{"message":"Only no echo is supported"}}`
	}
	if e.ignore {
		return 200, `{"choices":[{"text":" next","logprobs":{"tokens":[" next"],"token_logprobs":[-1],"text_offset":[0],"top_logprobs":[{}]}}]}`
	}
	if body["max_tokens"] != 1.0 || body["logprobs"] != 1.0 {
		return 400, `{"detail":"max_tokens and logprobs"}`
	}
	text := body["prompt"].(string)
	all := words(text, e.merge)
	if e.begin != "" {
		all = slices.Insert(all, 0, e.begin)
	}
	if !e.bare {
		text += " next"
		all = append(all, " next")
	}
	var offsets []int
	var scores []*float64
	var top []map[string]float64
	at := 0
	for i, token := range all {
		offsets = append(offsets, at)
		if e.bytes {
			at += len(token)
		} else {
			at += utf8.RuneCountInString(token)
		}
		p := known(token, i)
		if scores, top = append(scores, &p), append(top, map[string]float64{token: p, "?": -9}); i == 0 {
			scores[0] = nil
			top[0] = nil
		}
		if e.late && i+1 < len(all) {
			top[i] = map[string]float64{all[i+1]: -0.1, token: -5}
		}
	}
	return 200, map[string]any{
		"choices": []any{map[string]any{"text": text, "logprobs": map[string]any{
			"tokens": all, "token_logprobs": scores, "text_offset": offsets, "top_logprobs": top}}},
		"usage": map[string]int{"prompt_tokens": len(all), "completion_tokens": 1},
	}
}

func TestEchoScores(t *testing.T) {
	type result struct {
		scores  []float64
		lengths []int
	}
	// "The sky is" has the tokens 0 to 2. " blue": 5 bytes at place 3. " very green"
	// is 5 bytes at place 3 and 6 at place 4.
	plain := result{[]float64{-5./8 - 3./16, -5./8 - 3./16 - 6./8 - 4./16}, []int{1, 2}}
	after := result{[]float64{-5./8 - 4./16, -5./8 - 4./16 - 6./8 - 5./16}, []int{1, 2}} // one place later
	for _, tt := range []struct {
		name    string
		server  echo
		system  string
		prompt  string
		choices []string
		want    result
	}{
		{"characters", echo{}, "", "The sky is", []string{" blue", " very green"}, plain},
		{"nothing generated", echo{bare: true}, "", "The sky is", []string{" blue", " very green"}, plain},
		{"begin", echo{begin: "<s>"}, "", "The sky is", []string{" blue", " very green"}, after},
		{"empty begin", echo{begin: ""}, "", "The sky is", []string{" blue", " very green"}, plain},
		// "Ça" and " là" are of 3 and 4 bytes; " été" has 6 at place 2.
		{"characters, not ASCII", echo{}, "", "Ça là", []string{" été"}, result{[]float64{-6./8 - 2./16}, []int{1}}},
		{"bytes", echo{bytes: true}, "", "Ça là", []string{" été"}, result{[]float64{-6./8 - 2./16}, []int{1}}},
		{"bytes, begin", echo{bytes: true, begin: "<s>"}, "", "Ça là", []string{" été"}, result{[]float64{-6./8 - 3./16}, []int{1}}},
		{"bytes, bare", echo{bytes: true, bare: true}, "", "Ça là", []string{" été"}, result{[]float64{-6./8 - 2./16}, []int{1}}},
		// "is blue" is one token, 7 bytes at place 2, and counts as the choice's.
		{"across the boundary", echo{merge: " is blue"}, "", "The sky is", []string{" blue"}, result{[]float64{-8./8 - 2./16}, []int{1}}},
		{"no prompt", echo{}, "", "", []string{"The sky is"}, result{[]float64{-4./8 - 1./16 - 3./8 - 2./16}, []int{2}}},
		{"no prompt, begin", echo{begin: "<s>"}, "", "", []string{"The sky"}, result{[]float64{-3./8 - 1./16 - 4./8 - 2./16}, []int{2}}},
		// "Be brief.\n\nThe" is one token of this server.
		{"system", echo{}, "Be brief.", "The sky is", []string{" blue"}, result{[]float64{-5./8 - 4./16}, []int{1}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := client(t, server(t, tt.server.answer), openai.Config{})
			got, err := c.Score(t.Context(), models.Request{System: tt.system, Prompt: tt.prompt, Choices: tt.choices})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want.scores, got.Scores); diff != "" {
				t.Errorf("scores (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want.lengths, got.Lengths); diff != "" {
				t.Errorf("lengths (-want +got):\n%s", diff)
			}
			if got.Text != "" || got.Tokens == nil || got.Tokens.Completion != len(tt.choices) {
				t.Errorf("answer %+v", got)
			}
			if n := c.Stats().Requests; n != 1+len(tt.choices) {
				t.Errorf("%d requests, want one for each choice and a probe", n)
			}
		})
	}
}

func TestScoring(t *testing.T) {
	for _, tt := range []struct {
		name   string
		server echo
		c      openai.Config
		want   openai.Mode
		asked  int
	}{
		{"echo", echo{}, openai.Config{}, openai.Echo, 1},
		{"echo as configured", echo{}, openai.Config{LogProbs: openai.Echo}, openai.Echo, 1},
		{"refused", echo{refuse: 400}, openai.Config{}, openai.Letters, 1},
		{"refused as llama.cpp does", echo{refuse: 500}, openai.Config{}, openai.Letters, 1},
		{"ignored", echo{ignore: true}, openai.Config{}, openai.Letters, 1},
		{"late", echo{late: true}, openai.Config{}, openai.Letters, 1},
		{"chat", echo{}, openai.Config{Chat: true}, openai.Letters, 0},
		{"letters as configured", echo{}, openai.Config{LogProbs: openai.Letters}, openai.Letters, 0},
	} {
		c := client(t, server(t, tt.server.answer), tt.c)
		for range 3 {
			if got, err := c.Scoring(t.Context()); got != tt.want || err != nil {
				t.Errorf("%s: %v, %v, want %v", tt.name, got, err, tt.want)
			}
		}
		if n := c.Stats().Requests; n != tt.asked {
			t.Errorf("%s: %d requests, want %d", tt.name, n, tt.asked)
		}
	}
	c := client(t, server(t, echo{ignore: true}.answer), openai.Config{LogProbs: openai.Echo})
	if _, err := c.Scoring(t.Context()); !errors.Is(err, remote.ErrDown) {
		t.Errorf("echo as configured, but ignored: error %v, want one of ErrDown", err)
	}
}

// A server that returns no log-probabilities to this key, or unusable ones, is queried with letters; a wrong
// key is still an error.
func TestLogProbsRefused(t *testing.T) {
	constant := func(p float64) func(map[string]any) (int, any) {
		return func(body map[string]any) (int, any) {
			_, list := echo{}.answer("", body)
			logprobs := list.(map[string]any)["choices"].([]any)[0].(map[string]any)["logprobs"].(map[string]any)
			scores := logprobs["token_logprobs"].([]*float64)
			for i := 1; i < len(scores); i++ {
				scores[i] = &p
			}
			return 200, list
		}
	}
	refuse := func(status int) func(map[string]any) (int, any) {
		return func(map[string]any) (int, any) { return status, `{"error":{"message":"not for this key"}}` }
	}
	for _, tt := range []struct {
		name     string
		chat     bool
		refuses  bool                                 // refuses all log-probabilities, also those of letters
		logProbs func(body map[string]any) (int, any) // the answer to a request for them
		text     int                                  // the status of a request without them
		want     string                               // of an error
		attempts int                                  // of two questions
	}{
		{"403 to chat", true, true, refuse(403), 200, "", 3},
		{"401 to chat", true, true, refuse(401), 200, "", 3},
		{"404 to chat", true, true, refuse(404), 200, "", 3}, // a router without a server that has them
		{"no such model", true, true, refuse(404), 404, "check the URL, which usually ends in /v1, and the model's name", 3},
		{"403 to an echo and to letters", false, true, refuse(403), 200, "", 4},
		{"400 to chat", true, true, refuse(400), 200, "", 4}, // 20 and 5 are tried
		{"a bad key", true, true, refuse(401), 401, "write api_key_env:", 3},
		{"all 0", false, false, constant(0), 200, "", 3},
		{"above 0", false, false, constant(0.5), 200, "", 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url := server(t, func(_ string, body map[string]any) (int, any) {
				if body["logprobs"] != nil && (body["echo"] == true || tt.refuses) {
					return tt.logProbs(body)
				}
				if tt.text != 200 {
					return tt.text, `{"error":{"message":"no such key"}}`
				}
				return 200, `{"choices":[{"text":" B","message":{"content":"B"},"finish_reason":"stop"}]}`
			})
			c := client(t, url, openai.Config{Chat: tt.chat, Remote: remote.Config{Backoff: time.Millisecond}})
			for range 2 {
				got, err := c.Score(t.Context(), models.Request{Choices: []string{"red", "green"}, Letters: &models.Letters{Question: "Which?"}})
				if tt.want != "" {
					if !errors.Is(err, remote.ErrDown) || !strings.Contains(err.Error(), tt.want) {
						t.Errorf("%+v, %v, want an error with %q", got, err, tt.want)
					}
					break
				}
				if err != nil || got.Letter != "B" || got.Scores != nil {
					t.Errorf("%+v, %v, want the letter B", got, err)
				}
			}
			if n := c.Stats().Attempts; n != tt.attempts {
				t.Errorf("%d attempts, want %d", n, tt.attempts)
			}
		})
	}
	// If the plan requires echo, the error gives the reason.
	url := server(t, func(string, map[string]any) (int, any) {
		return 403, `{"error":{"message":"no log-probabilities today"}}`
	})
	c := client(t, url, openai.Config{LogProbs: openai.Echo})
	if _, err := c.Scoring(t.Context()); !errors.Is(err, remote.ErrDown) || !strings.Contains(err.Error(), "status 403: no log-probabilities today") {
		t.Errorf("echo as configured, but refused: %v", err)
	}
	// A suite that needs log-probabilities has no letters.
	c = client(t, url, openai.Config{Chat: true})
	if _, err := c.Score(t.Context(), models.Request{Prompt: "Once", Choices: []string{" upon"}}); !errors.Is(err, remote.ErrDown) {
		t.Errorf("a text by chat: %v, want an error of ErrDown", err)
	}
}

// A temporary fault doesn't decide how choices are scored.
func TestScoringSurvivesFaults(t *testing.T) {
	var n atomic.Int64
	url := server(t, func(route string, body map[string]any) (int, any) {
		switch n.Add(1) {
		case 1:
			return 500, `{"error":"out of sorts"}`
		case 2:
			return 200, `{"choices":`
		}
		return echo{}.answer(route, body)
	})
	c := client(t, url, openai.Config{Remote: remote.Config{Attempts: 4}})
	if got, err := c.Scoring(t.Context()); got != openai.Echo || err != nil {
		t.Errorf("%v, %v, want echo", got, err)
	}
}

func TestEchoFaults(t *testing.T) {
	for _, tt := range []struct{ name, logprobs, want string }{
		{"none", `null`, "the answer has no log-probabilities"},
		{"lengths", `{"tokens":["a"," b"],"token_logprobs":[null],"text_offset":[0,1]}`, "the answer has no log-probabilities"},
		{"form", `{"tokens":"a"}`, "the answer's log-probabilities don't have the form of this route"},
		{"order", `{"tokens":["a"," b"],"token_logprobs":[null,-1],"text_offset":[1,0]}`, "the answer's tokens are out of order"},
		{"hole", `{"tokens":["a"," ","b"],"token_logprobs":[null,null,-1],"text_offset":[0,1,2]}`, "the answer lacks the log-probability of a token that is not the first"},
		{"other text", `{"tokens":["x"," yz"],"token_logprobs":[null,-1],"text_offset":[0,1]}`, "the echoed tokens don't add up to the prompt and the choice"},
		{"above 0", `{"tokens":["a"," b"],"token_logprobs":[null,0.5],"text_offset":[0,1]}`, "the answer has a log-probability above 0"},
	} {
		url := server(t, func(route string, body map[string]any) (int, any) {
			if body["prompt"] != "a b" { // the probe
				return echo{}.answer(route, body)
			}
			return 200, `{"choices":[{"text":"a b","logprobs":` + tt.logprobs + `}]}`
		})
		c := client(t, url, openai.Config{})
		_, err := c.Score(t.Context(), models.Request{Prompt: "a", Choices: []string{" b"}})
		if err == nil || reason(err) != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, reason(err), tt.want)
		}
		if n := c.Stats().Attempts; n != 2 && strings.Contains(tt.logprobs, "text_offset") && tt.name != "lengths" {
			t.Errorf("%s: %d attempts, want the probe and one", tt.name, n)
		}
	}
}

// listed reads the prompt's list back: which letter stands for which choice.
func listed(t *testing.T, body map[string]any) map[string]string {
	prompt, ok := body["prompt"].(string)
	if !ok {
		messages := body["messages"].([]any)
		prompt = messages[len(messages)-1].(map[string]any)["content"].(string)
	}
	list := map[string]string{}
	for line := range strings.Lines(prompt) {
		if len(line) > 3 && line[1] == '.' {
			list[strings.TrimSpace(line[3:])] = line[:1]
		}
	}
	if len(list) != 3 {
		t.Errorf("the prompt lists %v:\n%s", list, prompt)
	}
	return list
}

func TestLetters(t *testing.T) {
	probability := map[string]float64{"red": 0.125, "green": 0.25, "blue": 0.5}
	choices := []string{" red", "green\n", " blue "}
	chat := func(list map[string]string) any {
		var top []any
		for choice, letter := range list {
			if choice == "blue" { // in two tokens
				top = append(top, map[string]any{"token": " " + letter, "logprob": math.Log(0.25)}, map[string]any{"token": letter, "logprob": math.Log(0.25)})
				continue
			}
			top = append(top, map[string]any{"token": letter, "logprob": math.Log(probability[choice])})
		}
		return map[string]any{"content": []any{map[string]any{"token": list["green"], "logprob": -1, "top_logprobs": append(top, map[string]any{"token": "The", "logprob": -3})}}}
	}
	partly := func(list map[string]string) any { // a model that is sure of two
		return map[string]any{"tokens": []string{" " + list["green"]}, "token_logprobs": []float64{-1}, "text_offset": []int{0},
			"top_logprobs": []any{map[string]float64{list["red"]: -0.1, " " + list["blue"]: -3, "The": -4}}}
	}
	before := func(list map[string]string) any { // the first token is not a letter: "**", or a thought
		return map[string]any{"content": []any{map[string]any{"token": "**", "logprob": -1, "top_logprobs": []any{map[string]any{"token": list["red"], "logprob": -0.5}}}}}
	}
	legacy := func(list map[string]string) any {
		top := map[string]float64{"The": -3}
		for choice, letter := range list {
			top[" "+letter] = math.Log(probability[choice])
		}
		return map[string]any{"tokens": []string{" " + list["green"]}, "token_logprobs": []float64{-1}, "text_offset": []int{0}, "top_logprobs": []any{top}}
	}
	for _, tt := range []struct {
		name  string
		chat  bool
		most  float64 // likeliest tokens that the server reports; -1: it refuses the request
		tell  func(map[string]string) any
		want  string // the choice
		asked []int  // attempts after the first and the second request
	}{
		{"chat", true, 20, chat, " blue ", []int{1, 2}},
		{"completions", false, 20, legacy, " blue ", []int{1, 2}},
		{"completions of llama.cpp", false, 20, chat, " blue ", []int{1, 2}},
		{"completions of OpenAI", false, 5, legacy, " blue ", []int{2, 3}},
		{"some listed", false, 20, partly, " red", []int{1, 2}},
		{"none listed", true, 20, func(map[string]string) any { return nil }, "green\n", []int{1, 2}},
		{"another first token", true, 20, before, "green\n", []int{1, 2}},
		{"refused", true, -1, nil, "green\n", []int{3, 4}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url := server(t, func(route string, body map[string]any) (int, any) {
				list := listed(t, body)
				top, asked := body["logprobs"].(float64)
				if tt.chat {
					top, asked = body["top_logprobs"].(float64)
				}
				if asked && top > tt.most {
					return 400, `{"error":"logprobs"}`
				}
				text := "**" + list["green"] + "**."
				choice := map[string]any{"text": text, "message": map[string]any{"content": text}, "finish_reason": "stop"}
				if asked {
					choice["logprobs"] = tt.tell(list)
				}
				return 200, map[string]any{"choices": []any{choice}}
			})
			c := client(t, url, openai.Config{Chat: tt.chat, LogProbs: openai.Letters})
			for i, n := range tt.asked {
				got, err := c.Score(t.Context(), models.Request{Prompt: "A colour:", Choices: choices, Letters: &models.Letters{Question: "Which?", Seed: uint64(i)}})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(models.Answer{Text: tt.want, Finish: "stop"}, got, cmpopts.IgnoreFields(models.Answer{}, "Letter")); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if c.Stats().Attempts != n {
					t.Errorf("%d attempts, want %d", c.Stats().Attempts, n)
				}
			}
		})
	}
}

// Which letter a choice gets depends only on the seed, and differs between seeds.
func TestLettersAreShuffled(t *testing.T) {
	var order []string
	url := server(t, func(_ string, body map[string]any) (int, any) {
		list := listed(t, body)
		order = append(order, list["x"]+list["y"]+list["z"])
		return 200, `{"choices":[{"message":{"content":"A"}}]}`
	})
	c := client(t, url, openai.Config{Chat: true})
	seen := map[string]int{}
	for seed := range uint64(60) {
		order = nil
		for range 2 {
			if _, err := c.Score(t.Context(), models.Request{Choices: []string{"x", "y", "z"}, Letters: &models.Letters{Seed: seed}}); err != nil {
				t.Fatal(err)
			}
		}
		if order[0] != order[1] {
			t.Fatalf("seed %d: %v", seed, order)
		}
		seen[order[0]]++
	}
	if len(seen) != 6 {
		t.Errorf("orders %v in 60 seeds, want all 6", seen)
	}
}

// choice_test.go tests what names a choice; this tests that it takes one attempt.
func TestLettersStrictly(t *testing.T) {
	for _, tt := range []struct {
		name, content, finish, want string
		sampling                    models.Sampling
	}{
		{"named", "The answer is **A**.", "stop", "", models.Sampling{}},
		{"not named", "A good question", "stop", "the model's text doesn't name one of the choices", models.Sampling{}},
		{"several", "A or B", "stop", "the model's text doesn't name one of the choices", models.Sampling{}},
		{"none of the choices", "D", "stop", "the model's text doesn't name one of the choices", models.Sampling{}},
		{"cut", "Let me think: A", "length", "the answer was cut at 16 tokens, before it named a choice; raise max_tokens", models.Sampling{}},
		{"cut at the plan's limit", "Let me think:", "length", "the answer was cut at 300 tokens, before it named a choice; raise max_tokens", models.Sampling{MaxTokens: 300}},
	} {
		url := server(t, func(string, map[string]any) (int, any) {
			return 200, map[string]any{"choices": []any{map[string]any{"message": map[string]any{"content": tt.content}, "finish_reason": tt.finish}}}
		})
		c := client(t, url, openai.Config{Chat: true})
		got, err := c.Score(t.Context(), models.Request{Choices: []string{"red", "green", "blue"}, Letters: &models.Letters{}, Sampling: tt.sampling})
		switch {
		case tt.want == "" && (err != nil || got.Text == "" || got.Letter != "A"):
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		case tt.want != "" && (err == nil || reason(err) != tt.want):
			t.Errorf("%s: %+v, %v, want %q", tt.name, got, err, tt.want)
		}
		if n := c.Stats().Attempts; n != 1 {
			t.Errorf("%s: %d attempts, want 1", tt.name, n)
		}
	}
}

// What a base model writes after its answer's line is a question of its own, not a second answer; all lines
// of a chat model count.
func TestLettersOfCompletions(t *testing.T) {
	for _, tt := range []struct {
		chat bool
		text string
		want string
	}{
		{false, " B\nAnswer: C\nAnswer: A", "B"},
		{true, " B\nAnswer: C\nAnswer: A", ""},
		{false, "\n\n B. green\n\nWhich of these?\nA. red", "B"},
		{false, " Let me see.\nAnswer: C", "C"},
		{true, "Let me see.\nAnswer: C", "C"},
		{false, " A good one\nB or C", ""},
	} {
		url := server(t, func(string, map[string]any) (int, any) {
			return 200, map[string]any{"choices": []any{map[string]any{"text": tt.text, "message": map[string]any{"content": tt.text}, "finish_reason": "stop"}}}
		})
		c := client(t, url, openai.Config{Chat: tt.chat, LogProbs: openai.Letters})
		got, err := c.Score(t.Context(), models.Request{Choices: []string{"red", "green", "blue"}, Letters: &models.Letters{}})
		if got.Letter != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("chat %v, %q: %+v, %v, want %q", tt.chat, tt.text, got, err, tt.want)
		}
	}
}

// A drawn answer stays as drawn, whatever would have been likelier.
func TestLettersAtATemperature(t *testing.T) {
	url := server(t, func(_ string, body map[string]any) (int, any) {
		if body["logprobs"] != nil || body["temperature"] != 0.5 {
			return 422, `{"detail":"asked for more than a draw"}`
		}
		return 200, `{"choices":[{"message":{"content":"B"},"finish_reason":"stop","logprobs":{"content":[{"token":"B","logprob":-2,"top_logprobs":[{"token":"A","logprob":-0.2},{"token":"B","logprob":-2}]}]}}]}`
	})
	c := client(t, url, openai.Config{Chat: true})
	r := models.Request{Choices: make([]string, 26), Letters: &models.Letters{}, Sampling: models.Sampling{Temperature: 0.5}}
	for i := range r.Choices {
		r.Choices[i] = strings.Repeat("x", i+1)
	}
	if got, err := c.Score(t.Context(), r); err != nil || got.Letter != "B" {
		t.Errorf("%+v, %v, want the letter B", got, err)
	}
}

func TestScoreRefuses(t *testing.T) {
	c := client(t, server(t, echo{}.answer), openai.Config{LogProbs: openai.Letters})
	for _, tt := range []struct {
		n    int
		want string
	}{{0, "the request has no choices to score"}, {27, "there are more than 26 choices, too many for letters"}} {
		_, err := c.Score(t.Context(), models.Request{Choices: make([]string, tt.n), Letters: &models.Letters{}})
		if err == nil || reason(err) != tt.want {
			t.Errorf("%d choices: %v, want %q", tt.n, err, tt.want)
		}
	}
	if n := c.Stats().Requests; n != 0 {
		t.Errorf("%d requests", n)
	}
}
