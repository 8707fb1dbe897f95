package bpe

import (
	"slices"
	"strings"
)

// EndsIn returns where each token of a text ends in it, in bytes. Tokens are those of the text from an Encode
// method, or others that decode to it. A prompt's prefix and a space put before the text end at 0. Spaces
// between words belong to the word after them, and those at the end to the last word.
func (t *Tokenizer) EndsIn(text string, tokens []int32) []int {
	if ends := t.plainEnds(text, tokens); ends != nil {
		return ends
	}
	for _, how := range []reading{{}, {literal: true}, {continued: true}} {
		out := sink{track: true}
		t.encode(&out, text, how)
		if t.kind == Words && len(out.ends) > 0 {
			out.ends[len(out.ends)-1] = len(text)
		}
		for _, around := range [][2][]int32{{t.prefix, t.suffix}, {}} {
			prefix, suffix := around[0], around[1]
			if len(tokens) == len(prefix)+len(out.ids)+len(suffix) && slices.Equal(tokens, slices.Concat(prefix, out.ids, suffix)) {
				ends := make([]int, len(prefix), len(tokens))
				ends = append(ends, out.ends...)
				for range suffix {
					ends = append(ends, len(text))
				}
				return ends
			}
		}
	}
	ends := make([]int, len(tokens))
	at, before := 0, int32(-1)
	for i, id := range tokens {
		at += len(t.Piece(before, id))
		ends[i], before = at, id
	}
	return ends
}

// plainEnds is [Tokenizer.EndsIn] if the text is the joined texts of its tokens; otherwise nil.
func (t *Tokenizer) plainEnds(text string, tokens []int32) []int {
	if t.kind != BytePairs || len(tokens) < len(t.prefix)+len(t.suffix) {
		return nil
	}
	ends, at := make([]int, len(tokens)), 0
	for i, id := range tokens {
		if i >= len(t.prefix) && i < len(tokens)-len(t.suffix) {
			token := t.Token(id)
			if !strings.HasPrefix(text[at:], token) {
				return nil
			}
			at += len(token)
		}
		ends[i] = at
	}
	if at != len(text) {
		return nil
	}
	return ends
}
