package bpe

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// EndOfText is GPT-2's token between documents, which every tokenizer here has.
const EndOfText = "<|endoftext|>"

// Unknown is the token of characters and words that are not in the vocabulary.
const Unknown = "<unk>"

// Kind is a way to cut text.
type Kind int

const (
	BytePairs  Kind = iota // pieces by GPT-2's pattern, their bytes merged in pairs
	Characters             // each character
	Words                  // what stands between spaces; a line end is a word too
)

// Tokenizer cuts text into tokens. It doesn't change, and may be used by several
// goroutines.
type Tokenizer struct {
	kind    Kind
	tokens  []string // what each stands for
	ids     *index   // of tokens, but for the special ones
	classes *classes
	merges  *merges    // of byte pairs
	ordered []pair     // the merges in the order of their ranks
	bytes   [256]int32 // the tokens of single bytes
	end     int32
	unknown int32 // -1 where nothing is
	whole   bool  // a piece that is a token is that token, whatever merges would make of it
}

// pair is two tokens beside each other.
type pair struct{ left, right int32 }

// Kind is how text is cut.
func (t *Tokenizer) Kind() Kind { return t.kind }

// Size is the number of tokens.
func (t *Tokenizer) Size() int { return len(t.tokens) }

// End is the token [EndOfText].
func (t *Tokenizer) End() int32 { return t.end }

// Token is the text that a token stands for, which for byte pairs may be a part of
// a character; nothing for one that isn't there.
func (t *Tokenizer) Token(id int32) string {
	if id < 0 || int(id) >= len(t.tokens) {
		return ""
	}
	return t.tokens[id]
}

// Encode cuts a text into tokens. Special tokens in it are text like any other.
func (t *Tokenizer) Encode(text string) []int32 {
	return t.AppendEncode(make([]int32, 0, len(text)/3+1), text)
}

// AppendEncode appends the tokens of a text to dst.
func (t *Tokenizer) AppendEncode(dst []int32, text string) []int32 {
	switch t.kind {
	case Characters:
		for len(text) > 0 {
			_, n := utf8.DecodeRuneInString(text)
			dst = append(dst, t.known(text[:n]))
			text = text[n:]
		}
		return dst
	case Words:
		for line, first := range lines(text) {
			if !first {
				dst = append(dst, t.known("\n"))
			}
			for word := range strings.SplitSeq(line, " ") {
				if word != "" {
					dst = append(dst, t.known(word))
				}
			}
		}
		return dst
	}
	var long longText
	for len(text) > 0 {
		n := t.classes.piece(text)
		dst = t.appendPiece(dst, text[:n], &long)
		text = text[n:]
	}
	return dst
}

// lines are a text's lines without their ends, and whether each is the first.
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

// known is the token of a character or a word.
func (t *Tokenizer) known(text string) int32 {
	if id := t.ids.find(text); id >= 0 {
		return id
	}
	return t.unknown
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
	return t, t.index(t.unknown, t.end)
}

// index makes the tokens findable, but for special ones.
func (t *Tokenizer) index(special ...int32) error {
	ids, twice := newIndex(t.tokens, special...)
	if twice >= 0 {
		return fmt.Errorf("token %q is there twice", t.tokens[twice])
	}
	t.ids = ids
	return nil
}

// newPairs makes a tokenizer of byte pairs from its tokens, each the bytes that it
// stands for, and its merges in their order.
func newPairs(tokens []string, ordered []pair) (*Tokenizer, error) {
	t := &Tokenizer{tokens: slices.Clip(tokens), classes: allClasses(), ordered: ordered, unknown: -1}
	if t.end = int32(slices.Index(tokens, EndOfText)); t.end < 0 {
		t.end = int32(len(tokens))
		t.tokens = append(t.tokens, EndOfText)
	}
	if err := t.index(t.end); err != nil {
		return nil, err
	}
	for b := range 256 {
		if t.bytes[b] = t.ids.find(string([]byte{byte(b)})); t.bytes[b] < 0 {
			return nil, fmt.Errorf("no token for the byte %#02x", b)
		}
	}
	into := make([]int32, len(ordered))
	for rank, p := range ordered {
		text := t.tokens[p.left] + t.tokens[p.right]
		if into[rank] = t.ids.find(text); into[rank] < 0 {
			return nil, fmt.Errorf("merge %d gives %q, which is no token", rank+1, text)
		}
	}
	var twice int
	if t.merges, twice = newMerges(ordered, into); twice >= 0 {
		return nil, fmt.Errorf("merge %d is there twice", twice+1)
	}
	return t, nil
}
