package linear

import (
	"strings"
	"unicode"
)

// words are a text in small letters, cut in two ways.
type words struct {
	words  []string // between white space
	tokens []string // runs of letters and digits, and every other character alone
}

// split cuts a text. An address is the word "http", and a name of a user the word "@", since those
// of training say nothing about others.
func split(text string) words {
	var w words
	for _, word := range strings.Fields(text) {
		switch lower := strings.ToLower(word); {
		case strings.HasPrefix(lower, "http://"), strings.HasPrefix(lower, "https://"):
			word = "http"
		case strings.HasPrefix(lower, "@") && len(lower) > 1:
			word = "@"
		default:
			word = lower
		}
		w.words = append(w.words, word)
		w.tokens = appendTokens(w.tokens, word)
	}
	return w
}

// appendTokens cuts a word into runs of letters and digits, and single other characters.
func appendTokens(to []string, word string) []string {
	start := -1
	for i, r := range word {
		inside := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\''
		switch {
		case inside && start < 0:
			start = i
		case !inside:
			if start >= 0 {
				to = append(to, word[start:i])
			}
			to, start = append(to, string(r)), -1
		}
	}
	if start >= 0 {
		to = append(to, word[start:])
	}
	return to
}

// Normalised is a text as models see it: two texts with the same normalised text have the same
// score.
func Normalised(text string) string { return strings.Join(split(text).words, " ") }

// Tokens are the words of a text as models see them: runs of letters and digits in small letters, and
// every other character alone.
func Tokens(text string) []string { return split(text).tokens }
