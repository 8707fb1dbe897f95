package sample

import "assay/models/bpe"

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
