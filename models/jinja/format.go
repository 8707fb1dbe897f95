package jinja

import (
	"math"
	"strconv"
	"strings"
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
