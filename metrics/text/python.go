package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The official scripts are Python programs. This file has the rules of Python's
// str and re that the scripts rely on, where Go's differ.

// isSpace is str.isspace: Go's white space, and the four ASCII separators.
func isSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || r >= '\t' && r <= '\r' || r >= 0x1c && r <= 0x1f
	}
	return unicode.IsSpace(r)
}

// isWord is \w in a pattern for str: letters, numbers of every kind, and "_".
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

// isPunctuation is membership in string.punctuation, which is ASCII's.
func isPunctuation(r rune) bool {
	return r > ' ' && r <= '~' && (r == '_' || !isWord(r))
}

// lower is str.lower, Unicode's full mapping: the dotted capital I becomes two
// characters, and a capital sigma that ends a word becomes the final sigma (The
// Unicode Standard, section 3.13, table 3-17).
func lower(s string) string {
	ascii, change := true, false
	for i := 0; i < len(s); i++ {
		ascii = ascii && s[i] < utf8.RuneSelf
		change = change || s[i] >= 'A' && s[i] <= 'Z'
	}
	if ascii {
		if !change {
			return s
		}
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i, r := range s {
		switch r {
		case '\u0130':
			b.WriteString("i\u0307")
		case 'Σ':
			if isFinal(s[:i], s[i+len("Σ"):]) {
				b.WriteRune('ς')
			} else {
				b.WriteRune('σ')
			}
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// isFinal is the standard's condition Final_Sigma: skipping characters that case
// ignores, there is a cased one before and none behind.
func isFinal(before, behind string) bool {
	for before != "" {
		r, width := utf8.DecodeLastRuneInString(before)
		before = before[:len(before)-width]
		if isCaseIgnorable(r) {
			if before == "" {
				return false
			}
			continue
		}
		if !isCased(r) {
			return false
		}
		for _, r := range behind {
			if !isCaseIgnorable(r) {
				return !isCased(r)
			}
		}
		return true
	}
	return false
}

// isCased is the derived property Cased.
func isCased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// isCaseIgnorable is the derived property Case_Ignorable: marks, format
// characters, modifiers, and the characters that don't break a word (Word_Break
// MidLetter, MidNumLet and Single_Quote; UAX 29, table 3).
func isCaseIgnorable(r rune) bool {
	switch r {
	case '\'', '.', ':', 0xb7, 0x387, 0x55f, 0x5f4, 0x2018, 0x2019, 0x2024, 0x2027,
		0xfe13, 0xfe52, 0xfe55, 0xff07, 0xff0e, 0xff1a:
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}

// removePunctuation drops string.punctuation.
func removePunctuation(s string) string {
	if strings.IndexFunc(s, isPunctuation) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isPunctuation(r) {
			return -1
		}
		return r
	}, s)
}

// isArticle reports whether a word is "a", "an" or "the".
func isArticle(word string) bool { return word == "a" || word == "an" || word == "the" }

// removeArticles puts a space for each match of \b(a|an|the)\b, then drops white
// space at both ends and reduces each run within to one space. A match is the same
// as a complete run of word characters that is an article: "a's" loses its a.
func removeArticles(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false // there is white space or an article after what was written
	write := func(part string) {
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteString(part)
	}
	for i := 0; i < len(s); {
		r, width := utf8.DecodeRuneInString(s[i:])
		if !isWord(r) {
			if isSpace(r) {
				gap = true
			} else {
				write(s[i : i+width])
			}
			i += width
			continue
		}
		end := i + width
		for end < len(s) {
			r, width := utf8.DecodeRuneInString(s[end:])
			if !isWord(r) {
				break
			}
			end += width
		}
		if isArticle(s[i:end]) {
			gap = true
		} else {
			write(s[i:end])
		}
		i = end
	}
	return b.String()
}
