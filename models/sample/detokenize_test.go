package sample

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"assay/models/bpe"
)

// pairs is a tokenizer of bytes and some pairs of bytes.
func pairs(t testing.TB) *bpe.Tokenizer {
	t.Helper()
	tokenizer, err := bpe.TrainPairs(slices.Values([]string{strings.Repeat("the cat sat on the mat. né á 猫 🐈 ", 20)}), 300)
	if err != nil {
		t.Fatal(err)
	}
	return tokenizer
}

// write puts tokens through a writer, one at a time.
func write(w *Writer, ids []int32) (pieces []string) {
	for _, id := range ids {
		piece, more := w.Write(id)
		pieces = append(pieces, piece)
		if !more {
			return pieces
		}
	}
	return append(pieces, w.Rest())
}

// Pieces are valid text that adds up to the decoded text, up to a stop sequence.
func FuzzWriter(f *testing.F) {
	tokenizer := pairs(f)
	f.Add([]byte("the cat 猫 sat"), "cat ", "猫")
	f.Add([]byte{0xf0, 0x9f, 0x90, 0x88, 0xe2, 0x82}, "\x90", "")
	f.Fuzz(func(t *testing.T, text []byte, stop, other string) {
		if !utf8.ValidString(stop) || !utf8.ValidString(other) {
			t.Skip()
		}
		stops := []string{stop, other}
		pieces := write(NewWriter(tokenizer, nil, stops), tokenizer.Encode(string(text)))
		for _, piece := range pieces {
			if !utf8.ValidString(piece) {
				t.Errorf("a piece %q of %q", piece, text)
			}
		}
		first := len(text)
		for _, s := range stops {
			if i := strings.Index(string(text), s); s != "" && i >= 0 {
				first = min(first, i)
			}
		}
		if got := strings.Join(pieces, ""); got != Repaired(string(text[:first])) {
			t.Errorf("%q before %q: %q, want %q", text, stops, got, Repaired(string(text[:first])))
		}
	})
}

// Words are joined by spaces, also after the prompt.
func TestWriterWords(t *testing.T) {
	tokenizer, err := bpe.TrainWords(slices.Values([]string{"\na b c"}))
	if err != nil {
		t.Fatal(err)
	}
	for prompt, want := range map[string]string{"": "b c\na", "a": " b c\na", "a\n": "b c\na"} {
		pieces := write(NewWriter(tokenizer, tokenizer.Encode(prompt), nil), tokenizer.Encode("b c\na"))
		if got := strings.Join(pieces, ""); got != want {
			t.Errorf("behind %q: %q, want %q", prompt, got, want)
		}
	}
}
