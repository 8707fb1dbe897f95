package lmeval

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay/models/jinja"
)

// literal is Python's ast.literal_eval for texts, numbers, True, False, None, lists, tuples and dictionaries. A tuple
// is a []any too.
func literal(text string) (any, error) {
	l := &literalReader{text: strings.TrimLeft(text, " \t")}
	v, err := l.value(0)
	if err != nil {
		return nil, err
	}
	if l.space(); l.at < len(l.text) {
		return nil, l.fail()
	}
	return v, nil
}

const maxLiteralDepth = 100

type literalReader struct {
	text string
	at   int
}

func (l *literalReader) fail() error {
	return fmt.Errorf("no Python literal: %.60q", l.text[min(l.at, len(l.text)):])
}

func (l *literalReader) space() {
	for l.at < len(l.text) && strings.IndexByte(" \t\r\n\f", l.text[l.at]) >= 0 {
		l.at++
	}
}

func (l *literalReader) peek() byte {
	if l.at < len(l.text) {
		return l.text[l.at]
	}
	return 0
}

func (l *literalReader) value(depth int) (any, error) {
	if depth > maxLiteralDepth {
		return nil, errors.New("the literal is nested too deep")
	}
	l.space()
	switch c := l.peek(); {
	case c == '[':
		items, _, err := l.items(']', depth)
		return items, err
	case c == '(':
		items, comma, err := l.items(')', depth)
		if err == nil && len(items) == 1 && !comma {
			return items[0], nil
		}
		return items, err
	case c == '{':
		return l.dict(depth)
	case c == '\'' || c == '"' || l.prefixed():
		return l.strings()
	case c == '-' || c == '+' || c == '.' || c >= '0' && c <= '9':
		return l.number()
	}
	for word, v := range map[string]any{"True": true, "False": false, "None": nil} {
		if rest := l.text[l.at:]; strings.HasPrefix(rest, word) && (len(rest) == len(word) || strings.IndexByte(" \t\r\n,)]}:", rest[len(word)]) >= 0) {
			l.at += len(word)
			return v, nil
		}
	}
	return nil, l.fail()
}

// prefixed tells whether a text with a prefix (r, u) follows.
func (l *literalReader) prefixed() bool {
	c := l.peek() | 0x20
	return (c == 'r' || c == 'u') && l.at+1 < len(l.text) && (l.text[l.at+1] == '\'' || l.text[l.at+1] == '"')
}

func (l *literalReader) items(end byte, depth int) (items []any, comma bool, err error) {
	items = []any{}
	for l.at++; ; {
		if l.space(); l.peek() == end {
			l.at++
			return items, comma, nil
		}
		v, err := l.value(depth + 1)
		if err != nil {
			return nil, false, err
		}
		items = append(items, v)
		switch l.space(); l.peek() {
		case ',':
			l.at++
			comma = true
		case end:
		default:
			return nil, false, l.fail()
		}
	}
}

func (l *literalReader) dict(depth int) (any, error) {
	d := jinja.NewDict()
	for l.at++; ; {
		if l.space(); l.peek() == '}' {
			l.at++
			return d, nil
		}
		k, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		switch k.(type) {
		case *jinja.Dict, []any:
			return nil, errors.New("a key of a dictionary is a list or a dictionary")
		}
		if l.space(); l.peek() != ':' {
			return nil, l.fail()
		}
		l.at++
		v, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		d.Set(k, v)
		switch l.space(); l.peek() {
		case ',':
			l.at++
		case '}':
		default:
			return nil, l.fail()
		}
	}
}

// strings reads a text and those that follow it directly.
func (l *literalReader) strings() (any, error) {
	var b strings.Builder
	for {
		if err := l.string(&b); err != nil {
			return nil, err
		}
		if l.space(); l.peek() != '\'' && l.peek() != '"' && !l.prefixed() {
			return b.String(), nil
		}
	}
}

func (l *literalReader) string(b *strings.Builder) error {
	raw := false
	if c := l.peek(); c != '\'' && c != '"' {
		raw = c|0x20 == 'r'
		l.at++
	}
	quote := l.text[l.at : l.at+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(l.text[l.at:], triple) {
		quote = triple
	}
	for l.at += len(quote); l.at < len(l.text); {
		switch rest := l.text[l.at:]; {
		case strings.HasPrefix(rest, quote):
			l.at += len(quote)
			return nil
		case rest[0] == '\n' && len(quote) == 1:
			return l.fail()
		case rest[0] == '\\' && len(rest) > 1:
			if raw {
				b.WriteString(rest[:2])
				l.at += 2
			} else if err := l.escape(b); err != nil {
				return err
			}
		default:
			_, n := utf8.DecodeRuneInString(rest)
			b.WriteString(rest[:n])
			l.at += n
		}
	}
	return errors.New("a text of the literal has no end")
}

func (l *literalReader) escape(b *strings.Builder) error {
	c := l.text[l.at+1]
	if s, ok := map[byte]string{'\\': `\`, '\'': `'`, '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '\n': ""}[c]; ok {
		b.WriteString(s)
		l.at += 2
		return nil
	}
	if width := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]; width > 0 && l.at+2+width <= len(l.text) {
		code, err := strconv.ParseUint(l.text[l.at+2:l.at+2+width], 16, 32)
		if err != nil || code > utf8.MaxRune {
			return l.fail()
		}
		b.WriteRune(rune(code))
		l.at += 2 + width
		return nil
	} else if width > 0 || c == 'N' {
		return l.fail()
	}
	if c >= '0' && c <= '7' {
		n := 1
		for n < 3 && l.at+1+n < len(l.text) && l.text[l.at+1+n] >= '0' && l.text[l.at+1+n] <= '7' {
			n++
		}
		code, _ := strconv.ParseUint(l.text[l.at+1:l.at+1+n], 8, 32) // these are octal digits
		b.WriteRune(rune(code))
		l.at += 1 + n
		return nil
	}
	b.WriteByte('\\')
	l.at++
	return nil
}

func (l *literalReader) number() (any, error) {
	start := l.at
	for l.at < len(l.text) && (strings.IndexByte("+-._", l.text[l.at]) >= 0 || l.text[l.at] >= '0' && l.text[l.at] <= '9' || l.text[l.at]|0x20 >= 'a' && l.text[l.at]|0x20 <= 'z') {
		l.at++
	}
	text := l.text[start:l.at]
	digits := strings.TrimLeft(text, "+-")
	zero := len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' && !strings.ContainsAny(digits, ".eE")
	if n, err := strconv.ParseInt(text, 0, 64); err == nil && !zero {
		return int(n), nil
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && !zero && digits != "" && (digits[0] == '.' || digits[0] >= '0' && digits[0] <= '9') && strings.ContainsAny(digits, ".eE") && !strings.ContainsAny(digits, "xX") {
		return f, nil
	}
	l.at = start
	return nil, l.fail()
}
