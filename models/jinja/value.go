package jinja

import (
	"fmt"
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
