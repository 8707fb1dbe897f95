package bpe

import (
	"slices"
	"strings"
	"testing"
)

// Pieces join to the result of Decode, for every kind.
func TestPiecesAreTheText(t *testing.T) {
	for name, tok := range trained(t) {
		for _, text := range append(speech, "\xff\xe6\xbc", "a\xf0\x9f\x99", "\xe6x") {
			ids := tok.Encode(text)
			want, err := tok.Decode(ids)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			before := int32(-1)
			for _, id := range ids {
				b.WriteString(tok.Piece(before, id))
				before = id
			}
			if b.String() != want {
				t.Errorf("%s: the pieces of %q are %q", name, want, b.String())
			}
		}
	}
}

func TestPieceAndSpecial(t *testing.T) {
	all := trained(t)
	words := all["words"]
	ids := words.Encode("the cat\nsat")
	var got []string
	before := int32(-1)
	for _, id := range ids {
		got = append(got, words.Piece(before, id))
		before = id
	}
	if want := []string{"the", " cat", "\n", "sat"}; !slices.Equal(got, want) {
		t.Errorf("pieces %q, want %q", got, want)
	}
	for name, want := range map[string]int{"bytes": 1, "pairs": 1, "characters": 1, "words": 1} /* what is unknown is text */ {
		n := 0
		for id := range int32(all[name].Size()) {
			if all[name].Special(id) {
				n++
			}
		}
		if n != want || !all[name].Special(all[name].End()) || all[name].Special(-1) {
			t.Errorf("%s: %d special tokens, want %d", name, n, want)
		}
	}
}
