package bpe

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Piece is the text that a token adds to a text after another token, -1 at its
// start: for byte pairs and characters [Tokenizer.Token] whatever is before it, for
// words with a space before it but at line ends. Texts of byte pairs may be parts of
// characters: see [Stream].
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

// Stream decodes a text token by token and holds back the bytes of a character until
// it is whole. What [Stream.Add] and [Stream.Rest] give, joined, is what Decode gives
// of the same tokens; bytes that no character can begin with are passed on as they
// are.
type Stream struct {
	t      *Tokenizer
	before int32
	held   []byte // the beginning of a character: at most 3 bytes
}

// Stream begins a text.
func (t *Tokenizer) Stream() *Stream { return &Stream{t: t, before: -1} }

// Add gives the text that is whole with one more token, or an error for one that
// isn't in the vocabulary.
func (s *Stream) Add(id int32) (string, error) {
	if !s.t.has(id) {
		return "", fmt.Errorf("token %d; the vocabulary has %d", id, len(s.t.tokens))
	}
	text := s.t.Piece(s.before, id)
	s.before = id
	if len(s.held) > 0 {
		text = string(s.held) + text
	}
	n := whole(text)
	s.held = append(s.held[:0], text[n:]...)
	return text[:n], nil
}

// Rest gives what is held back, at the end of a text, and begins another.
func (s *Stream) Rest() string {
	rest := string(s.held)
	s.held, s.before = s.held[:0], -1
	return rest
}

// whole is the length of a text without the beginning of a character at its end.
func whole(text string) int {
	for i := len(text) - 1; i >= max(0, len(text)-utf8.UTFMax+1); i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRuneInString(text[i:]) {
				return i
			}
			break
		}
	}
	return len(text)
}
