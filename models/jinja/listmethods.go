package jinja

import "slices"

// items of a list or a tuple.
func items(v any) []any {
	if l, ok := v.(*list); ok {
		return l.items
	}
	return v.(tuple)
}

var listMethods = map[string]*builtin{
	"index": define("self value", func(e *env, a []any) any {
		for i, v := range items(a[0]) {
			if e.equal(v, a[1]) {
				return i
			}
		}
		fail("%s is not in the list", e.shown(a[1]))
		return nil
	}),
	"count": define("self value", func(e *env, a []any) any {
		n := 0
		for _, v := range items(a[0]) {
			if e.equal(v, a[1]) {
				n++
			}
		}
		return n
	}),
	"append": quick("self value", func(e *env, a []any) any {
		l := a[0].(*list)
		e.charge(16)
		l.items = append(l.items, a[1]) // whoever holds the items as they were has a shorter slice
		return nil
	}),
	"extend": define("self values", func(e *env, a []any) any {
		l, more := a[0].(*list), e.iterate(a[1])
		e.charge(16 * len(more))
		l.items = append(l.items, more...)
		return nil
	}),
	"insert": define("self index value", func(e *env, a []any) any {
		l, i := a[0].(*list), e.integer(a[1], 0)
		if i < 0 {
			i += len(l.items)
		}
		e.charge(16)
		l.items = slices.Insert(slices.Clone(l.items), min(max(i, 0), len(l.items)), a[2])
		return nil
	}),
	"pop": define("self index?", func(e *env, a []any) any {
		l, i := a[0].(*list), e.integer(a[1], -1)
		if i < 0 {
			i += len(l.items)
		}
		if i < 0 || i >= len(l.items) {
			fail("there is no such item to pop")
		}
		v := l.items[i]
		l.items = slices.Delete(slices.Clone(l.items), i, i+1)
		return v
	}),
	"remove": define("self value", func(e *env, a []any) any {
		l := a[0].(*list)
		for i, v := range l.items {
			if e.equal(v, a[1]) {
				l.items = slices.Delete(slices.Clone(l.items), i, i+1)
				return nil
			}
		}
		fail("%s is not in the list", e.shown(a[1]))
		return nil
	}),
	"reverse": define("self", func(e *env, a []any) any {
		l := a[0].(*list)
		l.items = slices.Clone(l.items)
		slices.Reverse(l.items)
		return nil
	}),
	"sort": define("self", func(e *env, a []any) any {
		l := a[0].(*list)
		l.items = e.sorted(l.items, func(v any) any { return v }, false)
		return nil
	}),
	"clear": define("self", func(e *env, a []any) any {
		a[0].(*list).items = nil
		return nil
	}),
	"copy": define("self", func(e *env, a []any) any {
		l := a[0].(*list)
		e.charge(16 * len(l.items))
		return &list{slices.Clone(l.items)}
	}),
}

var dictMethods = map[string]*builtin{
	"keys":   quick("self", func(e *env, a []any) any { return &view{"dict_keys", a[0].(*Dict).keys} }),
	"values": quick("self", func(e *env, a []any) any { return &view{"dict_values", a[0].(*Dict).values} }),
	"items":  define("self", func(e *env, a []any) any { return &view{"dict_items", pairs(e, a[0].(*Dict))} }),
	"get": quick("self key default?", func(e *env, a []any) any {
		d := a[0].(*Dict)
		if i, ok := d.index[e.hash(a[1])]; ok {
			return d.values[i]
		}
		if given(a[2]) {
			return a[2]
		}
		return nil
	}),
	"setdefault": quick("self key default?", func(e *env, a []any) any {
		d := a[0].(*Dict)
		if i, ok := d.index[e.hash(a[1])]; ok {
			return d.values[i]
		}
		if !given(a[2]) {
			a[2] = nil
		}
		e.charge(48)
		d.set(a[1], a[2])
		return a[2]
	}),
	"pop": define("self key default?", func(e *env, a []any) any {
		v, ok := a[0].(*Dict).remove(a[1])
		switch {
		case ok:
			return v
		case given(a[2]):
			return a[2]
		}
		fail("the dictionary has no key %s", e.shown(a[1]))
		return nil
	}),
	"update": variadic(func(e *env, c call) any {
		d := c.args[0].(*Dict)
		for _, v := range c.args[1:] {
			other, ok := v.(*Dict)
			if !ok {
				fail("want a dictionary, got %s", typeName(v))
			}
			e.charge(48 * other.Len())
			for k, v := range other.All() {
				d.set(k, v)
			}
		}
		for _, n := range c.order {
			d.set(n, c.named[n])
		}
		return nil
	}),
	"clear": define("self", func(e *env, a []any) any {
		*a[0].(*Dict) = *NewDict()
		return nil
	}),
	"copy": define("self", func(e *env, a []any) any {
		d := NewDict()
		e.charge(48 * a[0].(*Dict).Len())
		for k, v := range a[0].(*Dict).All() {
			d.set(k, v)
		}
		return d
	}),
}

func pairs(e *env, d *Dict) []any {
	e.charge(64 * d.Len())
	out := make([]any, 0, d.Len())
	for k, v := range d.All() {
		out = append(out, tuple{k, v})
	}
	return out
}
