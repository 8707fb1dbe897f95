package bpe

import (
	"fmt"
	"slices"
	"strings"
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
