package serve

import (
	"context"
	"strings"
	"unicode/utf8"

	"assay/models/bpe"
	"assay/models/sample"
)

// shownToken is a token of an answer as clients see it.
type shownToken struct {
	id      int32
	text    string // with U+FFFD for a part of a character
	bytes   string
	logProb *float64 // nil for the first token of the text
	top     []sample.Alternative
	offset  int // where the token starts in the text, in characters
	before  int32
}

// answer is one answer as it grows.
type answer struct {
	tokenizer *bpe.Tokenizer
	writer    *sample.Writer
	echo      string // comes before the answer, or ""
	text      strings.Builder
	tokens    []shownToken
	pieces    []string // the texts of the echo's tokens that are still to come
	keep      bool     // keep tokens
	previous  int32
	runes     int    // complete characters of the tokens so far, including the echo's
	partial   string // and the start of the next character
	said      int    // characters of echo and text sent so far
	added     int    // generated tokens
	finish    string
}

// newAnswer prepares to read the tokens of a job.
func (s *Server) newAnswer(a *parsedRequest, i int) *answer {
	j := &a.jobs[i]
	t := s.config.Model.Tokenizer()
	w := &answer{tokenizer: t, writer: sample.NewWriter(t, j.Prompt, a.stops), keep: a.logProbs, previous: -1}
	if a.echo {
		w.echo = sample.Repaired(a.texts[i]) // tokens may start within a character
		if w.keep {
			w.pieces = a.pieces[i]
			w.spell(sample.Token{ID: j.Prompt[0]}, true)
		}
	}
	if !a.echo || !w.keep {
		w.previous = j.Prompt[len(j.Prompt)-1]
		w.runes = utf8.RuneCountInString(w.echo)
	}
	return w
}

// take reads a token and returns the text that is now final; more is false after a stop sequence.
func (w *answer) take(t sample.Token) (piece string, more bool) {
	if !t.Added {
		w.spell(t, false)
		return "", true
	}
	if w.added++; w.added == 1 {
		w.count(true) // the answer starts with a character of its own
	}
	if w.tokenizer.Special(t.ID) { // special tokens have no text, as in sample.Writer
		w.note(t, w.tokenizer.Token(t.ID), false)
		return "", true
	}
	w.spell(t, false)
	piece, more = w.writer.Write(t.ID)
	w.text.WriteString(piece)
	return piece, more
}

// spell records a token and where the next one starts.
func (w *answer) spell(t sample.Token, first bool) {
	raw := ""
	if len(w.pieces) > 0 {
		raw, w.pieces = w.pieces[0], w.pieces[1:]
	} else {
		raw = w.tokenizer.Piece(w.previous, t.ID)
	}
	if _, n := sample.Character(w.partial + raw); raw != "" && n <= len(w.partial) {
		w.count(true) // the unfinished character of the tokens before is not continued
	}
	w.note(t, raw, first)
	w.previous = t.ID
	w.partial += raw
	w.count(false)
}

// count removes complete characters from the tokens' text; with end, also what is left.
func (w *answer) count(end bool) {
	for len(w.partial) > 0 && (end || utf8.FullRuneInString(w.partial)) {
		_, n := sample.Character(w.partial)
		w.partial = w.partial[n:]
		w.runes++
	}
}

// note keeps a token if the request wants tokens.
func (w *answer) note(t sample.Token, raw string, first bool) {
	if !w.keep {
		return
	}
	s := shownToken{id: t.ID, text: strings.ToValidUTF8(raw, "\ufffd"), bytes: raw, top: t.Top, offset: w.runes, before: w.previous}
	if !first {
		p := t.LogProb
		s.logProb = &p
	}
	w.tokens = append(w.tokens, s)
}

// begun is how many of the kept tokens start within the sent text: what follows may turn out to be a stop
// sequence.
func (w *answer) begun() int {
	n := len(w.tokens)
	for n > 0 && w.tokens[n-1].offset >= w.said {
		n--
	}
	return n
}

// end closes the answer and returns the rest of its text.
func (w *answer) end(finish sample.Finish) (rest string) {
	rest = w.writer.Rest()
	w.text.WriteString(rest)
	w.finish = string(finish)
	// The list excludes the tokens of a stop sequence and after it. It includes the token that ends the text.
	last := len(w.tokens) - 1
	if w.keep && w.finish == string(sample.Stop) && last >= 0 && !w.tokenizer.IsEnd(w.tokens[last].id) {
		w.said = utf8.RuneCountInString(w.echo) + utf8.RuneCountInString(w.text.String())
		w.tokens = w.tokens[:w.begun()]
	}
	return rest
}

// decode runs a request's job to its end. It calls piece, which may be nil, with each piece of text and the
// tokens since the last one.
func (s *Server) decode(ctx context.Context, a *parsedRequest, i int, piece func(text string, tokens []shownToken) error) (*answer, error) {
	w := s.newAnswer(a, i)
	begun := s.config.Clock()
	shown := 0
	var failed error
	hand := func(text string, all bool) bool {
		if piece == nil {
			return true
		}
		w.said += utf8.RuneCountInString(text)
		upTo := len(w.tokens)
		if !all {
			upTo = w.begun()
		}
		if upTo = max(upTo, shown); text != "" || upTo > shown {
			failed = piece(text, w.tokens[shown:upTo])
			shown = upTo
		}
		return failed == nil
	}
	if piece != nil && w.echo != "" && !hand(w.echo, false) {
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
		return hand(text, false) && more
	})
	if failed != nil {
		return w, failed
	}
	if err != nil {
		return w, err
	}
	s.metrics.answer(w.added, s.config.Clock().Sub(begun))
	hand(w.end(finish), true)
	return w, failed
}
