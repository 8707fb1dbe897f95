package jinja

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spec says how a value is formatted, by % or by str.format.
type spec struct {
	fill      string
	align     byte // '<', '>', '^' or '=' (padding after the sign); 0 is the default of the type
	sign      byte // '+', ' ' or 0
	alternate bool
	width     int
	thousands string
	precision int // -1: none
	verb      byte
}

const maxWidth = 1 << 20

// percent is Python's text % values.
func (e *env) percent(format string, values any) string {
	args, isTuple := values.(tuple)
	if !isTuple {
		args = tuple{values}
	}
	used := 0
	next := func() any {
		if used == len(args) {
			fail("there are not enough values for the format")
		}
		used++
		return args[used-1]
	}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		if i++; i == len(format) {
			fail("the format is not complete")
		}
		if format[i] == '%' {
			b.WriteByte('%')
			continue
		}
		var value any
		keyed := false
		if format[i] == '(' {
			end := strings.IndexByte(format[i:], ')')
			d, ok := values.(*Dict)
			if end < 0 || !ok {
				fail("the format needs a dictionary")
			}
			key := format[i+1 : i+end]
			at, ok := d.index[key]
			if !ok {
				fail("the dictionary has no key %q", key)
			}
			value, keyed = d.values[at], true
			i += end + 1
		}
		s := spec{fill: " ", precision: -1}
		left, zero := false, false
	flags:
		for ; i < len(format); i++ {
			switch format[i] {
			case '-':
				left = true
			case '0':
				zero = true
			case '+':
				s.sign = '+'
			case ' ':
				if s.sign == 0 {
					s.sign = ' '
				}
			case '#':
				s.alternate = true
			default:
				break flags
			}
		}
		amount := func() int {
			if i < len(format) && format[i] == '*' {
				i++
				n := e.integer(next(), 0)
				if n > maxWidth || n < -maxWidth {
					fail("a width is more than %d", maxWidth)
				}
				return n
			}
			start := i
			for i < len(format) && '0' <= format[i] && format[i] <= '9' {
				i++
			}
			n, err := strconv.Atoi("0" + format[start:i])
			if err != nil || n > maxWidth {
				fail("a width is more than %d", maxWidth)
			}
			return n
		}
		if s.width = amount(); s.width < 0 {
			left, s.width = true, -s.width
		}
		if i < len(format) && format[i] == '.' {
			i++
			s.precision = max(amount(), 0)
		}
		for i < len(format) && strings.IndexByte("hlL", format[i]) >= 0 {
			i++
		}
		if i == len(format) {
			fail("the format is not complete")
		}
		s.verb = format[i]
		if !keyed {
			value = next()
		}
		switch {
		case left:
			s.align = '<'
		case zero && s.verb != 's' && s.verb != 'r' && s.verb != 'a' && s.verb != 'c':
			s.fill, s.align = "0", '='
		default:
			s.align = '>'
		}
		b.WriteString(e.percentOne(s, value))
		e.charge(s.width + s.precision + 1)
	}
	if _, isDict := values.(*Dict); used < len(args) && !isDict {
		fail("not all values are used in the format")
	}
	e.charge(b.Len())
	return b.String()
}

func (e *env) percentOne(s spec, value any) string {
	switch s.verb {
	case 's', 'r', 'a':
		text := ""
		if s.verb == 's' {
			text = e.str(value)
		} else {
			var b strings.Builder
			e.repr(&b, value, 0)
			text = b.String()
		}
		s.verb = 's'
		return e.pad(s, "", cut(text, s.precision))
	case 'c':
		if i, _, isInt, ok := numeric(value); ok && isInt {
			if i < 0 || i > unicode.MaxRune {
				fail("%%c needs the number of a character, not %d", i)
			}
			return e.pad(s, "", string(rune(i)))
		}
		if utf8.RuneCountInString(e.text(value, "")) != 1 {
			fail("%%c needs one character")
		}
		return e.pad(s, "", value.(string))
	}
	i, f, isInt, ok := numeric(value)
	if !ok {
		e.unsupported("%"+string(s.verb), value)
	}
	if strings.IndexByte("diu", s.verb) >= 0 {
		if !isInt {
			if math.IsNaN(f) || math.Abs(f) > 1<<62 {
				fail("%s is no integer", floatText(f))
			}
			i = int(f)
		}
		sign, digits := signOf(s, i < 0), strconv.FormatUint(uint64(max(i, -i)), 10)
		return e.pad(s, sign, strings.Repeat("0", max(0, s.precision-len(digits)))+digits)
	}
	if strings.IndexByte("oxX", s.verb) >= 0 {
		if !isInt {
			e.unsupported("%"+string(s.verb), value)
		}
		return e.integerText(s, i)
	}
	if strings.IndexByte("eEfFgG", s.verb) < 0 {
		fail("the format %%%c is not supported", s.verb)
	}
	return e.floatText(s, f)
}

