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
	tokens  []string         // what each stands for
	ids     map[string]int32 // of tokens, but for the special ones
	merges  map[pair]merge   // of byte pairs
	ordered []pair           // the merges in the order of their ranks
	bytes   [256]int32       // the tokens of single bytes
	end     int32
	unknown int32 // -1 where nothing is
	whole   bool  // a piece that is a token is that token, whatever merges would make of it
}

// pair is two tokens beside each other.
type pair struct{ left, right int32 }

// merge is what becomes of a pair; the lowest rank goes first.
type merge struct {
	rank int32
	into int32
}

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
	for len(text) > 0 {
		n := piece(text)
		dst = t.appendPiece(dst, text[:n])
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
	if id, ok := t.ids[text]; ok {
		return id
	}
	return t.unknown
}

// Decode puts tokens together. Words are joined by spaces, but at line ends. The
// error names a token that isn't in the vocabulary.
func (t *Tokenizer) Decode(ids []int32) (string, error) {
	var b strings.Builder
	for i, id := range ids {
		if id < 0 || int(id) >= len(t.tokens) {
			return "", fmt.Errorf("token %d at place %d; the vocabulary has %d", id, i, len(t.tokens))
		}
		if t.kind == Words && i > 0 && t.tokens[id] != "\n" && t.tokens[ids[i-1]] != "\n" {
			b.WriteByte(' ')
		}
		b.WriteString(t.tokens[id])
	}
	return b.String(), nil
}

// newWords makes a tokenizer of characters or words, in their order.
func newWords(kind Kind, words []string) (*Tokenizer, error) {
	t := &Tokenizer{kind: kind, ids: make(map[string]int32, len(words)), end: -1, unknown: -1}
	for _, word := range words {
		if _, ok := t.ids[word]; ok {
			return nil, fmt.Errorf("token %q is there twice", word)
		}
		t.ids[word] = int32(len(t.tokens))
		t.tokens = append(t.tokens, word)
	}
	for _, special := range []struct {
		name string
		id   *int32
	}{{Unknown, &t.unknown}, {EndOfText, &t.end}} {
		if _, ok := t.ids[special.name]; !ok {
			t.ids[special.name] = int32(len(t.tokens))
			t.tokens = append(t.tokens, special.name)
		}
		*special.id = t.ids[special.name]
		delete(t.ids, special.name)
	}
	return t, nil
}

// newPairs makes a tokenizer of byte pairs from its tokens, each the bytes that it
// stands for, and its merges in their order.
func newPairs(tokens []string, merges []pair) (*Tokenizer, error) {
	t := &Tokenizer{tokens: tokens, ids: make(map[string]int32, len(tokens)), merges: make(map[pair]merge, len(merges)), ordered: merges, end: -1, unknown: -1}
	for id, token := range tokens {
		if token == EndOfText {
			t.end = int32(id)
			continue
		}
		if _, ok := t.ids[token]; ok {
			return nil, fmt.Errorf("token %q is there twice", token)
		}
		t.ids[token] = int32(id)
	}
	if t.end < 0 {
		t.end = int32(len(t.tokens))
		t.tokens = append(slices.Clip(t.tokens), EndOfText)
	}
	for b := range 256 {
		id, ok := t.ids[string([]byte{byte(b)})]
		if !ok {
			return nil, fmt.Errorf("no token for the byte %#02x", b)
		}
		t.bytes[b] = id
	}
	for rank, m := range merges {
		into, ok := t.ids[t.tokens[m.left]+t.tokens[m.right]]
		if !ok {
			return nil, fmt.Errorf("merge %d gives %q, which is no token", rank+1, t.tokens[m.left]+t.tokens[m.right])
		}
		if _, ok := t.merges[m]; ok {
			return nil, fmt.Errorf("merge %d is there twice", rank+1)
		}
		t.merges[m] = merge{int32(rank), into}
	}
	return t, nil
}
