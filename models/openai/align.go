package openai

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// The places of an echo's tokens in the text are found from the tokens' own texts, from the end of the text
// backwards. Servers' offsets count characters, bytes, UTF-16 units or replacement characters, and drift in
// some, so they only choose between alignments that the texts leave open.

var (
	errUnaligned = errors.New("the echoed tokens don't add up to the prompt and the choice")
	errUnclear   = errors.New("the echoed tokens don't show which of them are the choice's")
	errDisorder  = errors.New("the answer's tokens are out of order")
)

// mostBefore is the largest number of tokens before the text that count as marks of its beginning. Known
// cases have one (<s>) or two ([gMASK] and sop of ChatGLM).
const mostBefore = 3

// mostAfter is the largest number of tokens after the text: one is requested, but some servers return more.
const mostAfter = 16

// alignment is a way in which tokens may add up to the text. Tokens first to last are the choice's, and the
// first of them starts at the text's byte start. before is how many tokens precede the text without being in
// it.
type alignment struct {
	first, last, start, before int
}

// sameTokens reports whether two alignments give the choice the same tokens.
func (a alignment) sameTokens(b alignment) bool { return a.first == b.first && a.last == b.last }

// align finds the tokens of the choice, which is text from byte boundary on, without what was generated after
// it. A token across the boundary belongs to the choice. said is the answer's text.
func (l *logprobs) align(text string, boundary int, said string) (first, last int, err error) {
	if !slices.IsSorted(l.offsets()) {
		return 0, 0, errDisorder
	}
	for _, read := range readings {
		found := l.alignments(read, text, boundary, said)
		if len(found) == 0 {
			continue
		}
		one, err := l.only(found, text)
		if err != nil {
			return 0, 0, err
		}
		if !read.partial {
			one.first, err = l.withPieces(one.first)
		}
		return one.first, one.last, err
	}
	return 0, 0, errUnaligned
}

// only returns the single alignment. If the tokens' texts leave several, it keeps those that agree with the
// offsets in some unit.
func (l *logprobs) only(found []alignment, text string) (alignment, error) {
	unclear := func() bool {
		return slices.ContainsFunc(found, func(a alignment) bool { return !a.sameTokens(found[0]) })
	}
	if unclear() {
		offsets := l.offsets()
		found = slices.DeleteFunc(found, func(a alignment) bool { return !l.agrees(a, offsets, text) })
		if len(found) == 0 || unclear() {
			return alignment{}, errUnclear
		}
	}
	return found[0], nil
}

// agrees reports whether the offsets, in some unit, place the choice's first token and the end of the text
// where the alignment does.
func (l *logprobs) agrees(a alignment, offsets []int, text string) bool {
	if len(offsets) <= a.last+1 {
		return false
	}
	if a.first > a.before && offsets[a.first-1] == offsets[a.first] && l.Tokens[a.first-1] != "" {
		return false // the character's first token is an earlier one
	}
	base := offsets[a.before]
	for _, unit := range []func(string) int{utf8.RuneCountInString, byteCount, utf16Count} {
		if offsets[a.first]-base == unit(text[:a.start]) && offsets[a.last+1]-base == unit(text) {
			return true
		}
	}
	return false
}

func byteCount(text string) int { return len(text) }

