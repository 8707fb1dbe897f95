package sample

import (
	"strings"
	"testing"
	"unicode/utf8"

	"assay/models"
	"assay/models/gpt"
)

// model is a random model with the tokenizer of pairs.
func model(t testing.TB, change func(*gpt.Config)) *Model {
	t.Helper()
	tokenizer := pairs(t)
	c := gpt.GPT2(tokenizer.Size(), 128, 32, 2, 2)
	if change != nil {
		change(&c)
	}
	_, n := network(t, c, 2)
	m := New(n, tokenizer, Options{})
	t.Cleanup(m.Close)
	return m
}

func TestModelGenerates(t *testing.T) {
	m := model(t, nil)
	r := models.Request{Prompt: "the cat", Sampling: models.Sampling{Temperature: 1, MaxTokens: 40}, Seed: 5}
	for first, err := m.Generate(t.Context(), r); err == nil && first.Finish != "length"; first, err = m.Generate(t.Context(), r) {
		r.Seed++ // until the model doesn't end the text
	}
	seed := r.Seed
	whole, err := m.Generate(t.Context(), r)
	if err != nil || whole.Finish != "length" || whole.Tokens.Completion != 40 || whole.Tokens.Prompt != len(m.tokenizer.Encode("the cat")) {
		t.Fatalf("%+v, %v", whole, err)
	}
	var streamed strings.Builder
	again, err := m.Stream(t.Context(), r, func(piece string) bool { streamed.WriteString(piece); return true })
	if err != nil || again.Text != whole.Text || streamed.String() != whole.Text {
		t.Errorf("streamed %q, %q, want %q", streamed.String(), again.Text, whole.Text)
	}
	r.Seed++
	if other, err := m.Generate(t.Context(), r); err != nil || other.Text == whole.Text {
		t.Errorf("another seed gives the same text, or %v", err)
	}
	r.Seed = seed
	middle := len(whole.Text) / 2
	for whole.Text[middle] >= utf8.RuneSelf {
		middle++
	}
	r.Stop = []string{whole.Text[middle : middle+1]}
	cut, err := m.Generate(t.Context(), r)
	if want := r.Sampling.Cut(whole.Text); err != nil || cut.Text != want || cut.Finish != "stop" {
		t.Errorf("before %q: %q (%s), want %q; %v", r.Stop, cut.Text, cut.Finish, want, err)
	}
	r = models.Request{System: "the cat", Prompt: "sat", Sampling: models.Sampling{MaxTokens: 9}}
	with, err := m.Generate(t.Context(), r)
	plain, err2 := m.Generate(t.Context(), models.Request{Prompt: "the cat\n\nsat", Sampling: models.Sampling{MaxTokens: 9}})
	if err != nil || err2 != nil || with.Text != plain.Text {
		t.Errorf("a system's instruction gives %q, above the prompt %q", with.Text, plain.Text)
	}
	if _, err := m.Generate(t.Context(), models.Request{}); err != nil {
		t.Errorf("an empty prompt: %v", err)
	}
	if _, err := m.Reward(t.Context(), models.Request{Prompt: "a"}); err == nil {
		t.Error("a model of text gave a reward")
	}
}

// Scores are sums of log-probabilities of the tokens that end within the choice, whatever the other choices.
func TestModelScores(t *testing.T) {
	m := model(t, nil)
	for _, prompt := range []string{"the cat", "the", "", "t"} {
		choices := []string{" sat on the mat.", " sat it", "s", " 猫 🐈", " sat on the cat."}
		if prompt == "" {
			choices[2] = "st" // the first token of the text has no log-probability
		}
		got, err := m.Score(t.Context(), models.Request{Prompt: prompt, Choices: choices})
		if err != nil {
			t.Fatal(err)
		}
		for i, choice := range choices {
			alone, err := m.Score(t.Context(), models.Request{Prompt: prompt, Choices: choices[i : i+1]})
			if err != nil || alone.Scores[0] != got.Scores[i] || alone.Lengths[0] != got.Lengths[i] {
				t.Errorf("%q + %q: %v alone, %v together (%v)", prompt, choice, alone.Scores, got.Scores[i], err)
			}
			text := m.tokenizer.Encode(prompt + choice)
			from, end := 0, 0
			for end += len(m.tokenizer.Token(text[0])); end <= len(prompt); end += len(m.tokenizer.Token(text[from])) {
				from++
			}
			var sum float64
			if _, err := m.batcher.Do(t.Context(), Job{Prompt: text, Score: max(from, 1)}, func(t Token) bool { sum += t.LogProb; return true }); err != nil {
				t.Fatal(err)
			}
			if sum != got.Scores[i] || got.Lengths[i] != len(text)-max(from, 1) {
				t.Errorf("%q + %q: %v over %d tokens, want %v over %d", prompt, choice, got.Scores[i], got.Lengths[i], sum, len(text)-max(from, 1))
			}
		}
	}
	for name, r := range map[string]models.Request{
		"no choices":          {Prompt: "a"},
		"an empty choice":     {Prompt: "a", Choices: []string{""}},
		"a single first byte": {Choices: []string{"a"}},
	} {
		if _, err := m.Score(t.Context(), r); err == nil {
			t.Errorf("%s passed", name)
		}
	}
}

func TestModelRewards(t *testing.T) {
	m := model(t, func(c *gpt.Config) { c.ScalarHead = true })
	a, err := m.Reward(t.Context(), models.Request{Prompt: "the cat sat"})
	b, err2 := m.Reward(t.Context(), models.Request{Prompt: "the cat"})
	if err != nil || err2 != nil || len(a.Scores) != 1 || len(b.Scores) != 1 || a.Scores[0] == b.Scores[0] {
		t.Errorf("%+v and %+v, %v, %v", a, b, err, err2)
	}
	for _, ask := range []func() (models.Answer, error){
		func() (models.Answer, error) { return m.Generate(t.Context(), models.Request{Prompt: "a"}) },
		func() (models.Answer, error) {
			return m.Score(t.Context(), models.Request{Prompt: "a", Choices: []string{"b", "c"}})
		},
	} {
		if _, err := ask(); err == nil || !strings.Contains(err.Error(), "scalar head") {
			t.Errorf("asked for text: %v", err)
		}
	}
}
