package openai

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// Where the tokens of an echo are in the text is read off their own texts, from
// the end of the text backwards. Offsets count characters, bytes, UTF-16 units or
// replacement characters in various servers, and drift in some, so they only
// choose between alignments that the texts leave open.

var (
	errUnaligned = errors.New("the echoed tokens don't add up to the prompt and the choice")
	errUnclear   = errors.New("the echoed tokens don't show which of them are the choice's")
	errDisorder  = errors.New("the answer's tokens are out of order")
)

// mostBefore is the most tokens before the text that count as marks of its
// beginning. Known are one (<s>) and two ([gMASK] and sop of ChatGLM).
const mostBefore = 3

// alignment is a way in which tokens may add up to the text. Tokens first to last
// are the choice's, and the first of them begins at the text's byte start. Before
// is how many tokens come before the text and are not in it.
type alignment struct {
	first, last, start, before int
}

// sameTokens says whether two alignments give the choice the same tokens.
func (a alignment) sameTokens(b alignment) bool { return a.first == b.first && a.last == b.last }

// align finds the tokens of the choice, which is text from byte boundary on. What
// was generated after them is no part of it. A token that straddles the boundary
// is the choice's. Said is the answer's text.
func (l *logprobs) align(text string, boundary int, said string) (first, last int, err error) {
	if !slices.IsSorted(l.offsets()) {
		return 0, 0, errDisorder
	}
	for _, read := range readings {
		found := l.alignments(read, text, boundary)
		if len(found) == 0 {
			continue
		}
		one, err := l.only(found, text, said)
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

// only is the one alignment that there is. Where the tokens' texts leave several,
// those remain that the answer's text agrees with, and then those that the offsets
// agree with in some unit.
func (l *logprobs) only(found []alignment, text, said string) (alignment, error) {
	offsets := l.offsets()
	for _, differs := range []func(a alignment) bool{
		func(a alignment) bool {
			rest, echoed := strings.CutPrefix(said, text)
			return echoed && rest != strings.Join(l.Tokens[a.last+1:], "")
		},
		func(a alignment) bool { return !l.agrees(a, offsets, text) },
		func(alignment) bool { return true },
	} {
		if !slices.ContainsFunc(found, func(a alignment) bool { return !a.sameTokens(found[0]) }) {
			return found[0], nil
		}
		if found = slices.DeleteFunc(found, differs); len(found) == 0 {
			break
		}
	}
	return alignment{}, errUnclear
}

// agrees says whether the offsets, in some unit, put the choice's first token and
// the end of the text where the alignment has them.
func (l *logprobs) agrees(a alignment, offsets []int, text string) bool {
	if len(offsets) <= a.last+1 {
		return false
	}
	if a.first > a.before && offsets[a.first-1] == offsets[a.first] && l.Tokens[a.first-1] != "" {
		return false // the first token of a character is the one before
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

// alignments are those under one reading with the fewest tokens before the text.
func (l *logprobs) alignments(read reading, text string, boundary int) (found []alignment) {
	fewest := mostBefore
	for last := len(l.Tokens) - 1; last >= 0; last-- {
		if l.Tokens[last] == "" && last > 0 && !read.partial { // an end of text that was generated
			continue
		}
		for _, a := range l.endingWith(last, read, text, boundary) {
			if a.before < fewest {
				found, fewest = found[:0], a.before
			}
			if a.before == fewest && !slices.Contains(found, a) {
				found = append(found, a)
			}
		}
	}
	return found
}

// step is an alignment in the making: end is where the next token to the left
// ends.
type step struct {
	alignment
	end int
}

// endingWith are the alignments in which token last ends the text.
func (l *logprobs) endingWith(last int, read reading, text string, boundary int) (found []alignment) {
	steps := []step{{alignment{first: -1, last: last}, len(text)}}
	var next []step
	var starts []int
	seen := map[step]bool{}
	add := func(s step) {
		if len(next) == 0 || !seen[s] {
			seen[s] = true
			next = append(next, s)
		}
	}
	for i := last; i >= 0 && len(steps) > 0; i-- {
		next = next[:0]
		clear(seen)
		for _, s := range steps {
			if s.end == 0 {
				s.before++
				add(s)
				continue
			}
			starts = read.starts(starts[:0], l.Tokens[i], text, s.end)
			for _, start := range starts {
				one := step{s.alignment, start}
				if s.end > boundary {
					one.first, one.start = i, start
				}
				add(one)
			}
		}
		steps, next = next, steps
	}
	for _, s := range steps {
		if s.end == 0 && s.first >= 0 {
			found = append(found, s.alignment)
		}
	}
	return found
}

// withPieces moves the choice's first token to the left over empty ones. Some
// servers hold the pieces of a character back until it is whole: their tokens are
// empty, and its last one is the character. Before plain text nothing tells whose
// an empty token is, but that the first of all begins the text.
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
