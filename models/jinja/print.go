package jinja

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// str is Python's str.
func (e *env) str(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case *undefined:
		e.use(x)
		return ""
	}
	var b strings.Builder
	e.repr(&b, v, 0)
	e.charge(b.Len())
	return b.String()
}

// repr writes a value as Python's repr does.
func (e *env) repr(b *strings.Builder, v any, depth int) {
	if depth > maxNesting {
		panic(problem{errNested})
	}
	if b.Len() > maxBytes {
		e.charge(b.Len())
	}
	sequence := func(open string, items []any, end string) {
		b.WriteString(open)
		for i, item := range items {
			if i > 0 {
				b.WriteString(", ")
			}
			e.repr(b, item, depth+1)
		}
		b.WriteString(end)
	}
	switch x := v.(type) {
	case nil:
		b.WriteString("None")
	case bool:
		if x {
			b.WriteString("True")
		} else {
			b.WriteString("False")
		}
	case int:
		b.WriteString(strconv.Itoa(x))
	case float64:
		b.WriteString(floatText(x))
	case string:
		quote(b, x)
	case *list:
		sequence("[", x.items, "]")
	case tuple:
		if len(x) == 1 {
			sequence("(", x, ",)")
		} else {
			sequence("(", x, ")")
		}
	case *Dict:
		b.WriteByte('{')
		for i, k := range x.keys {
			if i > 0 {
				b.WriteString(", ")
			}
			e.repr(b, k, depth+1)
			b.WriteString(": ")
			e.repr(b, x.values[i], depth+1)
		}
		b.WriteByte('}')
	case *view:
		sequence(x.what+"([", x.items, "])")
	case *numRange:
		if x.step == 1 {
			fmt.Fprintf(b, "range(%d, %d)", x.start, x.stop)
		} else {
			fmt.Fprintf(b, "range(%d, %d, %d)", x.start, x.stop, x.step)
		}
	case *undefined:
		b.WriteString("Undefined")
	default:
		fail("%s can't be printed", typeName(v))
	}
}

// floatText is Python's repr of a float.
func floatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	if a := math.Abs(f); f == 0 || a >= 1e-4 && a < 1e16 {
		text := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return text
	}
	return strconv.FormatFloat(f, 'e', -1, 64)
}

// quote writes a text as Python's repr does.
func quote(b *strings.Builder, s string) {
	mark := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		mark = '"'
	}
	b.WriteByte(mark)
	for _, r := range s {
		switch {
		case r == rune(mark) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			fmt.Fprintf(b, `\U%08x`, r)
		}
	}
	b.WriteByte(mark)
}

// Text returns a value as Python's str does: what {{ value }} writes.
func Text(value any) (text string, err error) {
	e := newEnv(&Template{}, nil)
	defer e.recovered(&err)
	return e.str(imported(value, 0)), nil
}