func cut(text string, precision int) string {
	if precision < 0 || utf8.RuneCountInString(text) <= precision {
		return text
	}
	return string([]rune(text)[:precision])
}

func signOf(s spec, negative bool) string {
	switch {
	case negative:
		return "-"
	case s.sign != 0:
		return string(s.sign)
	}
	return ""
}

// pad fills a formatted value up to the width.
func (e *env) pad(s spec, sign, body string) string {
	n := s.width - utf8.RuneCountInString(sign) - utf8.RuneCountInString(body)
	if n <= 0 {
		return sign + body
	}
	e.charge(n * len(s.fill))
	switch s.align {
	case '<':
		return sign + body + strings.Repeat(s.fill, n)
	case '^':
		return strings.Repeat(s.fill, n/2) + sign + body + strings.Repeat(s.fill, n-n/2)
	case '=':
		return sign + strings.Repeat(s.fill, n) + body
	}
	return strings.Repeat(s.fill, n) + sign + body
}

func (e *env) integerText(s spec, i int) string {
	base, prefix := 10, ""
	switch s.verb {
	case 'o':
		base, prefix = 8, "0o"
	case 'x', 'X':
		base, prefix = 16, "0"+string(s.verb)
	case 'b':
		base, prefix = 2, "0b"
	}
	digits := strconv.FormatUint(uint64(max(i, -i)), base)
	if s.verb == 'X' {
		digits = strings.ToUpper(digits)
	}
	sign := signOf(s, i < 0)
	if s.alternate {
		sign += prefix
	}
	return e.pad(s, sign, grouped(digits, s.thousands))
}

// grouped puts a separator between thousands of a number's whole part.
func grouped(text, separator string) string {
	if separator == "" {
		return text
	}
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(text)
	}
	var b strings.Builder
	for i := range end {
		if i > 0 && (end-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteByte(text[i])
	}
	return b.String() + text[end:]
}

func (e *env) floatText(s spec, f float64) string {
	sign := signOf(s, math.Signbit(f) && !math.IsNaN(f))
	verb, precision, upperCase := s.verb|0x20, s.precision, s.verb < 'a'
	text := ""
	switch {
	case math.IsNaN(f):
		text = "nan"
	case math.IsInf(f, 0):
		text = "inf"
	default:
		if precision < 0 {
			precision = 6
		}
		if precision > 1000 {
			fail("a precision is more than 1000")
		}
		if verb == '%' {
			f *= 100
		}
		text = fixed(math.Abs(f), verb, precision, s.alternate)
	}
	if upperCase {
		text = strings.ToUpper(text)
	}
	if s.verb == '%' {
		text += "%"
	}
	if text[0] < '0' || text[0] > '9' {
		s.fill = map[bool]string{true: " ", false: s.fill}[s.fill == "0" && s.align == '=']
	}
	return e.pad(s, sign, grouped(text, s.thousands))
}

func fixed(f float64, verb byte, precision int, alternate bool) string {
	switch verb {
	case 'e':
		return strconv.FormatFloat(f, 'e', precision, 64)
	case 'g':
		precision = max(precision, 1)
		text := strconv.FormatFloat(f, 'e', precision-1, 64)
		exponent, _ := strconv.Atoi(text[strings.IndexByte(text, 'e')+1:])
		if exponent >= -4 && exponent < precision {
			text = strconv.FormatFloat(f, 'f', precision-1-exponent, 64)
		}
		if alternate || !strings.Contains(text, ".") {
			return text
		}
		mantissa, power := text, ""
		if i := strings.IndexByte(text, 'e'); i >= 0 {
			mantissa, power = text[:i], text[i:]
		}
		if strings.Contains(mantissa, ".") {
			mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
		}
		return mantissa + power
	}
	return strconv.FormatFloat(f, 'f', precision, 64)
}

// format is Python's str.format.
func (e *env) format(format string, args []any, named map[string]any) string {
	var b strings.Builder
	automatic := 0
	for i := 0; i < len(format); i++ {
		c := format[i]
		double := i+1 < len(format) && format[i+1] == c
		switch {
		case c != '{' && c != '}':
			b.WriteByte(c)
			continue
		case double:
			b.WriteByte(c)
			i++
			continue
		case c == '}':
			fail("the format has a single }")
		}
		end := strings.IndexByte(format[i:], '}')
		if end < 0 || strings.IndexByte(format[i+1:i+end], '{') >= 0 {
			fail("the field of the format is not supported: %s", format[i:])
		}
		field, text, _ := strings.Cut(format[i+1:i+end], ":")
		field, conversion, converted := strings.Cut(field, "!")
		i += end
		v := e.field(field, args, named, &automatic)
		if converted {
			switch conversion {
			case "s":
				v = e.str(v)
			case "r":
				v = e.shownAlways(v)
			default:
				fail("the conversion %q is not supported", conversion)
			}
		}
		out := e.formatOne(v, text)
		e.charge(len(out))
		b.WriteString(out)
	}
	return b.String()
}

