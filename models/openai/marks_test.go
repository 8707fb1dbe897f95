package openai

import (
	"testing"
	"unicode/utf8"
)

// A text without the first character of any known mark is returned unread.
func TestMarksBeginAsTold(t *testing.T) {
	for _, m := range marks {
		for _, part := range []string{m.start, m.end} {
			if r, _ := utf8.DecodeRuneInString(part); !beginsMark(r) {
				t.Errorf("the mark %q begins with %q, which texts are not searched for", part, r)
			}
		}
	}
}
