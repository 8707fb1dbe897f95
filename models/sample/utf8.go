package sample

import (
	"strings"
	"unicode/utf8"
)

// wholeCharacters is how much of a text comes before a character that may still be completed.
func wholeCharacters(text string) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRuneInString(tail) {
				return len(text) - n
			}
			break
		}
	}
	return len(text)
}

// Repaired replaces invalid UTF-8 by U+FFFD: one for each maximal subpart of a character (Unicode 15, section
// 3.9, "substitution of maximal subparts").
func Repaired(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := Character(text)
		b.WriteRune(r)
		text = text[n:]
	}
	return b.String()
}

// Character returns the first character of a text and its length in bytes. For invalid UTF-8 it is U+FFFD,
// and the length that of the maximal subpart, or 1.
func Character(text string) (r rune, bytes int) {
	r, n := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && n == 1 {
		for n < len(text) && !utf8.FullRuneInString(text[:n]) && beginsCharacter(text[:n+1]) {
			n++
		}
	}
	return r, n
}

// beginsCharacter reports whether bytes are a character or the start of one.
func beginsCharacter(text string) bool {
	if !utf8.FullRuneInString(text) {
		return true
	}
	_, n := utf8.DecodeRuneInString(text)
	return n == len(text)
}