// utf16Count is a text's length in UTF-16 code units.
func utf16Count(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// alignments returns those under one reading with the fewest tokens before the text.
func (l *logprobs) alignments(read reading, text string, boundary int, said string) (found []alignment) {
	w := newWalk(l.Tokens, read, text)
	sure, all := l.lasts(read, text, said)
	for _, lasts := range [][]int{sure, all} {
		fewest := mostBefore
		for _, last := range lasts {
			for _, a := range w.choices(last, boundary) {
				a.before = w.before(a.first, a.start)
				if a.before < fewest {
					found, fewest = found[:0], a.before
				}
				if a.before == fewest {
					found = append(found, a)
				}
			}
		}
		if len(found) > 0 { // a generated special token is in no text
			return found
		}
	}
	return nil
}

// lasts returns the tokens that may be the last of the text. sure are those followed by the tokens of the
// rest of the answer's text.
func (l *logprobs) lasts(read reading, text, said string) (sure, all []int) {
	rest, echoed := strings.CutPrefix(said, text)
	w := newWalk(l.Tokens, read, rest)
	for last := len(l.Tokens) - 1; last >= max(0, len(l.Tokens)-1-mostAfter); last-- {
		if l.Tokens[last] == "" && last > 0 && !read.partial { // an end of text that was generated
			continue
		}
		all = append(all, last)
		if echoed && w.covers(last+1) {
			sure = append(sure, last)
		}
	}
	return sure, all
}

// walk goes from token to token to the left, over all places in the text at which the tokens so far may
// start.
type walk struct {
	tokens     []string
	read       reading
	text       string
	marks      []int32        // of places, by the last step that reached them
	step       int32          // steps so far
	ends, next []int          // where the next token may end
	known      map[[2]int]int // results of before
	starts     []int
}

func newWalk(tokens []string, read reading, text string) *walk {
	return &walk{tokens: tokens, read: read, text: text, marks: make([]int32, len(text)+1), known: map[[2]int]int{}}
}

// covers reports whether the tokens from from on are the text; empty tokens may precede them.
func (w *walk) covers(from int) bool {
	w.ends = append(w.ends[:0], len(w.text))
	for i := len(w.tokens) - 1; i >= from; i-- {
		if w.tokens[i] != "" {
			w.left(w.tokens[i])
		}
	}
	return slices.Contains(w.ends, 0)
}

// left takes one more token: from places where it may end to those where it may start.
func (w *walk) left(token string) {
	w.step++
	w.next = w.next[:0]
	for _, end := range w.ends {
		if end == 0 {
			continue
		}
		w.starts = w.read.starts(w.starts[:0], token, w.text, end)
		for _, start := range w.starts {
			if w.marks[start] != w.step {
				w.marks[start] = w.step
				w.next = append(w.next, start)
			}
		}
	}
	w.ends, w.next = w.next, w.ends
}

// choices returns the ways in which the choice's tokens may end with token last: the first of them starts at
// the boundary or before it.
func (w *walk) choices(last, boundary int) (all []alignment) {
	w.ends = append(w.ends[:0], len(w.text))
	for i := last; i >= 0 && len(w.ends) > 0; i-- {
		w.left(w.tokens[i])
		beyond := w.ends[:0]
		for _, start := range w.ends {
			if start > boundary {
				beyond = append(beyond, start)
			} else {
				all = append(all, alignment{first: i, last: last, start: start})
			}
		}
		w.ends = beyond
	}
	return all
}

// before is the smallest number of tokens outside the text, if the first n tokens consist of them and of the
// text up to byte end; more than mostBefore if they don't.
func (w *walk) before(n, end int) int {
	key := [2]int{n, end}
	if known, ok := w.known[key]; ok {
		return known
	}
	fewest := mostBefore + 1
	w.ends = append(w.ends[:0], end)
	for i := n; len(w.ends) > 0; i-- {
		if slices.Contains(w.ends, 0) {
			fewest = min(fewest, i)
		}
		if i == 0 {
			break
		}
		w.left(w.tokens[i-1])
	}
	w.known[key] = fewest
	return fewest
}

// withPieces moves the choice's first token to the left over empty ones. Some servers hold back the pieces of
// a character until it is complete: its tokens are empty except the last, which is the character. Before
// plain text nothing shows which text an empty token belongs to, except that the first token starts the text.
func (l *logprobs) withPieces(first int) (int, error) {
	begin := first
	for begin > 0 && l.Tokens[begin-1] == "" {
		begin--
	}
	switch {
	case begin == first:
		return first, nil
	case !isASCII(l.Tokens[first]):
		return begin, nil
	case first == 1:
		return first, nil
	}
	return 0, errUnclear
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
