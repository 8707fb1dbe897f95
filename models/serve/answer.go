package serve

import (
	"context"
	"strings"
	"unicode/utf8"

	"assay/models/bpe"
	"assay/models/sample"
)

// spelt is a token of an answer as clients see it.
type spelt struct {
	text    string // with U+FFFD where it is a part of a character
	bytes   string
	logProb *float64 // nil for the first of all
	top     []sample.Alternative
	offset  int // where it begins in the text, in characters
	before  int32
}

// answer is one answer while it grows.
type answer struct {
	tokenizer *bpe.Tokenizer
	writer    *sample.Writer
	echo      string // that stands before it, or ""
	text      strings.Builder
	tokens    []spelt
	keep      bool // tokens
	previous  int32
	runes     int    // whole characters of the tokens so far, the echo's included
	partial   string // and the beginning of one
	added     int    // tokens
	finish    string
}

// newAnswer prepares to read the tokens of a job.
func (s *Server) newAnswer(a *asked, i int) *answer {
	j := &a.jobs[i]
	t := s.config.Model.Tokenizer()
	w := &answer{tokenizer: t, writer: sample.NewWriter(t, j.Prompt, a.stops), keep: a.logProbs, previous: -1}
	if a.echo {
		w.echo = a.texts[i]
		if w.keep {
			w.spell(sample.Token{ID: j.Prompt[0]}, true)
		}
	}
	if !a.echo || !w.keep {
		w.previous = j.Prompt[len(j.Prompt)-1]
		w.runes = utf8.RuneCountInString(w.echo)
	}
	return w
}

// take reads a token and gives what it settles of the text; more is false once a stop
// has come.
func (w *answer) take(t sample.Token) (piece string, more bool) {
	if !t.Added {
		w.spell(t, false)
		return "", true
	}
	w.added++
	if t.ID == w.tokenizer.End() {
		return "", true
	}
	w.spell(t, false)
	piece, more = w.writer.Write(t.ID)
	w.text.WriteString(piece)
	return piece, more
}

// spell notes a token, if tokens are asked for.
func (w *answer) spell(t sample.Token, first bool) {
	raw := sample.Spell(w.tokenizer, w.previous, t.ID)
	if w.keep {
		s := spelt{text: strings.ToValidUTF8(raw, "\ufffd"), bytes: raw, top: t.Top, offset: w.runes, before: w.previous}
		if !first {
			p := t.LogProb
			s.logProb = &p
		}
		w.tokens = append(w.tokens, s)
	}
	w.previous = t.ID
	w.partial += raw
	for len(w.partial) > 0 && utf8.FullRuneInString(w.partial) {
		_, n := utf8.DecodeRuneInString(w.partial)
		w.partial = w.partial[n:]
		w.runes++
	}
}

// end closes the answer and gives what was held back of the text.
func (w *answer) end(finish sample.Finish) (rest string) {
	rest = w.writer.Rest()
	w.text.WriteString(rest)
	w.finish = string(finish)
	// Tokens of a stop, and behind it, are no part of the text.
	length := utf8.RuneCountInString(w.echo) + utf8.RuneCountInString(w.text.String())
	for n := len(w.tokens); n > 0 && w.finish == string(sample.Stop) && w.tokens[n-1].offset >= length && w.tokens[n-1].text != ""; n-- {
		w.tokens = w.tokens[:n-1]
	}
	return rest
}

// decode runs a request's job to its end. Each piece of its text is handed over with the
// tokens since the last; piece may be nil.
func (s *Server) decode(ctx context.Context, a *asked, i int, piece func(text string, tokens []spelt) error) (*answer, error) {
	w := s.newAnswer(a, i)
	begun := s.config.Clock()
	shown := 0
	var failed error
	hand := func(text string) bool {
		if piece != nil && (text != "" || len(w.tokens) > shown) {
			failed = piece(text, w.tokens[shown:])
			shown = len(w.tokens)
		}
		return failed == nil
	}
	if piece != nil && w.echo != "" && !hand(w.echo) {
		return w, failed
	}
	finish, err := s.config.Model.Batcher().Do(ctx, a.jobs[i], func(t sample.Token) bool {
		if t.Added && w.added == 0 {
			s.metrics.first(s.config.Clock().Sub(begun))
		}
		text, more := w.take(t)
		if text == "" {
			return more
		}
		return hand(text) && more
	})
	if failed != nil {
		return w, failed
	}
	if err != nil {
		return w, err
	}
	s.metrics.answer(w.added, s.config.Clock().Sub(begun))
	hand(w.end(finish))
	return w, failed
}
