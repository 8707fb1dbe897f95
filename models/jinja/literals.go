package jinja

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"assay/harness/leaf/plural"
)

// quoteEnd returns the length of the quoted string at the start of s, or -1.
func quoteEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i + 1
		}
	}
	return -1
}

// number reads an integer or a float at the start of s; n is 0 if there is none.
func number(s string) (t token, n int, err error) {
	digits := func(i int, ok func(byte) bool) int { // digits with single underscores between them
		for i < len(s) && (ok(s[i]) || s[i] == '_' && i > 0 && ok(s[i-1]) && i+1 < len(s) && ok(s[i+1])) {
			i++
		}
		return i
	}
	decimal := func(c byte) bool { return '0' <= c && c <= '9' }
	if s == "" || !decimal(s[0]) {
		return token{}, 0, nil
	}
	bases := map[byte]func(byte) bool{
		'b': func(c byte) bool { return c == '0' || c == '1' },
		'o': func(c byte) bool { return '0' <= c && c <= '7' },
		'x': func(c byte) bool { return decimal(c) || 'a' <= c|0x20 && c|0x20 <= 'f' },
	}
	if s[0] == '0' && len(s) > 2 {
		if ok := bases[s[1]|0x20]; ok != nil && ok(s[2]) {
			n = digits(2, ok)
			v, err := strconv.ParseInt(strings.ReplaceAll(s[:n], "_", ""), 0, 64)
			return token{kind: intToken, value: int(v)}, n, err
		}
	}
	n = digits(0, decimal)
	whole := n
	if n+1 < len(s) && s[n] == '.' && decimal(s[n+1]) {
		n = digits(n+1, decimal)
	}
	if n < len(s) && s[n]|0x20 == 'e' {
		exponent := n + 1
		if exponent < len(s) && (s[exponent] == '+' || s[exponent] == '-') {
			exponent++
		}
		if exponent < len(s) && decimal(s[exponent]) {
			n = digits(exponent, decimal)
		}
	}
	text := strings.ReplaceAll(s[:n], "_", "")
	if n > whole {
		v, err := strconv.ParseFloat(text, 64)
		if errors.Is(err, strconv.ErrRange) {
			err = nil
		}
		return token{kind: floatToken, value: v}, n, err
	}
	if len(text) > 1 && text[0] == '0' {
		if text = strings.TrimLeft(text, "0"); text != "" {
			return token{}, 0, errors.New("a number starts with 0")
		}
		text = "0"
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return token{}, 0, fmt.Errorf("the number %.40s is too large", text)
	}
	return token{kind: intToken, value: int(v)}, n, nil
}

// unescape replaces Python's escapes. Unknown ones stay as they are.
func unescape(s string) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	simple := map[byte]string{'\\': `\`, '\'': `'`, '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '\n': ""}
	widths := map[byte]int{'x': 2, 'u': 4, 'U': 8}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if text, ok := simple[s[i]]; ok {
			b.WriteString(text)
		} else if width := widths[s[i]]; width > 0 {
			if i+width >= len(s) {
				return "", fmt.Errorf(`the escape \%c needs %s`, s[i], plural.Of(width, "digit"))
			}
			code, err := strconv.ParseUint(s[i+1:i+1+width], 16, 32)
			if err != nil || code > unicode.MaxRune || 0xd800 <= code && code < 0xe000 {
				return "", fmt.Errorf(`the escape \%s is no character`, s[i:i+1+width])
			}
			b.WriteRune(rune(code))
			i += width
		} else if '0' <= s[i] && s[i] <= '7' {
			code := 0
			n := 0
			for ; n < 3 && i+n < len(s) && '0' <= s[i+n] && s[i+n] <= '7'; n++ {
				code = code*8 + int(s[i+n]-'0')
			}
			b.WriteRune(rune(code))
			i += n - 1
		} else if s[i] == 'N' {
			return "", errors.New(`escapes by name (\N) are not supported`)
		} else {
			b.WriteByte('\\')
			b.WriteByte(s[i])
		}
	}
	return b.String(), nil
}
