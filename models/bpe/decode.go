package bpe

import (
	"fmt"
	"slices"
	"strings"
)

// Piece is the text that a token adds to a text after the token before, which is -1 at the start. For byte
// pairs and characters it is always [Tokenizer.Token]; words have a space before them except at line ends.
// Texts of byte pairs may be parts of characters.
func (t *Tokenizer) Piece(before, id int32) string {
	text := t.Token(id)
	if t.kind == Words && t.spaced(before, id) {
		return " " + text
	}
	return text
}

// spaced reports whether a space separates two words.
func (t *Tokenizer) spaced(before, id int32) bool {
	return before >= 0 && t.Token(before) != "\n" && t.Token(id) != "\n"
}

// Special reports whether a token has no text when a model writes it: an end token or a special token, as in
// Hugging Face's skip_special_tokens. [Unknown] has text.
func (t *Tokenizer) Special(id int32) bool {
	if id == t.unknown {
		return false
	}
	special := func(a addedToken) bool { return a.ID == id && a.Special }
	return t.IsEnd(id) || slices.ContainsFunc(t.added.all, special)
}

// Decode joins the texts of tokens. Words are separated by spaces, except at line ends. The error names a
// token that isn't in the vocabulary.
func (t *Tokenizer) Decode(ids []int32) (string, error) {
	size := 0
	for i, id := range ids {
		if !t.has(id) {
			return "", fmt.Errorf("token %d at place %d is outside the vocabulary of %d", id, i, len(t.tokens))
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

// has reports whether an id has a token.
func (t *Tokenizer) has(id int32) bool {
	_, missing := slices.BinarySearch(t.missing, id)
	return id >= 0 && int(id) < len(t.tokens) && !missing
}
