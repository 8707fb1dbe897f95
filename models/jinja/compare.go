package jinja

import (
	"math"
	"strings"
)

func (e *env) compare(op string, a, b any) bool {
	switch op {
	case "==":
		return e.equal(a, b)
	case "!=":
		return !e.equal(a, b)
	case "in":
		return e.contains(b, a)
	case "not in":
		return !e.contains(b, a)
	}
	c, ordered := e.order(op, a, b)
	if !ordered {
		return false // a NaN
	}
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func (e *env) equal(a, b any) bool {
	for _, v := range []any{a, b} {
		if u, ok := v.(*undefined); ok {
			e.use(u)
		}
	}
	ai, af, aInt, aOK := numeric(a)
	bi, bf, bInt, bOK := numeric(b)
	if aOK || bOK {
		if aInt && bInt {
			return ai == bi
		}
		return aOK && bOK && af == bf
	}
	switch x := a.(type) {
	case nil:
		return b == nil
	case string:
		y, ok := b.(string)
		if !ok || len(x) != len(y) {
			return false
		}
		e.work(len(x))
		return x == y
	case *list:
		y, ok := b.(*list)
		return ok && e.equalItems(x.items, y.items)
	case tuple:
		y, ok := b.(tuple)
		return ok && e.equalItems(x, y)
	case *undefined:
		_, ok := b.(*undefined)
		return ok
	case *numRange:
		y, ok := b.(*numRange)
		return ok && e.equalItems(e.iterate(x), e.iterate(y))
	case *Dict:
		y, ok := b.(*Dict)
		if !ok || x.Len() != y.Len() {
			return false
		}
		return e.deeper(func() bool {
			for k, v := range x.All() {
				e.step(e.at)
				i, ok := y.index[e.hash(k)]
				if !ok || !e.equal(v, y.values[i]) {
					return false
				}
			}
			return true
		})
	case *view:
		fail("comparing views of dictionaries is not supported")
	}
	return a == b
}

func (e *env) equalItems(a, b []any) bool {
	return len(a) == len(b) && e.deeper(func() bool {
		for i := range a {
			e.step(e.at)
			if !e.equal(a[i], b[i]) {
				return false
			}
		}
		return true
	})
}

// order compares two values; ordered is false if one is a NaN.
func (e *env) order(op string, a, b any) (c int, ordered bool) {
	ai, af, aInt, aOK := numeric(a)
	bi, bf, bInt, bOK := numeric(b)
	switch {
	case aOK && bOK && aInt && bInt:
		return sign(ai < bi, ai > bi), true
	case aOK && bOK:
		return sign(af < bf, af > bf), !math.IsNaN(af) && !math.IsNaN(bf)
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			e.work(min(len(x), len(y)))
			return strings.Compare(x, y), true
		}
	case *list:
		if y, ok := b.(*list); ok {
			return e.orderItems(op, x.items, y.items)
		}
	case tuple:
		if y, ok := b.(tuple); ok {
			return e.orderItems(op, x, y)
		}
	}
	e.unsupported(op, a, b)
	return 0, false
}

func (e *env) orderItems(op string, a, b []any) (c int, ordered bool) {
	c, ordered = sign(len(a) < len(b), len(a) > len(b)), true
	e.deeper(func() bool {
		for i := range min(len(a), len(b)) {
			e.step(e.at)
			if !e.equal(a[i], b[i]) {
				c, ordered = e.order(op, a[i], b[i])
				break
			}
		}
		return true
	})
	return c, ordered
}

func sign(less, more bool) int {
	switch {
	case less:
		return -1
	case more:
		return 1
	}
	return 0
}

func (e *env) contains(of, v any) bool {
	if u, ok := v.(*undefined); ok {
		e.use(u)
	}
	switch x := of.(type) {
	case string:
		part, ok := v.(string)
		if !ok {
			fail("only a text can be in a text, not %s", typeName(v))
		}
		e.work(len(x))
		return strings.Contains(x, part)
	case *Dict:
		_, ok := x.index[e.hash(v)]
		return ok
	}
	for _, item := range e.iterate(of) {
		e.step(e.at)
		if e.equal(item, v) {
			return true
		}
	}
	return false
}
