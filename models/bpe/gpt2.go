package bpe

import "unicode/utf8"

// piece is the length in bytes of the first piece of a non-empty text, by GPT-2's pattern (openai/gpt-2,
// src/encoder.py):
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// The last character of a run of white space belongs to what follows the run. A byte of invalid UTF-8 counts
// as neither letter, digit nor space.
func (c *classes) piece(text string) int {
	if text[0] == '\'' {
		if n := contraction(text); n > 0 {
			return n
		}
	}
	start := 0
	if text[0] == ' ' && len(text) > 1 {
		start = 1
	}
	r, size := rune(text[start]), 1
	if r >= utf8.RuneSelf {
		r, size = utf8.DecodeRuneInString(text[start:])
	}
	if of := c.of(r); of != space {
		return start + size + c.run(text[start+size:], of)
	}
	end := c.run(text, space)
	if end == len(text) {
		return end
	}
	_, last := utf8.DecodeLastRuneInString(text[:end])
	if end > last {
		return end - last
	}
	return end
}

// contraction is the length of a contraction after an apostrophe: 's, 't, 'm, 'd, 're, 've or 'll; 0 if there
// is none.
func contraction(text string) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case 's', 't', 'm', 'd':
		return 2
	}
	if len(text) > 2 {
		switch text[1:3] {
		case "re", "ve", "ll":
			return 3
		}
	}
	return 0
}
