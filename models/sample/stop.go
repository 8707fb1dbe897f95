package sample

import (
	"strings"
	"unicode/utf8"

	"assay/models/bpe"
)

// Writer turns tokens into text that can be shown as it grows. It holds back what may be the start of a
// character or of a stop sequence, and ends before a stop sequence.
type Writer struct {
	tokenizer *bpe.Tokenizer
	stops     []string
	previous  int32
	held      string
	ended     bool
}

// NewWriter writes what comes after a prompt.
func NewWriter(t *bpe.Tokenizer, prompt []int32, stops []string) *Writer {
	w := &Writer{tokenizer: t, previous: -1}
	if len(prompt) > 0 {
		w.previous = prompt[len(prompt)-1]
	}
	for _, stop := range stops {
		if stop != "" {
			w.stops = append(w.stops, stop)
		}
	}
	return w
}

// Write takes a token and returns the text that is now final. Special tokens have no text. more is false
// after a stop sequence: nothing follows.
func (w *Writer) Write(id int32) (text string, more bool) {
	switch {
	case w.ended:
		return "", false
	case w.tokenizer.Special(id):
		return "", true
	}
	w.held += w.tokenizer.Piece(w.previous, id)
	w.previous = id
	if at, found := w.stop(); found {
		w.ended = true
		text, w.held = Repaired(w.held[:at]), ""
		return text, false
	}
	settled := min(w.settled(), wholeCharacters(w.held))
	text, w.held = Repaired(w.held[:settled]), w.held[settled:]
	return text, true
}

// Rest returns the text still held back, when no more tokens come.
func (w *Writer) Rest() string {
	text := Repaired(w.held)
	w.held = ""
	return text
}

// stop finds the first stop sequence in the held text.
func (w *Writer) stop() (at int, found bool) {
	for _, stop := range w.stops {
		if i := strings.Index(w.held, stop); i >= 0 && (!found || i < at) {
			at, found = i, true
		}
	}
	return at, found
}

// settled is how much of the held text can't be the start of a stop sequence.
func (w *Writer) settled() int {
	settled := len(w.held)
	for _, stop := range w.stops {
		for n := min(len(stop)-1, len(w.held)); n > 0; n-- {
			if strings.HasSuffix(w.held, stop[:n]) {
				settled = min(settled, len(w.held)-n)
				break
			}
		}
	}
	return settled
}

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
