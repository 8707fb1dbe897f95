package jinja

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// bounded is the part of a text between two optional bounds, and the number of characters before it.
func bounded(e *env, s string, start, end any) (string, int) {
	noStart, noEnd := !given(start) || start == nil, !given(end) || end == nil
	if noStart && noEnd {
		return s, 0
	}
	runes := []rune(s)
	first, last := 0, 0
	if !noStart {
		first = e.integer(start, 0)
	}
	if !noEnd {
		last = e.integer(end, 0)
	}
	at := indices(len(runes), first, last, 1, !noStart, !noEnd)
	if len(at) == 0 {
		return "", 0
	}
	return string(runes[at[0] : at[len(at)-1]+1]), at[0]
}

func texts(parts []string) *list {
	l := &list{make([]any, len(parts))}
	for i, p := range parts {
		l.items[i] = p
	}
	return l
}

// splitSpace splits at white space, at most that often (-1: everywhere).
func splitSpace(s string, most int, right bool) []string {
	var parts []string
	trim, index := strings.TrimLeftFunc, strings.IndexFunc
	if right {
		trim, index = strings.TrimRightFunc, strings.LastIndexFunc
	}
	for s = trim(s, isSpace); s != ""; s = trim(s, isSpace) {
		i := index(s, isSpace)
		if i < 0 || most == 0 {
			break
		}
		if right {
			_, width := utf8.DecodeRuneInString(s[i:])
			parts = append(parts, s[i+width:])
			s = s[:i]
		} else {
			parts = append(parts, s[:i])
			s = s[i:]
		}
		most--
	}
	if s != "" {
		if right {
			s = strings.TrimLeftFunc(s, func(r rune) bool { return most < 0 && isSpace(r) })
		} else {
			s = strings.TrimRightFunc(s, func(r rune) bool { return most < 0 && isSpace(r) })
		}
		parts = append(parts, s)
	}
	if right {
		slices.Reverse(parts)
	}
	return parts
}

// lineBreaks are the characters at which Python's splitlines splits.
const lineBreaks = "\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029"

func splitLines(s string, keep bool) []string {
	var lines []string
	for s != "" {
		i := strings.IndexAny(s, lineBreaks)
		if i < 0 {
			return append(lines, s)
		}
		_, width := utf8.DecodeRuneInString(s[i:])
		if strings.HasPrefix(s[i:], "\r\n") {
			width = 2
		}
		if keep {
			lines = append(lines, s[:i+width])
		} else {
			lines = append(lines, s[:i])
		}
		s = s[i+width:]
	}
	return lines
}

// titled is str.title: letters after a letter are lower case, others upper.
func titled(s string) string {
	after := false
	return strings.Map(func(r rune) rune {
		was := after
		after = unicode.IsLetter(r)
		if was {
			return unicode.ToLower(r)
		}
		return unicode.ToTitle(r)
	}, s)
}

func capitalized(s string) string {
	r, width := utf8.DecodeRuneInString(s)
	if width == 0 {
		return s
	}
	return string(unicode.ToTitle(r)) + lower(s[width:])
}

func lower(s string) string { return strings.ToLower(s) }

// upper is str.upper, with the one letter whose upper case is longer that texts commonly have.
func upper(s string) string { return strings.ReplaceAll(strings.ToUpper(s), "ß", "SS") }

func replaced(e *env, s, old, with string, most int) string {
	n := strings.Count(s, old)
	if most >= 0 {
		n = min(n, most)
	}
	if len(with) > 0 && n > maxBytes/len(with) {
		e.charge(maxBytes + 1)
	}
	e.charge(len(s) + n*len(with))
	return strings.Replace(s, old, with, n)
}

// isDigit is Python's isdigit for one character: decimal digits and superscripts.
func isDigit(r rune) bool {
	return unicode.IsDigit(r) || strings.ContainsRune("²³¹⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", r) || r >= 0x2460 && r <= 0x2468
}

func expanded(e *env, s string, size int) string {
	if size > maxBytes {
		e.charge(size)
	}
	var b strings.Builder
	column := 0
	for _, r := range s {
		switch {
		case r == '\t':
			if size > 0 {
				n := size - column%size
				e.charge(n)
				b.WriteString(strings.Repeat(" ", n))
				column += n
			}
			continue
		case r == '\n' || r == '\r':
			column = 0
		default:
			column++
		}
		b.WriteRune(r)
	}
	return b.String()
}

// joined joins items, each turned into a text.
func joined(e *env, separator string, items []any, text func(any) string) string {
	var b strings.Builder
	for i, item := range items {
		s := text(item)
		if i > 0 {
			b.WriteString(separator)
			e.charge(len(separator))
		}
		e.charge(len(s))
		b.WriteString(s)
	}
	return b.String()
}

// isSpace tells whether Python's str.isspace holds for a character.
func isSpace(r rune) bool {
	return r >= 0x1c && r <= 0x1f || unicode.IsSpace(r)
}
