package sample

import (
	"strings"
	"unicode/utf8"

	"assay/models/bpe"
)

// Writer puts tokens together to text that can be shown as it grows: it holds back
// what may be the beginning of a character or of a stop, and ends before a stop.
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

// Write takes a token and gives the text that is settled by it. Special tokens are no text.
// more is false once a stop has come: nothing follows.
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

// Rest gives what is still held back, when no more tokens come.
func (w *Writer) Rest() string {
	text := Repaired(w.held)
	w.held = ""
	return text
}

// stop finds the first stop in what is held.
func (w *Writer) stop() (at int, found bool) {
	for _, stop := range w.stops {
		if i := strings.Index(w.held, stop); i >= 0 && (!found || i < at) {
			at, found = i, true
		}
	}
	return at, found
}

// settled is how much of what is held can't be the beginning of a stop.
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

// wholeCharacters is how much of a text comes before a character that may still be
// completed.
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

// Repaired puts U+FFFD in the place of what is no UTF-8: one for each longest beginning
// of a character (Unicode 15, section 3.9, "substitution of maximal subparts").
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

// Character is the first character of a text and its bytes: U+FFFD and the longest
// beginning of a character, or one byte, where it is no UTF-8.
func Character(text string) (r rune, bytes int) {
	r, n := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && n == 1 {
		for n < len(text) && !utf8.FullRuneInString(text[:n]) && beginsCharacter(text[:n+1]) {
			n++
		}
	}
	return r, n
}

// beginsCharacter says whether bytes are a character or its beginning.
func beginsCharacter(text string) bool {
	if !utf8.FullRuneInString(text) {
		return true
	}
	_, n := utf8.DecodeRuneInString(text)
	return n == len(text)
}
