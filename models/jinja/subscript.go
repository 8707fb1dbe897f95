package jinja

import "strings"

// item is a value's item by key or index, or its attribute by that name.
func (e *env) item(v, key any) any {
	if u, ok := v.(*undefined); ok {
		fail("%s", u.why)
	}
	switch x := v.(type) {
	case *Dict:
		if _, bad := key.(*list); !bad {
			if u, ok := key.(*undefined); ok {
				e.use(u)
				return &undefined{why: u.why}
			}
			if i, ok := x.index[e.hash(key)]; ok {
				return x.values[i]
			}
		}
	case string, *list, tuple, *numRange:
		if i, _, isInt, ok := numeric(key); ok && isInt {
			if s, ok := v.(string); ok {
				e.work(2 * len(s)) // to count its characters
			}
			n := e.length(v)
			if i < 0 {
				i += n
			}
			if i >= 0 && i < n {
				return e.index(v, i)
			}
			return &undefined{why: typeName(v) + " has no item " + e.str(key)}
		}
	}
	if n, ok := key.(string); ok {
		if m := e.method(v, n); m != nil {
			return m
		}
	}
	if u, ok := key.(*undefined); ok {
		e.use(u)
		return &undefined{why: u.why}
	}
	return &undefined{why: typeName(v) + " has no item " + e.shown(key)}
}

// shown is a value in a message.
func (e *env) shown(v any) string {
	var b strings.Builder
	if s, ok := v.(string); ok {
		quote(&b, s)
		return b.String()
	}
	return e.str(v)
}

// index is the item at an index that is within the value.
func (e *env) index(v any, i int) any {
	switch x := v.(type) {
	case string:
		if isASCII(x) {
			return x[i : i+1]
		}
		e.charge(4 * len(x))
		return string([]rune(x)[i])
	case *list:
		return x.items[i]
	case tuple:
		return x[i]
	}
	r := v.(*numRange)
	return r.start + i*r.step
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// of is the slice of a value.
func (s *sliceExpr) of(e *env, v any) any {
	bound := func(x expr) (int, bool) {
		if x == nil {
			return 0, false
		}
		b := x.eval(e)
		i, _, isInt, ok := numeric(b)
		if b == nil {
			return 0, false
		}
		if !ok || !isInt {
			if u, ok := b.(*undefined); ok {
				fail("%s", u.why)
			}
			fail("the bound of a slice is %s", typeName(b))
		}
		return i, true
	}
	start, hasStart := bound(s.start)
	stop, hasStop := bound(s.stop)
	step, hasStep := bound(s.step)
	e.step(s.offset)
	if u, ok := v.(*undefined); ok {
		fail("%s", u.why)
	}
	if !hasStep {
		step = 1
	}
	if step == 0 {
		fail("a slice's step is 0")
	}
	take := func(n int) []int {
		return indices(n, start, stop, step, hasStart, hasStop)
	}
	switch x := v.(type) {
	case string:
		e.charge(5 * len(x))
		runes := []rune(x)
		var out []rune
		for _, i := range take(len(runes)) {
			out = append(out, runes[i])
		}
		return string(out)
	case *list, tuple, *numRange:
		items := e.iterate(v)
		e.charge(24 * len(items))
		var out []any
		for _, i := range take(len(items)) {
			out = append(out, items[i])
		}
		if _, ok := x.(tuple); ok {
			return tuple(out)
		}
		return &list{out}
	}
	return &undefined{why: typeName(v) + " has no slices"}
}

// indices lists the indices of a slice as Python counts them.
func indices(n, start, stop, step int, hasStart, hasStop bool) []int {
	low, high := 0, n
	if step < 0 {
		low, high = -1, n-1
	}
	clamp := func(i int, has bool, otherwise int) int {
		if !has {
			return otherwise
		}
		if i < 0 {
			i += n
		}
		return min(max(i, low), high)
	}
	var out []int
	if step > 0 {
		start, stop = clamp(start, hasStart, low), clamp(stop, hasStop, high)
		for i := start; i < stop; i += min(step, n) {
			out = append(out, i)
		}
		return out
	}
	start, stop = clamp(start, hasStart, high), clamp(stop, hasStop, low)
	for i := start; i > stop; i += max(step, -n) {
		out = append(out, i)
	}
	return out
}
