package text

import (
	"strings"
	"unicode"
)

// Clean makes text safe for a terminal. It removes control characters (and with
// them the start of escape sequences) and invisible format characters (changes of
// direction, zero-width spaces, tags). Line ends and tabs become spaces. Joiners
// that scripts and emoji need stay. Invalid UTF-8 shows as U+FFFD.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return clean(r)
	}, s)
}

// CleanLines is Clean for text of several lines: line ends and tabs stay.
func CleanLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return clean(r)
	}, s)
}

// clean returns what replaces a character, or -1 to drop it.
func clean(r rune) rune {
	const nonJoiner, joiner = 0x200c, 0x200d
	switch {
	case unicode.In(r, unicode.Zl, unicode.Zp), r == '\r':
		return ' '
	case r == nonJoiner, r == joiner:
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return -1
	}
	return r
}
