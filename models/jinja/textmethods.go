package jinja

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// stripped makes a strip method: of white space, or of given characters.
func stripped(trim func(s string, f func(rune) bool) string) *builtin {
	return define("self chars?", func(e *env, a []any) any {
		if !given(a[1]) || a[1] == nil {
			return trim(a[0].(string), isSpace)
		}
		chars := e.text(a[1], "")
		return trim(a[0].(string), func(r rune) bool { return strings.ContainsRune(chars, r) })
	})
}

// every makes a test of all characters of a text that is not empty.
func every(ok func(rune) bool) *builtin {
	return define("self", func(e *env, a []any) any {
		s := a[0].(string)
		return s != "" && strings.IndexFunc(s, func(r rune) bool { return !ok(r) }) < 0
	})
}

func mapped(f func(string) string) *builtin {
	return define("self", func(e *env, a []any) any {
		s := f(a[0].(string))
		e.charge(len(s))
		return s
	})
}

// affix makes startswith or endswith.
func affix(has func(s, affix string) bool) *builtin {
	return define("self affix start? end?", func(e *env, a []any) any {
		s, _ := bounded(e, a[0].(string), a[2], a[3])
		if one, ok := a[1].(string); ok {
			return has(s, one)
		}
		several, ok := a[1].(tuple)
		if !ok {
			fail("want a text or a tuple of texts, got %s", typeName(a[1]))
		}
		for _, one := range several {
			if has(s, e.text(one, "")) {
				return true
			}
		}
		return false
	})
}

// finder makes find, rfind, index or rindex.
func finder(index func(s, part string) int, must bool) *builtin {
	return define("self part start? end?", func(e *env, a []any) any {
		s, before := bounded(e, a[0].(string), a[2], a[3])
		i := index(s, e.text(a[1], ""))
		switch {
		case i >= 0:
			return before + utf8.RuneCountInString(s[:i])
		case must:
			fail("the part of the text was not found")
		}
		return -1
	})
}

// splitter makes split or rsplit.
func splitter(right bool) *builtin {
	return define("self sep? maxsplit?", func(e *env, a []any) any {
		s, most := a[0].(string), e.integer(a[2], -1)
		e.charge(17 * (len(s) + 1))
		if !given(a[1]) || a[1] == nil {
			return texts(splitSpace(s, most, right))
		}
		sep := e.text(a[1], "")
		if sep == "" {
			fail("the separator is empty")
		}
		if !right || most < 0 {
			n := -1
			if most >= 0 {
				n = most + 1
			}
			return texts(strings.SplitN(s, sep, n))
		}
		var parts []string
		for ; most > 0; most-- {
			i := strings.LastIndex(s, sep)
			if i < 0 {
				break
			}
			parts = append(parts, s[i+len(sep):])
			s = s[:i]
		}
		parts = append(parts, s)
		slices.Reverse(parts)
		return texts(parts)
	})
}

// padded makes center, ljust or rjust, from the share of the padding that goes to the left.
func padded(left func(pad, width int) int) *builtin {
	return define("self width fill?", func(e *env, a []any) any {
		s, width, fill := a[0].(string), e.integer(a[1], 0), e.text(a[2], " ")
		if utf8.RuneCountInString(fill) != 1 {
			fail("the text to fill with must be one character")
		}
		pad := width - utf8.RuneCountInString(s)
		if pad <= 0 {
			return s
		}
		if width > maxBytes {
			e.charge(width)
		}
		e.charge(width * len(fill))
		before := left(pad, width)
		return strings.Repeat(fill, before) + s + strings.Repeat(fill, pad-before)
	})
}

func parted(right bool) *builtin {
	return define("self sep", func(e *env, a []any) any {
		s, sep := a[0].(string), e.text(a[1], "")
		if sep == "" {
			fail("the separator is empty")
		}
		i := strings.Index(s, sep)
		if right {
			i = strings.LastIndex(s, sep)
		}
		switch {
		case i >= 0:
			return tuple{s[:i], sep, s[i+len(sep):]}
		case right:
			return tuple{"", "", s}
		}
		return tuple{s, "", ""}
	})
}

// cased tells whether a text has letters with case and all of them are of one.
func cased(same, other func(rune) bool) *builtin {
	return define("self", func(e *env, a []any) any {
		found := false
		for _, r := range a[0].(string) {
			if other(r) || unicode.IsTitle(r) {
				return false
			}
			found = found || same(r)
		}
		return found
	})
}

