package sample

import (
	"slices"
	"testing"

	"assay/harness/leaf/approx"
	"assay/models"
	"assay/models/gpt"
)

// Wanted values: lm-evaluation-harness 0.4.13, make_disjoint_window(w) for w in
// get_rolling_token_windows(list(range(1, n + 1)), 0, context, 1).
func TestWindows(t *testing.T) {
	type window struct{ before, scored []int32 }
	for _, c := range []struct {
		n, context int
		want       []window
	}{
		{3, 5, []window{{[]int32{0}, []int32{1, 2, 3}}}},
		{6, 5, []window{{[]int32{0}, []int32{1, 2, 3, 4, 5}}, {[]int32{1, 2, 3, 4, 5}, []int32{6}}}},
		{11, 5, []window{{[]int32{0}, []int32{1, 2, 3, 4, 5}}, {[]int32{5}, []int32{6, 7, 8, 9, 10}}, {[]int32{6, 7, 8, 9, 10}, []int32{11}}}},
		{10, 4, []window{{[]int32{0}, []int32{1, 2, 3, 4}}, {[]int32{4}, []int32{5, 6, 7, 8}}, {[]int32{6, 7, 8}, []int32{9, 10}}}},
	} {
		var tokens []int32
		for i := range c.n {
			tokens = append(tokens, int32(i+1))
		}
		jobs := windows(tokens, 0, c.context)
		if len(jobs) != len(c.want) {
			t.Fatalf("%d tokens: %d windows, want %d", c.n, len(jobs), len(c.want))
		}
		for i, j := range jobs {
			if w := c.want[i]; !slices.Equal(j.Prompt[:j.Score], w.before) || !slices.Equal(j.Prompt[j.Score:], w.scored) {
				t.Errorf("%d tokens, window %d: %v from %d, want %v", c.n, i, j.Prompt, j.Score, w)
			}
		}
	}
}

// A text in windows, token by token: each window's tokens are scored after those before them in it.
func TestScoresWholeTexts(t *testing.T) {
	m := model(t, func(c *gpt.Config) { c.MaxPositionEmbeddings = 8 })
	const text = "the cat sat on the mat and the dog sat on the cat by the mat"
	got, err := m.Score(t.Context(), models.Request{Choices: []string{text}, Scoring: models.Whole})
	if err != nil {
		t.Fatal(err)
	}
	tokens := m.tokenizer.Encode(text)
	if len(tokens) < 20 || got.Lengths[0] != len(tokens) {
		t.Fatalf("%d tokens, %d scored", len(tokens), got.Lengths[0])
	}
	want := 0.0
	for _, j := range windows(tokens, m.tokenizer.End(), 8) {
		for i := j.Score; i < len(j.Prompt); i++ { // each alone, as the one branch of what is before it
			_, err := m.batcher.Do(t.Context(), Job{Prompt: j.Prompt[:i], Branches: []Branch{{Tokens: j.Prompt[i : i+1]}}, Unread: false}, func(x Token) bool {
				want += x.LogProb
				return true
			})
			if err != nil && i < 8 {
				t.Fatal(err)
			}
			if err != nil { // one token more than the context: the likeliest alternatives have it
				if _, err := m.batcher.Do(t.Context(), Job{Prompt: j.Prompt[:i+1], Score: i, Unread: true}, func(x Token) bool {
					want += x.LogProb
					return true
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if !approx.Equal(got.Scores[0], want, 1e-4) {
		t.Errorf("%v, want %v", got.Scores[0], want)
	}
}

// With white space at the prompt's end, the choice has it; prompts of choices are scored one by one; a greedy choice
// is what decoding gives.
func TestScoresByCount(t *testing.T) {
	m := model(t, nil)
	score := func(r models.Request) models.Answer {
		t.Helper()
		r.Scoring = models.ByCount
		a, err := m.Score(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	spaced := score(models.Request{Prompt: "the cat ", Choices: []string{"sat", "on"}})
	plain := score(models.Request{Prompt: "the cat", Choices: []string{" sat", " on"}})
	if !slices.Equal(spaced.Scores, plain.Scores) || !slices.Equal(spaced.Lengths, plain.Lengths) || plain.Scores[0] == plain.Scores[1] {
		t.Errorf("%v and %v", spaced, plain)
	}
	each := score(models.Request{Prompts: []string{"the cat", "the dog", ""}, Choices: []string{" sat", " sat", "the"}})
	for i, r := range []models.Request{{Prompt: "the cat", Choices: []string{" sat"}}, {Prompt: "the dog", Choices: []string{" sat"}}, {Choices: []string{"the"}}} {
		if alone := score(r); alone.Scores[0] != each.Scores[i] || alone.Greedy[0] != each.Greedy[i] {
			t.Errorf("choice %d: %v, alone %v", i, each.Scores[i], alone.Scores[0])
		}
	}
	whole, err := m.Score(t.Context(), models.Request{Choices: []string{"the"}, Scoring: models.Whole})
	if err != nil || !approx.Equal(whole.Scores[0], each.Scores[2], 1e-6) {
		t.Errorf("without a prompt %v, whole %v, %v", each.Scores[2], whole.Scores, err)
	}
	tried := 0
	for _, prompt := range []string{"the", "cat", "sat on", "a", "b", "c", "d", "e", "f", "g", "h", "i", "k", "l", "m", "n", "o", "p", "q", "r"} {
		next, err := m.Generate(t.Context(), models.Request{Prompt: prompt, Sampling: models.Sampling{MaxTokens: 1}})
		if err != nil {
			t.Fatal(err)
		}
		n := len(m.tokenizer.Encode(prompt))
		both := m.tokenizer.Encode(prompt + next.Text)
		if len(next.Text) != 1 || next.Text[0] < '!' || next.Text[0] > '~' || len(both) != n+1 || !slices.Equal(both[:n], m.tokenizer.Encode(prompt)) {
			continue // the token is part of a character, or joins the prompt
		}
		tried++
		if a := score(models.Request{Prompt: prompt, Choices: []string{next.Text, next.Text + " on", "!"}}); !a.Greedy[0] || next.Text != "!" && a.Greedy[2] {
			t.Errorf("greedy %v for %q", a.Greedy, next.Text)
		}
	}
	if tried == 0 {
		t.Error("no prompt was followed by a letter")
	}
	if _, err := m.Score(t.Context(), models.Request{Prompts: []string{"a"}, Choices: []string{"b", "c"}, Scoring: models.ByCount}); err == nil {
		t.Error("one prompt for two choices is accepted")
	}
}
