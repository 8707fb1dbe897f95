package jinja

import (
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Values of a rendering are nil, bool, int, float64, string, *list, tuple, *Dict and the types below.
type (
	list  struct{ items []any }
	tuple []any
	// undefined stands for a name, an attribute or an item that is not there.
	undefined struct {
		why     string
		lenient bool // not an error in strict templates: what a condition without an else gives
	}
	// generator is what can be iterated once.
	generator struct{ items []any }
	// view is a dictionary's keys, values or items.
	view struct {
		what  string
		items []any
	}
	numRange  struct{ start, stop, step int }
	namespace struct{ members *Dict }
	function  struct {
		what string
		call func(e *env, c call) any
	}
	loopVar struct {
		items   []any
		index   int
		depth   int
		again   *function
		changed []any
		checked bool
	}
	joiner struct {
		separator string
		used      bool
	}
	cycler struct {
		items []any
		pos   int
	}
)

// Dict is a dictionary that keeps the order in which its keys were added, as Python's does. Equal numbers are one
// key. The zero value is not ready for use: see [NewDict].
type Dict struct {
	keys, values []any
	index        map[any]int
}

// NewDict returns an empty dictionary.
func NewDict() *Dict { return &Dict{index: map[any]int{}} }

// Len returns the number of keys.
func (d *Dict) Len() int { return len(d.keys) }

// Set gives a key a value. A key is nil, a bool, a number, a string, or a []any of such; Set panics on others.
func (d *Dict) Set(key, value any) { d.set(exportedKey(key), value) }

// Get returns a key's value.
func (d *Dict) Get(key any) (any, bool) {
	i, ok := d.index[hash(exportedKey(key))]
	if !ok {
		return nil, false
	}
	return d.values[i], true
}

// All yields the keys and values in order.
func (d *Dict) All() iter.Seq2[any, any] {
	return func(yield func(key, value any) bool) {
		for i, k := range d.keys {
			if !yield(k, d.values[i]) {
				return
			}
		}
	}
}

func (d *Dict) set(key, value any) {
	h := hash(key)
	if i, ok := d.index[h]; ok {
		d.values[i] = value
		return
	}
	d.index[h] = len(d.keys)
	d.keys = append(d.keys, key)
	d.values = append(d.values, value)
}

func (d *Dict) remove(key any) (any, bool) {
	h := hash(key)
	i, ok := d.index[h]
	if !ok {
		return nil, false
	}
	v := d.values[i]
	d.keys = append(d.keys[:i:i], d.keys[i+1:]...)
	d.values = append(d.values[:i:i], d.values[i+1:]...)
	delete(d.index, h)
	for k, at := range d.index {
		if at > i {
			d.index[k] = at - 1
		}
	}
	return v, true
}

// hash is [hash], with the reading of the value counted.
func (e *env) hash(v any) any {
	e.work(size(v))
	return hash(v)
}

type hashedTuple string

// maxKey is the most bytes of a tuple that is a key: tuples of one tuple twice double at each level.
const maxKey = 1 << 16

// hash returns what a value is found by in a dictionary.
func hash(v any) any {
	switch x := v.(type) {
	case nil, int, string:
		return v
	case bool:
		if x {
			return 1
		}
		return 0
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			return int(x)
		}
		return x
	case tuple:
		var b strings.Builder
		hashTuple(&b, x)
		return hashedTuple(b.String())
	}
	fail("%s can't be a key of a dictionary", typeName(v))
	return nil
}

func hashTuple(b *strings.Builder, t tuple) {
	b.WriteByte('(')
	for _, item := range t {
		if b.Len() > maxKey {
			fail("a tuple with more than %d bytes can't be a key of a dictionary", maxKey)
		}
		if inner, ok := item.(tuple); ok {
			hashTuple(b, inner)
		} else {
			h := hash(item)
			fmt.Fprintf(b, "%T %q,", h, fmt.Sprint(h))
		}
	}
	b.WriteByte(')')
}

// typeName names a value's type as Python does.
func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "None"
	case bool:
		return "a bool"
	case int:
		return "an int"
	case float64:
		return "a float"
	case string:
		return "a str"
	case *list:
		return "a list"
	case tuple:
		return "a tuple"
	case *Dict:
		return "a dict"
	case *undefined:
		return "an undefined value"
	case *generator:
		return "a generator"
	case *view:
		return "a view of a dict"
	case *numRange:
		return "a range"
	case *namespace:
		return "a namespace"
	case *function:
		return "a function"
	case *loopVar:
		return "the loop variable"
	}
	return fmt.Sprintf("%T", v)
}

// use fails for an undefined value if the template is strict.
func (e *env) use(u *undefined) {
	if e.template.o.Strict && !u.lenient {
		fail("%s", u.why)
	}
}

func (e *env) truth(v any) bool {
	switch x := v.(type) {
	case nil:
		return false
	case bool:
		return x
	case int:
		return x != 0
	case float64:
		return x != 0
	case string:
		return x != ""
	case *list:
		return len(x.items) > 0
	case tuple:
		return len(x) > 0
	case *Dict:
		return x.Len() > 0
	case *view:
		return len(x.items) > 0
	case *numRange:
		return x.len() > 0
	case *undefined:
		e.use(x)
		return false
	}
	return true
}

func (r *numRange) len() int {
	if r.step > 0 {
		return max(0, (r.stop-r.start+r.step-1)/r.step)
	}
	return max(0, (r.start-r.stop-r.step-1)/-r.step)
}

// iterate returns the items of a value; a generator's are then used up.
func (e *env) iterate(v any) []any {
	switch x := v.(type) {
	case *list:
		return x.items
	case tuple:
		return x
	case *Dict:
		return x.keys
	case *view:
		return x.items
	case *generator:
		items := x.items
		x.items = nil
		return items
	case *numRange:
		n := x.len()
		e.charge(16 * n)
		items := make([]any, n)
		for i := range items {
			items[i] = x.start + i*x.step
		}
		return items
	case string:
		e.charge(16 * len(x))
		items := make([]any, 0, len(x))
		for _, r := range x {
			items = append(items, string(r))
		}
		return items
	case *undefined:
		e.use(x)
		return nil
	}
	fail("%s can't be iterated", typeName(v))
	return nil
}

// length is Python's len.
func (e *env) length(v any) int {
	switch x := v.(type) {
	case string:
		return utf8.RuneCountInString(x)
	case *numRange:
		return x.len()
	case *list, tuple, *Dict, *view, *undefined:
		return len(e.iterate(x))
	}
	fail("%s has no length", typeName(v))
	return 0
}

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