var textMethods = map[string]*builtin{
	"strip":      stripped(strings.TrimFunc),
	"lstrip":     stripped(strings.TrimLeftFunc),
	"rstrip":     stripped(strings.TrimRightFunc),
	"lower":      mapped(lower),
	"casefold":   mapped(func(s string) string { return strings.ReplaceAll(lower(s), "ß", "ss") }),
	"upper":      mapped(upper),
	"title":      mapped(titled),
	"capitalize": mapped(capitalized),
	"swapcase": mapped(func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsUpper(r) {
				return unicode.ToLower(r)
			}
			return unicode.ToUpper(r)
		}, s)
	}),
	"startswith": affix(strings.HasPrefix),
	"endswith":   affix(strings.HasSuffix),
	"removeprefix": define("self prefix", func(e *env, a []any) any {
		return strings.TrimPrefix(a[0].(string), e.text(a[1], ""))
	}),
	"removesuffix": define("self suffix", func(e *env, a []any) any {
		return strings.TrimSuffix(a[0].(string), e.text(a[1], ""))
	}),
	"find":   finder(strings.Index, false),
	"rfind":  finder(strings.LastIndex, false),
	"index":  finder(strings.Index, true),
	"rindex": finder(strings.LastIndex, true),
	"count": define("self part start? end?", func(e *env, a []any) any {
		s, _ := bounded(e, a[0].(string), a[2], a[3])
		return strings.Count(s, e.text(a[1], ""))
	}),
	"replace": define("self old new count?", func(e *env, a []any) any {
		return replaced(e, a[0].(string), e.text(a[1], ""), e.text(a[2], ""), e.integer(a[3], -1))
	}),
	"split":  splitter(false),
	"rsplit": splitter(true),
	"splitlines": define("self keepends?", func(e *env, a []any) any {
		s := a[0].(string)
		e.charge(17 * len(s))
		return texts(splitLines(s, e.flag(a[1], false)))
	}),
	"partition":  parted(false),
	"rpartition": parted(true),
	"join": define("self items", func(e *env, a []any) any {
		return joined(e, a[0].(string), e.iterate(a[1]), func(v any) string { return e.text(v, "") })
	}),
	"center": padded(func(pad, width int) int { return pad/2 + pad&width&1 }),
	"ljust":  padded(func(int, int) int { return 0 }),
	"rjust":  padded(func(pad, _ int) int { return pad }),
	"zfill": define("self width", func(e *env, a []any) any {
		s, sign := a[0].(string), ""
		pad := e.integer(a[1], 0) - utf8.RuneCountInString(s)
		if pad <= 0 {
			return s
		}
		if s != "" && (s[0] == '-' || s[0] == '+') {
			sign, s = s[:1], s[1:]
		}
		e.charge(pad)
		return sign + strings.Repeat("0", pad) + s
	}),
	"expandtabs": define("self tabsize?", func(e *env, a []any) any {
		return expanded(e, a[0].(string), e.integer(a[1], 8))
	}),
	"isalnum":   every(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }),
	"isalpha":   every(unicode.IsLetter),
	"isascii":   define("self", func(_ *env, a []any) any { return isASCII(a[0].(string)) }),
	"isdecimal": every(unicode.IsDigit),
	"isdigit":   every(isDigit),
	"isnumeric": every(unicode.IsNumber),
	"isspace":   every(isSpace),
	"islower":   cased(unicode.IsLower, unicode.IsUpper),
	"isupper":   cased(unicode.IsUpper, unicode.IsLower),
	"isprintable": define("self", func(_ *env, a []any) any {
		return strings.IndexFunc(a[0].(string), func(r rune) bool { return !unicode.IsPrint(r) }) < 0
	}),
	"istitle": define("self", func(_ *env, a []any) any {
		s := a[0].(string)
		return strings.IndexFunc(s, unicode.IsLetter) >= 0 && s == titled(s)
	}),
	"isidentifier": define("self", func(_ *env, a []any) any {
		s := a[0].(string)
		return s != "" && !unicode.IsDigit([]rune(s)[0]) && strings.IndexFunc(s, func(r rune) bool {
			return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) < 0
	}),
	"format": variadic(func(e *env, c call) any {
		return e.format(c.args[0].(string), c.args[1:], c.named)
	}),
}
