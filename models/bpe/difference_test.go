package bpe

import (
	"slices"
	"strings"
	"testing"
)

// Two tokenizers of equal size are distinguished by whatever cuts texts differently, and the error names it.
func TestDifference(t *testing.T) {
	train := func(text string) *Tokenizer {
		tok, err := TrainPairs(slices.Values([]string{text}), 260)
		if err != nil {
			t.Fatal(err)
		}
		return tok
	}
	ab, cd := train("ab ab ab abc abc"), train("cd cd cd cde cde")
	if ab.Size() != cd.Size() {
		t.Fatalf("sizes %d and %d; the test is of equal ones", ab.Size(), cd.Size())
	}
	// The same tokens with merges in another order: "abc" is cut by another rule.
	tokens := append(singleBytes(), "ab", "bc", "abc")
	one, err := newPairs(tokens, []pair{{'a', 'b'}, {'b', 'c'}, {256, 'c'}})
	if err != nil {
		t.Fatal(err)
	}
	other, err := newPairs(slices.Clone(tokens), []pair{{'b', 'c'}, {'a', 'b'}, {256, 'c'}})
	if err != nil {
		t.Fatal(err)
	}
	whole := *one
	whole.whole = true
	words, err := TrainWords(slices.Values([]string{"ab"}))
	if err != nil {
		t.Fatal(err)
	}
	saved := t.TempDir()
	if err := ab.Save(saved); err != nil {
		t.Fatal(err)
	}
	again, err := Load(saved)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		a, b *Tokenizer
		want string // "" for no difference
	}{
		{"read again", ab, again, ""},
		{"other tokens", ab, cd, `token 256 is "ab" in X and "cd" in Y`},
		{"other merges", one, other, `merge 1 is "a" and "b" in X and "b" and "c" in Y`},
		{"ignore_merges", one, &whole, "settings"},
		{"kinds", ab, words, "byte pairs in X and words in Y"},
		{"sizes", ab, train("ab"), "Y"},
	} {
		err := Difference("X", tt.a, "Y", tt.b)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
