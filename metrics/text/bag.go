package text

import (
	"strings"
	"unicode"
)

// Words splits a text at white space.
func Words(s string) []string { return strings.FieldsFunc(s, isSpace) }

// Characters splits a text into its characters, without white space.
func Characters(s string) []string {
	var out []string
	for _, r := range s {
		if !isSpace(r) {
			out = append(out, string(r))
		}
	}
	return out
}

// BagF1 is the F-measure of two bags of tokens, 0 to 1: SQuAD's F1. If either is empty, it is 1
// if both are, and otherwise 0.
func BagF1(prediction, gold []string) float64 {
	if len(prediction) == 0 && len(gold) == 0 {
		return 1
	}
	return bagF1(prediction, gold)
}

// Spaced reports whether most letters of a text are of scripts with spaces between words. In
// Chinese, Japanese or Thai, a sentence is one word, and a score by words says nothing.
func Spaced(s string) bool {
	words, others := 0, 0
	for _, r := range s {
		switch {
		case unicode.In(r, unsegmented...):
			others++
		case unicode.In(r, unicode.L, unicode.N):
			words++
		}
	}
	return words >= others
}
