package bpe

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// class is what GPT-2's pattern tells characters apart by.
type class int

const (
	other class = iota
	letter
	digit
	space
)

func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			return letter
		case '0' <= r && r <= '9':
			return digit
		case r == ' ', '\t' <= r && r <= '\r':
			return space
		}
		return other
	case unicode.IsLetter(r):
		return letter
	case unicode.IsNumber(r):
		return digit
	case unicode.IsSpace(r):
		return space
	}
	return other
}

// contractions stand alone after an apostrophe.
var contractions = []string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}

// piece is the length in bytes of the first piece of a text that isn't empty, by
// GPT-2's pattern (openai/gpt-2, src/encoder.py):
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// Of a run of white space before something else the last character is left to it.
// A byte that is no UTF-8 counts as neither letter, digit nor space.
func piece(text string) int {
	if text[0] == '\'' {
		for _, c := range contractions {
			if strings.HasPrefix(text, c) {
				return len(c)
			}
		}
	}
	start := 0
	if text[0] == ' ' && len(text) > 1 {
		start = 1
	}
	r, size := utf8.DecodeRuneInString(text[start:])
	if c := classOf(r); c != space {
		return start + size + run(text[start+size:], c)
	}
	end := run(text, space)
	if end == len(text) {
		return end
	}
	_, last := utf8.DecodeLastRuneInString(text[:end])
	if end > last {
		return end - last
	}
	return end
}

// run is the length of the characters of one class that a text begins with.
func run(text string, c class) int {
	for i, r := range text {
		if classOf(r) != c {
			return i
		}
	}
	return len(text)
}
