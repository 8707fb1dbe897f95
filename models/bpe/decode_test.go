package bpe

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A stream's parts, joined, are what Decode gives, whatever the kind; no part ends
// within a character, and what is held back is never more than 3 bytes.
func TestStream(t *testing.T) {
	for name, tok := range trained(t) {
		s := tok.Stream()
		for _, text := range append(speech, "\xff\xe6\xbc", "a\xf0\x9f\x99", "\xe6x") {
			ids := tok.Encode(text)
			want, err := tok.Decode(ids)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, id := range ids {
				part, err := s.Add(id)
				if err != nil {
					t.Fatal(err)
				}
				if utf8.ValidString(text) && !utf8.ValidString(part) {
					t.Errorf("%s: %q has the part %q", name, text, part)
				}
				b.WriteString(part)
			}
			rest := s.Rest()
			if got := b.String() + rest; got != want || len(rest) > 3 {
				t.Errorf("%s: %q streams as %q with a rest of %q", name, want, got, rest)
			}
		}
		if _, err := s.Add(int32(tok.Size())); err == nil {
			t.Errorf("%s: added a token that isn't there", name)
		}
	}
	s := NewBytes().Stream()
	var parts []string
	for _, b := range []byte("é漢!") {
		part, err := s.Add(int32(b))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part)
	}
	if want := []string{"", "é", "", "", "漢", "!"}; !slices.Equal(parts, want) {
		t.Errorf("parts %q, want %q", parts, want)
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
	for name, want := range map[string]int{"bytes": 1, "pairs": 1, "characters": 2, "words": 2} {
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
