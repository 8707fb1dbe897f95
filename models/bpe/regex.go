package bpe

import (
	"iter"
	"unicode/utf8"
)

// regex is a pattern from a tokenizer's file: the part of Oniguruma's syntax that such patterns use. Go's
// regexp lacks lookaheads and possessive loops. Classes are Unicode's: \s is White_Space, \d is Nd.
type regex struct{ match matcher }

// matcher matches at a place of a text. It calls next with each end of a match until next returns true.
type matcher func(text string, at int, next func(int) bool) bool

// all returns the non-empty matches in a text, from left to right.
func (r *regex) all(text string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for at := 0; at < len(text); {
			end := -1
			r.match(text, at, func(to int) bool { end = to; return true })
			if end > at {
				if !yield(at, end) {
					return
				}
				at = end
				continue
			}
			_, n := utf8.DecodeRuneInString(text[at:])
			at += n
		}
	}
}

// one matches a character of a class.
func one(is func(rune) bool) matcher {
	return func(text string, at int, next func(int) bool) bool {
		if at >= len(text) {
			return false
		}
		r, n := utf8.DecodeRuneInString(text[at:])
		return is(r) && next(at+n)
	}
}

// sequence matches its parts one after the other.
func sequence(all []matcher) matcher {
	switch len(all) {
	case 0:
		return func(_ string, at int, next func(int) bool) bool { return next(at) }
	case 1:
		return all[0]
	}
	first, rest := all[0], sequence(all[1:])
	return func(text string, at int, next func(int) bool) bool {
		return first(text, at, func(to int) bool { return rest(text, to, next) })
	}
}

// either matches the first alternative that does.
func either(all []matcher) matcher {
	if len(all) == 1 {
		return all[0]
	}
	return func(text string, at int, next func(int) bool) bool {
		for _, m := range all {
			if m(text, at, next) {
				return true
			}
		}
		return false
	}
}

// greed says in which order a loop tries lengths.
type greed int

const (
	greedy     greed = iota // longest first
	lazy                    // shortest first
	possessive              // longest only
)

// atomic matches only as m does first.
func atomic(m matcher) matcher {
	return func(text string, at int, next func(int) bool) bool {
		end := -1
		return m(text, at, func(to int) bool { end = to; return true }) && next(end)
	}
}

// loop matches m from least to most times; most is -1 for no limit.
func loop(m matcher, least, most int, how greed) matcher {
	if how == possessive {
		return atomic(loop(m, least, most, greedy))
	}
	var from func(text string, at, done int, next func(int) bool) bool
	from = func(text string, at, done int, next func(int) bool) bool {
		more := func() bool {
			return (most < 0 || done < most) && m(text, at, func(to int) bool {
				return to > at && from(text, to, done+1, next)
			})
		}
		enough := func() bool { return done >= least && next(at) }
		if how == lazy {
			return enough() || more()
		}
		return more() || enough()
	}
	return func(text string, at int, next func(int) bool) bool { return from(text, at, 0, next) }
}

// classLoop is loop for a class of characters, without a call for each.
func classLoop(is func(rune) bool, least, most int, how greed) matcher {
	if how == lazy {
		return loop(one(is), least, most, how)
	}
	return func(text string, at int, next func(int) bool) bool {
		end, count := at, 0
		for end < len(text) && (most < 0 || count < most) {
			r, n := utf8.DecodeRuneInString(text[end:])
			if !is(r) {
				break
			}
			end += n
			count++
		}
		if count < least {
			return false
		}
		if how == possessive {
			return next(end)
		}
		for ; ; count-- {
			if next(end) {
				return true
			}
			if count <= least {
				return false
			}
			_, n := utf8.DecodeLastRuneInString(text[at:end])
			end -= n
		}
	}
}

// look matches the empty text if m matches ahead, or, without want, if it doesn't.
func look(m matcher, want bool) matcher {
	return func(text string, at int, next func(int) bool) bool {
		return m(text, at, func(int) bool { return true }) == want && next(at)
	}
}

// lookBehind matches the empty text after a character of a class, or, without want, elsewhere.
func lookBehind(is func(rune) bool, want bool) matcher {
	return func(text string, at int, next func(int) bool) bool {
		r, n := utf8.DecodeLastRuneInString(text[:at])
		return (n > 0 && is(r)) == want && next(at)
	}
}
