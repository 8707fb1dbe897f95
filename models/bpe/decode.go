package bpe

import (
	"fmt"
	"strings"
)

// Piece is the text that a token adds to a text after another token, -1 at its
// start: for byte pairs and characters [Tokenizer.Token] whatever is before it, for
// words with a space before it but at line ends. Texts of byte pairs may be parts of
// characters.
func (t *Tokenizer) Piece(before, id int32) string {
	text := t.Token(id)
	if t.kind == Words && t.spaced(before, id) {
		return " " + text
	}
	return text
}

// spaced reports whether a space stands between two words.
func (t *Tokenizer) spaced(before, id int32) bool {
	return before >= 0 && t.Token(before) != "\n" && t.Token(id) != "\n"
}

// Special reports whether a token stands for no text of its own: [EndOfText] and, of
// characters and words, [Unknown].
func (t *Tokenizer) Special(id int32) bool {
	return id >= 0 && (id == t.end || id == t.unknown)
}

// Decode puts tokens together. Words are joined by spaces, but at line ends. The
// error names a token that isn't in the vocabulary.
func (t *Tokenizer) Decode(ids []int32) (string, error) {
	size := 0
	for i, id := range ids {
		if !t.has(id) {
			return "", fmt.Errorf("token %d at place %d; the vocabulary has %d", id, i, len(t.tokens))
		}
		size += len(t.tokens[id])
		if t.kind == Words {
			size++
		}
	}
	var b strings.Builder
	b.Grow(size)
	for i, id := range ids {
		if t.kind == Words && i > 0 && t.spaced(ids[i-1], id) {
			b.WriteByte(' ')
		}
		b.WriteString(t.tokens[id])
	}
	return b.String(), nil
}

func (t *Tokenizer) has(id int32) bool { return id >= 0 && int(id) < len(t.tokens) }
