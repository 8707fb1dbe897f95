package bpe

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// EndOfText is GPT-2's token between documents. Tokenizers that are made here have it; others may end texts
// with another token.
const EndOfText = "<|endoftext|>"

// Unknown is the token for characters and words outside the vocabulary.
const Unknown = "<unk>"

// Kind is a way to cut text into tokens.
type Kind int

const (
	BytePairs  Kind = iota // pieces by a pattern, their bytes merged in pairs
	Characters             // each character
	Words                  // words between spaces; a line end is a word too
)

// Tokenizer cuts text into tokens. It is immutable and safe for concurrent use.
type Tokenizer struct {
	kind    Kind
	tokens  []string       // the text of each token
	missing []int32        // ids below the largest without a token
	apart   map[int32]bool // ids that no piece becomes: missing ones, and tokens added besides the merges
	ids     *index         // of the others
	classes *classes
	merges  *merges    // of byte pairs
	ordered []pair     // the merges in the order of their ranks
	bytes   [256]int32 // the tokens of single bytes
	end     int32      // the first of ends
	unknown int32      // -1 if nothing is unknown
	whole   bool       // a piece that is a token is that token, whatever the merges would make of it

	added    added    // tokens that are found in a text before it is cut
	before   pipeline // what happens to a text before its pieces are merged
	prefix   []int32  // what a prompt starts with
	suffix   []int32  // what a prompt ends with
	ends     []int32  // tokens that end a text
	notices  []string
	literal  bool   // special tokens in texts are always ordinary text
	settings string // what tokenizer.json and its neighbours say besides tokens and merges
	source   source // the files that it was read from
}

// pair is two adjacent tokens.
type pair struct{ left, right int32 }

// Kind returns how text is cut.
func (t *Tokenizer) Kind() Kind { return t.kind }

// Size is the largest id, plus one.
func (t *Tokenizer) Size() int { return len(t.tokens) }

// Missing lists the ids below [Tokenizer.Size] without a token, ascending.
func (t *Tokenizer) Missing() []int32 { return t.missing }

// End is the token put after a text: the tokenizer's eos_token, or [EndOfText].
func (t *Tokenizer) End() int32 { return t.end }

// Ends are all tokens that end a text when a model writes them, with [Tokenizer.End] first if it is one of
// them: see [Load].
func (t *Tokenizer) Ends() []int32 { return t.ends }

// IsEnd reports whether a token ends a text.
func (t *Tokenizer) IsEnd(id int32) bool { return slices.Contains(t.ends, id) }

// Prefix is what [Tokenizer.EncodePrompt] puts before a text.
func (t *Tokenizer) Prefix() []int32 { return t.prefix }

// Suffix is what [Tokenizer.EncodePrompt] puts after a text.
func (t *Tokenizer) Suffix() []int32 { return t.suffix }

// Notices lists what may surprise about the tokenizer's files, a line each.
func (t *Tokenizer) Notices() []string { return t.notices }

// Token is the text of a token, which for byte pairs may be a part of a character; "" for an id without a
// token.
func (t *Tokenizer) Token(id int32) string {
	if id < 0 || int(id) >= len(t.tokens) {
		return ""
	}
	return t.tokens[id]
}

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

// TrimEnd removes end tokens from a text's tokens, for callers that add one themselves.
func (t *Tokenizer) TrimEnd(tokens []int32) []int32 {
	for len(tokens) > 0 && tokens[len(tokens)-1] == t.end {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

// newWords makes a tokenizer of characters or words, in their order.
func newWords(kind Kind, words []string) (*Tokenizer, error) {
	t := &Tokenizer{kind: kind, tokens: slices.Clip(words), end: -1, unknown: -1}
	for _, special := range []struct {
		name string
		id   *int32
	}{{Unknown, &t.unknown}, {EndOfText, &t.end}} {
		if *special.id = int32(slices.Index(t.tokens, special.name)); *special.id < 0 {
			*special.id = int32(len(t.tokens))
			t.tokens = append(t.tokens, special.name)
		}
	}
	ids := []int32{t.unknown, t.end}
	slices.Sort(ids)
	for _, id := range ids {
		t.added.add(addedToken{ID: id, Content: t.tokens[id], Special: true}, nil)
	}
	t.ends, t.apart = []int32{t.end}, map[int32]bool{t.unknown: true, t.end: true}
	return t, t.index()
}

// index makes the tokens findable, except those apart.
func (t *Tokenizer) index() error {
	ids, twice := newIndex(t.tokens, t.apart)
	if twice >= 0 {
		return fmt.Errorf("token %q occurs twice", t.tokens[twice])
	}
	t.ids = ids
	return nil
}

// newPairs makes a byte-pair tokenizer from its tokens' bytes and its merges in order. It adds [EndOfText] if
// that is missing.
func newPairs(tokens []string, ordered []pair) (*Tokenizer, error) {
	t := &Tokenizer{tokens: slices.Clip(tokens), ordered: ordered, before: gpt2Pieces()}
	if t.end = int32(slices.Index(tokens, EndOfText)); t.end < 0 {
		t.end = int32(len(tokens))
		t.tokens = append(t.tokens, EndOfText)
	}
	t.added.add(addedToken{ID: t.end, Content: EndOfText, Special: true}, nil)
	t.ends, t.apart = []int32{t.end}, map[int32]bool{t.end: true}
	return t, t.usePairs()
}

// usePairs makes the tokens findable and prepares the merges.
func (t *Tokenizer) usePairs() error {
	t.classes, t.unknown = allClasses(), -1
	if err := t.index(); err != nil {
		return err
	}
	for b := range 256 {
		if t.bytes[b] = t.ids.find(string([]byte{byte(b)})); t.bytes[b] < 0 {
			return fmt.Errorf("no token for the byte %#02x", b)
		}
	}
	into := make([]int32, len(t.ordered))
	for rank, p := range t.ordered {
		text := t.tokens[p.left] + t.tokens[p.right]
		if into[rank] = t.ids.find(text); into[rank] < 0 {
			return fmt.Errorf("merge %d gives %q, which is not a token", rank+1, text)
		}
	}
	var twice int
	if t.merges, twice = newMerges(t.ordered, into); twice >= 0 {
		return fmt.Errorf("merge %d occurs twice", twice+1)
	}
	return nil
}

// lines returns a text's lines without their ends, and whether each is the first.
func lines(text string) func(func(string, bool) bool) {
	return func(yield func(string, bool) bool) {
		first := true
		for line := range strings.SplitSeq(text, "\n") {
			if !yield(line, first) {
				return
			}
			first = false
		}
	}
}
