package sample

import (
	"strings"
	"testing"
)

func TestWriterStops(t *testing.T) {
	tokenizer := pairs(t)
	for _, tt := range []struct {
		text  string
		stops []string
		want  string
	}{
		{"the cat sat", []string{"sat"}, "the cat "},
		{"the cat sat", []string{"dog", "cat sat", "at"}, "the c"},
		{"the cat sat", []string{"", "satt"}, "the cat sat"},
		{"the the cat", []string{"the cat"}, "the "},
		{"ababac", []string{"abac"}, "ab"},
		{"猫 🐈!", []string{"!"}, "猫 🐈"},
		{"the", []string{"the"}, ""},
		{"a\xe2\x82 b", nil, "a\ufffd b"},
		{"a\xe2\x82", nil, "a\ufffd"},
	} {
		pieces := write(NewWriter(tokenizer, nil, tt.stops), tokenizer.Encode(tt.text))
		if got := strings.Join(pieces, ""); got != tt.want {
			t.Errorf("%q before %q: %q, want %q", tt.text, tt.stops, got, tt.want)
		}
	}
}
