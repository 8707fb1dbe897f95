package jinja

import (
	"slices"
	"strings"
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
