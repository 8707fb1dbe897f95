package sample

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/leaf/approx"
	"assay/models"
	"assay/models/bpe"
	"assay/models/compute/kernels/kernelstest"
	"assay/models/gpt"
)

// opened is a model of single bytes with random weights, opened from a folder with changed files.
func opened(t *testing.T, o Options, vocab int, files map[string]string) (*Model, error) {
	t.Helper()
	tokenizer := bpe.NewBytes()
	c := gpt.GPT2(vocab, 64, 16, 1, 2)
	dir := written(t, c, func(tensors map[string][]float32) {
		for _, values := range tensors {
			for i := range values {
				values[i] *= 20
			}
		}
	})
	if err := tokenizer.Save(dir); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if old, err := os.ReadFile(path); err == nil && strings.HasPrefix(text, "+") {
			text = strings.Replace(string(old), `"post_processor":null`, text[1:], 1)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cpu := kernelstest.CPU(t, 2)
	m, err := Open(cpu, dir, o)
	if err == nil {
		t.Cleanup(m.Close)
	}
	return m, err
}

const bosAndEOS = `+"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"a"}},{"Sequence":{"id":"A"}},{"SpecialToken":{"id":"b"}}],` +
	`"special_tokens":{"a":{"ids":[97]},"b":{"ids":[98]}}}`

// The tokenizer's prefix appears once, before prompt and choice together, and its suffix never appears.
func TestScoresBehindBOS(t *testing.T) {
	m, err := opened(t, Options{}, 257, map[string]string{"tokenizer.json": bosAndEOS})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Tokens("xy"), []int32{'a', 'x', 'y', 'b'}; !slices.Equal(got, want) {
		t.Fatalf("a prompt is %v, want %v", got, want)
	}
	if len(m.Notices()) != 1 || !strings.Contains(m.Notices()[0], `"b"`) {
		t.Errorf("notices %q", m.Notices())
	}
	got, err := m.Score(context.Background(), models.Request{Prompt: "xy", Choices: []string{"pq", "r", "st"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, choice := range []string{"pq", "r", "st"} {
		tokens, _, err := collect(m.Batcher(), Job{Prompt: append([]int32{'a', 'x', 'y'}, []int32(runes(choice))...), Score: 3})
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, token := range tokens {
			sum += token.LogProb
		}
		if got.Scores[i] != sum || got.Lengths[i] != len(choice) {
			t.Errorf("%q: %g over %d, want %g over %d", choice, got.Scores[i], got.Lengths[i], sum, len(choice))
		}
	}
	// Without a prompt the first token of a choice follows the BOS token.
	alone, err := m.Score(context.Background(), models.Request{Choices: []string{"p"}})
	if err != nil || alone.Lengths[0] != 1 {
		t.Errorf("without a prompt: %v, %v", alone.Lengths, err)
	}
}

func runes(text string) (ids []int32) {
	for i := range len(text) {
		ids = append(ids, int32(text[i]))
	}
	return ids
}

// Special tokens written in a prompt are those tokens, or text with Literal.
func TestSpecialTokensInPrompts(t *testing.T) {
	m, err := opened(t, Options{}, 257, nil)
	if err != nil {
		t.Fatal(err)
	}
	literal, err := opened(t, Options{Literal: true}, 257, nil)
	if err != nil {
		t.Fatal(err)
	}
	const text = "a<|endoftext|>b"
	if got, want := m.Tokens(text), []int32{'a', 256, 'b'}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := literal.Tokens(text), runes(text); !slices.Equal(got, want) {
		t.Errorf("as text: %v, want %v", got, want)
	}
	// In both readings, scoring a choice after such a prompt counts only the choice's own tokens.
	for name, m := range map[string]*Model{"tokens": m, "text": literal} {
		got, err := m.Score(context.Background(), models.Request{Prompt: text, Choices: []string{"cd", "efg"}})
		if err != nil || !slices.Equal(got.Lengths, []int{2, 3}) {
			t.Errorf("%s: choices of %v tokens, %v", name, got.Lengths, err)
		}
	}
}

// Ids without a token are never chosen, nor listed among the likeliest; log-probabilities are the model's
// own, over all of its logits.
func TestPaddingIsNeverChosen(t *testing.T) {
	b := fixedLogits(t, Options{Vocab: 4, Missing: []int32{1}}, 1, 9, 2, 0, 8, 9)
	lse := math.Log(math.Exp(1) + 2*math.Exp(9) + math.Exp(2) + 1 + math.Exp(8))
	greedy, _, err := collect(b, Job{Prompt: []int32{0}, MaxTokens: 3, Top: 5})
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range greedy {
		if token.ID != 2 || !approx.Equal(token.LogProb, (2-lse), 1e-5) {
			t.Errorf("token %d, log-probability %g; want 2 and %g", token.ID, token.LogProb, 2-lse)
		}
		var top []int32
		for _, a := range token.Top {
			top = append(top, a.ID)
		}
		if diff := cmp.Diff(top, []int32{2, 0, 3}); diff != "" {
			t.Errorf("the likeliest (-got +want):\n%s", diff)
		}
	}
	for _, p := range []SamplingParams{{Temperature: 1}, {Temperature: 5, TopP: 0.99}, {Temperature: 3, TopK: 4}} {
		p.Seed = 7
		drawn, _, err := collect(b, Job{Prompt: []int32{0}, MaxTokens: 200, SamplingParams: p})
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range drawn {
			if !slices.Contains([]int32{0, 2, 3}, token.ID) {
				t.Fatalf("%+v: token %d, which there is none of", p, token.ID)
			}
		}
	}
}

// A text ends at any of its end tokens, and a special token has no text.
func TestEndsAreAList(t *testing.T) {
	b := fixedLogits(t, Options{Ends: []int32{3, 2}}, 1, 0, 9, 2)
	got, finish, err := collect(b, Job{Prompt: []int32{0}, MaxTokens: 5})
	if err != nil || finish != Stop || len(got) != 1 || got[0].ID != 2 {
		t.Errorf("%v, %q, %v", got, finish, err)
	}
}

// A folder whose tokenizer has more tokens than its model is refused with the token's name.
func TestOpenRefusesMoreTokens(t *testing.T) {
	added := `{"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "pad_token": "[PAD]"}`
	if _, err := opened(t, Options{}, 257, map[string]string{"tokenizer_config.json": added}); err == nil || !strings.Contains(err.Error(), `258 tokens, the last of them "[PAD]", but the model has 257`) {
		t.Errorf("%v", err)
	}
	m, err := opened(t, Options{}, 300, map[string]string{"tokenizer_config.json": added})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := m.Generate(context.Background(), models.Request{Prompt: "a", Seed: 3, Sampling: models.Sampling{Temperature: 20, MaxTokens: 60}})
	if err != nil || strings.Contains(answer.Text, "PAD") {
		t.Errorf("%q, %v", answer.Text, fmt.Sprint(err))
	}
}
