package bpe

import (
	"slices"
	"unicode/utf8"
)

// Encode cuts a text into tokens. Added tokens written in it, such as [EndOfText], become those tokens, as in
// Hugging Face's tokenizer.encode(text, add_special_tokens=False).
func (t *Tokenizer) Encode(text string) []int32 {
	return t.AppendEncode(make([]int32, 0, len(text)/3+1), text)
}

// AppendEncode appends the tokens of a text to dst.
func (t *Tokenizer) AppendEncode(dst []int32, text string) []int32 {
	out := sink{ids: dst}
	t.encode(&out, text, reading{})
	return out.ids
}

// EncodeLiteral is [Tokenizer.Encode], but special tokens written in the text are ordinary text: Hugging
// Face's split_special_tokens=True.
func (t *Tokenizer) EncodeLiteral(text string) []int32 {
	out := sink{ids: make([]int32, 0, len(text)/3+1)}
	t.encode(&out, text, reading{literal: true})
	return out.ids
}

// AppendContinuation appends the tokens of a text that continues another one: without the space that some
// tokenizers put before a text's first word.
func (t *Tokenizer) AppendContinuation(dst []int32, text string) []int32 {
	out := sink{ids: dst}
	t.encode(&out, text, reading{continued: true})
	return out.ids
}

// EncodePrompt returns a prompt's tokens: [Tokenizer.Prefix], the text's, [Tokenizer.Suffix], as Hugging
// Face's tokenizer.encode(text) does. literal reads special tokens in the prompt as ordinary text.
func (t *Tokenizer) EncodePrompt(text string, literal bool) []int32 {
	out := sink{ids: slices.Clone(t.prefix)}
	t.encode(&out, text, reading{literal: literal})
	return append(out.ids, t.suffix...)
}

// reading is how a text is read.
type reading struct {
	literal   bool // special tokens are ordinary text
	continued bool // the text continues another one
}

// sink collects tokens and, if requested, the place in the text where each ends.
type sink struct {
	ids   []int32
	ends  []int // bytes of the text
	track bool
	long  longText
}

// put adds a token that ends at a place of the text.
func (s *sink) put(id int32, end int) {
	s.ids = append(s.ids, id)
	if s.track {
		s.ends = append(s.ends, end)
	}
}

// encode runs all steps: it finds added tokens in the original text, normalises the rest, finds added tokens
// in that too, and cuts what is left.
func (t *Tokenizer) encode(out *sink, text string, how reading) {
	whole := span{text: text}
	if out.track {
		whole.ends = places(text)
	}
	first := !how.continued
	how.literal = how.literal || t.literal
	t.added.raw.split(whole, how.literal, func(part span, id int32) {
		if id >= 0 {
			out.put(id, part.end())
			return
		}
		for _, normalise := range t.before.normalizers {
			part = normalise(part)
		}
		t.added.normalized.split(part, how.literal, func(part span, id int32) {
			if id >= 0 {
				out.put(id, part.end())
				return
			}
			t.cut(out, part, first || part.start > 0)
		})
	})
}

// cut makes tokens of a text without added tokens. first means that a space may be put before its first word.
func (t *Tokenizer) cut(out *sink, part span, first bool) {
	switch t.kind {
	case Characters:
		for at := 0; at < len(part.text); {
			_, n := utf8.DecodeRuneInString(part.text[at:])
			out.put(t.known(part.text[at:at+n]), part.at(at+n))
			at += n
		}
	case Words:
		at := 0
		word := func(n int) {
			if n > 0 {
				out.put(t.known(part.text[at:at+n]), part.at(at+n))
			}
			at += n
		}
		for i := 0; i < len(part.text); i++ {
			switch part.text[i] {
			case ' ':
				word(i - at)
				at++
			case '\n':
				word(i - at)
				word(1)
			}
		}
		word(len(part.text) - at)
	default:
		if t.before.plain && !out.track {
			for text := part.text; len(text) > 0; {
				n := t.classes.piece(text)
				out.ids = t.appendPiece(out.ids, text[:n], &out.long)
				text = text[n:]
			}
			return
		}
		t.before.pieces(part, first, t.classes, func(piece span) { t.merge(out, piece) })
	}
}

// merge makes tokens of a piece for byte pairs.
func (t *Tokenizer) merge(out *sink, piece span) {
	from := len(out.ids)
	out.ids = t.appendPiece(out.ids, piece.text, &out.long)
	if out.track {
		at := 0
		for _, id := range out.ids[from:] {
			at += len(t.tokens[id])
			out.ends = append(out.ends, piece.at(at))
		}
	}
}

// known is the token of a character or a word.
func (t *Tokenizer) known(text string) int32 {
	if id := t.ids.find(text); id >= 0 {
		return id
	}
	return t.unknown
}
