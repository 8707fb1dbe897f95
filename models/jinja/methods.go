package jinja

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// attribute is a value's method or attribute, or else its item by that name.
func (e *env) attribute(v any, n string) any {
	switch x := v.(type) {
	case *undefined:
		fail("%s", x.why)
	case *namespace:
		if member, ok := x.members.Get(n); ok {
			return member
		}
		return &undefined{why: "the namespace has no attribute " + n}
	case *loopVar:
		return e.loopAttribute(x, n)
	case *cycler:
		return x.attribute(n)
	}
	if strings.HasPrefix(n, "__") {
		fail("the attribute %q is not supported", n)
	}
	if m := e.method(v, n); m != nil {
		return m
	}
	if d, ok := v.(*Dict); ok {
		if i, ok := d.index[n]; ok {
			return d.values[i]
		}
	}
	return &undefined{why: typeName(v) + " has no attribute " + n}
}

// method is a value's method, bound to it, or nil. One that Python has and we don't is refused by name.
func (e *env) method(v any, n string) any {
	var all map[string]*builtin
	refused := ""
	switch v.(type) {
	case string:
		all, refused = e.texts, "encode format_map maketrans translate"
	case *list:
		all, refused = listMethods, ""
	case tuple:
		all = map[string]*builtin{"index": listMethods["index"], "count": listMethods["count"]}
	case *Dict:
		all, refused = dictMethods, "fromkeys popitem"
	case int, bool:
		refused = "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator real to_bytes is_integer"
	case float64:
		refused = "as_integer_ratio conjugate fromhex hex imag is_integer real"
	}
	if b := all[n]; b != nil {
		return &function{n, func(e *env, c call) any {
			c.args = slices.Insert(slices.Clone(c.args), 0, v)
			return b.call(e, n, c)
		}}
	}
	if slices.Contains(strings.Fields(refused), n) {
		fail("the method %q of %s is not supported", n, typeName(v))
	}
	return nil
}

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

func texts(parts []string) *list {
	l := &list{make([]any, len(parts))}
	for i, p := range parts {
		l.items[i] = p
	}
	return l
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

// items of a list or a tuple.
func items(v any) []any {
	if l, ok := v.(*list); ok {
		return l.items
	}
	return v.(tuple)
}

var listMethods = map[string]*builtin{
	"index": define("self value", func(e *env, a []any) any {
		for i, v := range items(a[0]) {
			if e.equal(v, a[1]) {
				return i
			}
		}
		fail("%s is not in the list", e.shown(a[1]))
		return nil
	}),
	"count": define("self value", func(e *env, a []any) any {
		n := 0
		for _, v := range items(a[0]) {
			if e.equal(v, a[1]) {
				n++
			}
		}
		return n
	}),
	"append": quick("self value", func(e *env, a []any) any {
		l := a[0].(*list)
		e.charge(16)
		l.items = append(l.items, a[1]) // whoever holds the items as they were has a shorter slice
		return nil
	}),
	"extend": define("self values", func(e *env, a []any) any {
		l, more := a[0].(*list), e.iterate(a[1])
		e.charge(16 * len(more))
		l.items = append(l.items, more...)
		return nil
	}),
	"insert": define("self index value", func(e *env, a []any) any {
		l, i := a[0].(*list), e.integer(a[1], 0)
		if i < 0 {
			i += len(l.items)
		}
		e.charge(16)
		l.items = slices.Insert(slices.Clone(l.items), min(max(i, 0), len(l.items)), a[2])
		return nil
	}),
	"pop": define("self index?", func(e *env, a []any) any {
		l, i := a[0].(*list), e.integer(a[1], -1)
		if i < 0 {
			i += len(l.items)
		}
		if i < 0 || i >= len(l.items) {
			fail("there is no such item to pop")
		}
		v := l.items[i]
		l.items = slices.Delete(slices.Clone(l.items), i, i+1)
		return v
	}),
	"remove": define("self value", func(e *env, a []any) any {
		l := a[0].(*list)
		for i, v := range l.items {
			if e.equal(v, a[1]) {
				l.items = slices.Delete(slices.Clone(l.items), i, i+1)
				return nil
			}
		}
		fail("%s is not in the list", e.shown(a[1]))
		return nil
	}),
	"reverse": define("self", func(e *env, a []any) any {
		l := a[0].(*list)
		l.items = slices.Clone(l.items)
		slices.Reverse(l.items)
		return nil
	}),
	"sort": define("self", func(e *env, a []any) any {
		l := a[0].(*list)
		l.items = e.sorted(l.items, func(v any) any { return v }, false)
		return nil
	}),
	"clear": define("self", func(e *env, a []any) any {
		a[0].(*list).items = nil
		return nil
	}),
	"copy": define("self", func(e *env, a []any) any {
		l := a[0].(*list)
		e.charge(16 * len(l.items))
		return &list{slices.Clone(l.items)}
	}),
}

var dictMethods = map[string]*builtin{
	"keys":   quick("self", func(e *env, a []any) any { return &view{"dict_keys", a[0].(*Dict).keys} }),
	"values": quick("self", func(e *env, a []any) any { return &view{"dict_values", a[0].(*Dict).values} }),
	"items":  define("self", func(e *env, a []any) any { return &view{"dict_items", pairs(e, a[0].(*Dict))} }),
	"get": quick("self key default?", func(e *env, a []any) any {
		d := a[0].(*Dict)
		if i, ok := d.index[e.hash(a[1])]; ok {
			return d.values[i]
		}
		if given(a[2]) {
			return a[2]
		}
		return nil
	}),
	"setdefault": quick("self key default?", func(e *env, a []any) any {
		d := a[0].(*Dict)
		if i, ok := d.index[e.hash(a[1])]; ok {
			return d.values[i]
		}
		if !given(a[2]) {
			a[2] = nil
		}
		e.charge(48)
		d.set(a[1], a[2])
		return a[2]
	}),
	"pop": define("self key default?", func(e *env, a []any) any {
		v, ok := a[0].(*Dict).remove(a[1])
		switch {
		case ok:
			return v
		case given(a[2]):
			return a[2]
		}
		fail("the dictionary has no key %s", e.shown(a[1]))
		return nil
	}),
	"update": variadic(func(e *env, c call) any {
		d := c.args[0].(*Dict)
		for _, v := range c.args[1:] {
			other, ok := v.(*Dict)
			if !ok {
				fail("want a dictionary, got %s", typeName(v))
			}
			e.charge(48 * other.Len())
			for k, v := range other.All() {
				d.set(k, v)
			}
		}
		for _, n := range c.order {
			d.set(n, c.named[n])
		}
		return nil
	}),
	"clear": define("self", func(e *env, a []any) any {
		*a[0].(*Dict) = *NewDict()
		return nil
	}),
	"copy": define("self", func(e *env, a []any) any {
		d := NewDict()
		e.charge(48 * a[0].(*Dict).Len())
		for k, v := range a[0].(*Dict).All() {
			d.set(k, v)
		}
		return d
	}),
}

func pairs(e *env, d *Dict) []any {
	e.charge(64 * d.Len())
	out := make([]any, 0, d.Len())
	for k, v := range d.All() {
		out = append(out, tuple{k, v})
	}
	return out
}