func (e *env) shownAlways(v any) string {
	var b strings.Builder
	e.repr(&b, v, 0)
	return b.String()
}

// field is the value that a field of a format names.
func (e *env) field(field string, args []any, named map[string]any, automatic *int) any {
	end := strings.IndexAny(field, ".[")
	if end < 0 {
		end = len(field)
	}
	first, rest := field[:end], field[end:]
	position, err := strconv.Atoi(first)
	switch {
	case first == "":
		position = *automatic
		*automatic++
	case err != nil:
		position = -1
	}
	var v any
	if position >= 0 {
		if position >= len(args) {
			fail("there are not enough values for the format")
		}
		v = args[position]
	} else {
		var ok bool
		if v, ok = named[first]; !ok {
			fail("the format has no value for %q", first)
		}
	}
	for rest != "" {
		if rest[0] == '.' {
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			v, rest = e.attribute(v, rest[1:1+end]), rest[1+end:]
			continue
		}
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			fail("the field %q has no ]", field)
		}
		key := any(rest[1:end])
		if n, err := strconv.Atoi(rest[1:end]); err == nil {
			key = n
		}
		v, rest = e.item(v, key), rest[end+1:]
	}
	return v
}

// formatOne is Python's format(value, text).
func (e *env) formatOne(v any, text string) string {
	if text == "" {
		return e.str(v)
	}
	s := parseSpec(text)
	i, f, isInt, isNumber := numeric(v)
	if _, isBool := v.(bool); isBool && s.verb == 0 {
		isNumber = false
		v = e.str(v)
	}
	switch {
	case isNumber && isInt && (s.verb == 0 || strings.IndexByte("dboxXn", s.verb) >= 0):
		if s.align == 0 {
			s.align = '>'
		}
		return e.integerText(s, i)
	case isNumber && s.verb == 0:
		if s.align == 0 {
			s.align = '>'
		}
		if s.precision < 0 {
			text := floatText(math.Abs(f))
			return e.pad(s, signOf(s, math.Signbit(f)), grouped(text, s.thousands))
		}
		fail("a precision without a type is not supported")
	case isNumber && strings.IndexByte("eEfFgG%", s.verb) >= 0:
		if s.align == 0 {
			s.align = '>'
		}
		return e.floatText(s, f)
	}
	str, ok := v.(string)
	if !ok || s.verb != 0 && s.verb != 's' || s.sign != 0 || s.align == '=' || s.thousands != "" {
		fail("the format %q does not work on %s", text, typeName(v))
	}
	if s.align == 0 {
		s.align = '<'
	}
	return e.pad(s, "", cut(str, s.precision))
}

func parseSpec(text string) spec {
	s := spec{fill: " ", precision: -1}
	rest := text
	isAlign := func(c byte) bool { return strings.IndexByte("<>^=", c) >= 0 }
	r, width := utf8.DecodeRuneInString(rest)
	switch {
	case len(rest) > width && isAlign(rest[width]):
		s.fill, s.align, rest = string(r), rest[width], rest[width+1:]
	case isAlign(rest[0]):
		s.align, rest = rest[0], rest[1:]
	}
	take := func(set string) byte {
		if rest != "" && strings.IndexByte(set, rest[0]) >= 0 {
			c := rest[0]
			rest = rest[1:]
			return c
		}
		return 0
	}
	digits := func() int {
		end := 0
		for end < len(rest) && '0' <= rest[end] && rest[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi("0" + rest[:end])
		if err != nil || n > maxWidth {
			fail("a width is more than %d", maxWidth)
		}
		rest = rest[end:]
		return n
	}
	switch take("+- ") {
	case '+':
		s.sign = '+'
	case ' ':
		s.sign = ' '
	}
	s.alternate = take("#") != 0
	if take("0") != 0 && s.align == 0 {
		s.fill, s.align = "0", '='
	}
	s.width = digits()
	if c := take(",_"); c != 0 {
		if s.fill == "0" && s.align == '=' {
			fail("the format %q is not supported", text)
		}
		s.thousands = string(c)
	}
	if take(".") != 0 {
		s.precision = digits()
	}
	s.verb = take("bcdeEfFgGnosxX%")
	if rest != "" || s.verb == 'c' || s.verb == 'n' {
		panic(problem{fmt.Errorf("the format %q is not supported", text)})
	}
	return s
}
