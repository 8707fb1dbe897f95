package text

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parseFloat is Python's float(text). It allows white space around the number,
// single underscores between digits, decimal digits of every script, and inf,
// infinity and nan in any case. A number that is too large is infinite.
// Hexadecimal numbers are not allowed.
func parseFloat(s string) (float64, bool) {
	s = asciiNumber(s)
	s = strings.Trim(s, " \t\n\v\f\r")
	body := s
	if body != "" && (body[0] == '+' || body[0] == '-') {
		body = body[1:]
	}
	switch strings.ToLower(body) {
	case "inf", "infinity":
		if s[0] == '-' {
			return math.Inf(-1), true
		}
		return math.Inf(1), true
	case "nan":
		return math.NaN(), true
	}
	if !isDecimal(body) {
		return 0, false
	}
	// The only error left is a number out of range, whose value is infinite.
	f, _ := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	return f, true
}

// asciiNumber replaces the decimal digits of other scripts by ASCII's, and white
// space outside ASCII by a space. As in Python, ASCII is left unchanged, so the
// separators 0x1c to 0x1f don't count as white space here.
func asciiNumber(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			return r
		case isSpace(r):
			return ' '
		}
		if digit := digitValue(r); digit >= 0 {
			return '0' + rune(digit)
		}
		return '?'
	}, s)
}

// digitValue returns the value of a decimal digit outside ASCII, or -1. The digits
// of a script are ten consecutive characters, so the length of each range of
// category Nd is a multiple of ten.
func digitValue(r rune) int {
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10
		}
	}
	return -1
}

// isDecimal reports whether s is digits [. digits] [e [sign] digits], with digits
// on at least one side of the point. Digits may hold single underscores between
// two of them.
func isDecimal(s string) bool {
	whole, s, ok := cutDigits(s)
	if !ok {
		return false
	}
	fraction := false
	if s != "" && s[0] == '.' {
		if fraction, s, ok = cutDigits(s[1:]); !ok {
			return false
		}
	}
	if !whole && !fraction {
		return false
	}
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	exponent, s, ok := cutDigits(s)
	return ok && exponent && s == ""
}

// cutDigits cuts digits and underscores off the front of s. some reports whether
// there were any; ok is false where an underscore is not between two digits.
func cutDigits(s string) (some bool, rest string, ok bool) {
	i := 0
	for ; i < len(s) && (isDigit(s[i]) || s[i] == '_'); i++ {
		if s[i] == '_' && (i == 0 || !isDigit(s[i-1]) || i+1 == len(s) || !isDigit(s[i+1])) {
			return false, s, false
		}
	}
	return i > 0, s[i:], true
}

// formatFloat is Python's str(float): the shortest digits that read back as f,
// with an exponent below 1e-4 and from 1e16 on, and otherwise with a point.
func formatFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if strings.IndexByte(s, '.') < 0 {
		s += ".0"
	}
	return s
}
