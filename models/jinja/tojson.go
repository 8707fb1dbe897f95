package jinja

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// JSONOptions say how JSON is written, as the arguments of Python's json.dumps.
type JSONOptions struct {
	Indent   int  // spaces for each level, on a line for each value; 0: one line
	SortKeys bool // by key
	ASCII    bool // other characters are escaped
}

// JSON writes a value as Python's json.dumps does, with its spaces.
func JSON(value any, o JSONOptions) (text string, err error) {
	e := newEnv(&Template{}, nil)
	defer e.recovered(&err)
	w := jsonWriter{e: e, o: o}
	if err := w.write(imported(value, 0), 1); err != nil {
		return "", err
	}
	return w.out.String(), nil
}

// toJSON is Jinja's own filter: sorted, in ASCII, and safe within HTML.
func toJSON(e *env, a []any) any {
	indent := 0
	if given(a[1]) && a[1] != nil {
		indent = e.integer(a[1], 0)
	}
	w := jsonWriter{e: e, o: JSONOptions{Indent: indent, SortKeys: true, ASCII: true}}
	if err := w.write(a[0], 1); err != nil {
		panic(problem{err})
	}
	return strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`).Replace(w.out.String())
}

type jsonWriter struct {
	e   *env
	o   JSONOptions
	out strings.Builder
}

func (w *jsonWriter) write(v any, depth int) error {
	if depth > maxNesting {
		return errNested
	}
	if w.o.Indent > maxWidth {
		return fmt.Errorf("the indent is more than %d", maxWidth)
	}
	w.e.step(w.e.at)
	w.e.charge(8 + max(w.o.Indent, 0)*depth)
	switch x := v.(type) {
	case nil:
		w.out.WriteString("null")
	case bool:
		w.out.WriteString(strconv.FormatBool(x))
	case int:
		w.out.WriteString(strconv.Itoa(x))
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return errors.New("JSON has no number that is not finite")
		}
		w.out.WriteString(floatText(x))
	case string:
		w.quote(x)
	case *list:
		return w.items('[', ']', nil, x.items, depth)
	case tuple:
		return w.items('[', ']', nil, x, depth)
	case *Dict:
		return w.dict(x, depth)
	default:
		return fmt.Errorf("%s can't be written as JSON", typeName(v))
	}
	return nil
}

func (w *jsonWriter) dict(d *Dict, depth int) error {
	order := make([]int, d.Len())
	keys := make([]string, d.Len())
	for i, k := range d.keys {
		order[i] = i
		switch k := k.(type) {
		case string:
			keys[i] = k
		case nil:
			keys[i] = "null"
		case bool:
			keys[i] = strconv.FormatBool(k)
		case int, float64:
			keys[i] = w.e.str(k)
		default:
			return fmt.Errorf("%s can't be a key in JSON", typeName(k))
		}
	}
	if w.o.SortKeys {
		slices.SortStableFunc(order, func(a, b int) int {
			c, _ := w.e.order("<", d.keys[a], d.keys[b])
			return c
		})
	}
	sortedKeys, values := make([]string, len(order)), make([]any, len(order))
	for i, at := range order {
		sortedKeys[i], values[i] = keys[at], d.values[at]
	}
	return w.items('{', '}', sortedKeys, values, depth)
}

func (w *jsonWriter) items(open, end byte, keys []string, values []any, depth int) error {
	w.out.WriteByte(open)
	for i, v := range values {
		if i > 0 {
			w.out.WriteByte(',')
			if w.o.Indent == 0 {
				w.out.WriteByte(' ')
			}
		}
		w.line(depth)
		if keys != nil {
			w.quote(keys[i])
			w.out.WriteString(": ")
		}
		if err := w.write(v, depth+1); err != nil {
			return err
		}
	}
	if len(values) > 0 {
		w.line(depth - 1)
	}
	w.out.WriteByte(end)
	return nil
}

func (w *jsonWriter) line(depth int) {
	if w.o.Indent > 0 {
		w.out.WriteString("\n" + strings.Repeat(" ", w.o.Indent*depth))
	}
}

func (w *jsonWriter) quote(s string) {
	w.e.charge(len(s))
	w.out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.out.WriteByte('\\')
			w.out.WriteRune(r)
		case r == '\n':
			w.out.WriteString(`\n`)
		case r == '\r':
			w.out.WriteString(`\r`)
		case r == '\t':
			w.out.WriteString(`\t`)
		case r == '\b':
			w.out.WriteString(`\b`)
		case r == '\f':
			w.out.WriteString(`\f`)
		case r < 0x20:
			fmt.Fprintf(&w.out, `\u%04x`, r)
		case r < 0x7f || !w.o.ASCII:
			w.out.WriteRune(r)
		case r == 0x7f:
			w.out.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&w.out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&w.out, `\u%04x\u%04x`, high, low)
		}
	}
	w.out.WriteByte('"')
}
