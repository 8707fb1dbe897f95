package jinja

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// refusedFilters are Jinja's filters that are not supported: those about HTML, chance, sizes and line widths.
var refusedFilters = []string{
	"e", "escape", "filesizeformat", "forceescape", "pprint", "random", "safe", "striptags", "urlencode", "urlize", "wordwrap", "xmlattr",
}

var filters = map[string]*builtin{
	"abs": define("x", func(e *env, a []any) any {
		i, f, isInt, ok := numeric(a[0])
		switch {
		case !ok:
			e.unsupported("abs", a[0])
		case isInt && i == math.MinInt:
			fail("the result is too large")
		case isInt:
			return max(i, -i)
		}
		return math.Abs(f)
	}),
	"attr": quick("obj name", func(e *env, a []any) any {
		n := e.text(a[1], "")
		if u, ok := a[0].(*undefined); ok {
			fail("%s", u.why)
		}
		if m := e.method(a[0], n); m != nil {
			return m
		}
		return &undefined{why: typeName(a[0]) + " has no attribute " + n}
	}),
	"batch": define("value linecount fill_with?", func(e *env, a []any) any {
		items, n := e.iterate(a[0]), e.integer(a[1], 0)
		if n < 1 {
			fail("batches have at least 1 item")
		}
		e.charge(16*len(items) + 48*(len(items)/n+1))
		var out []any
		for part := range slices.Chunk(items, n) {
			part = slices.Clone(part)
			if given(a[2]) && a[2] != nil && len(part) < n {
				e.charge(16 * min(n-len(part), maxBytes))
				for len(part) < n {
					part = append(part, a[2])
				}
			}
			out = append(out, &list{part})
		}
		return &generator{out}
	}),
	"capitalize": onText(capitalized),
	"center": define("value width?", func(e *env, a []any) any {
		return textMethods["center"].run(e, []any{e.str(a[0]), e.integer(a[1], 80), absent{}})
	}),
	"count":   define("value", func(e *env, a []any) any { return e.length(a[0]) }),
	"length":  define("value", func(e *env, a []any) any { return e.length(a[0]) }),
	"d":       defaultFilter,
	"default": defaultFilter,
	"dictsort": define("value case_sensitive? by? reverse?", func(e *env, a []any) any {
		d, ok := a[0].(*Dict)
		if !ok {
			fail("want a dictionary, got %s", typeName(a[0]))
		}
		at := slices.Index([]string{"key", "value"}, e.text(a[2], "key"))
		if at < 0 {
			fail(`dictsort sorts by "key" or "value"`)
		}
		key := e.caseKey(e.flag(a[1], false))
		return &list{e.sorted(pairs(e, d), func(v any) any { return key(v.(tuple)[at]) }, e.flag(a[3], false))}
	}),
	"first": quick("seq", func(e *env, a []any) any {
		if g, ok := a[0].(*generator); ok && len(g.items) > 0 {
			v := g.items[0]
			g.items = g.items[1:]
			return v
		}
		if items := e.iterate(a[0]); len(items) > 0 {
			return items[0]
		}
		return &undefined{why: "no first item, the sequence is empty"}
	}),
	"float": define("value default?", func(e *env, a []any) any {
		if f, ok := toFloat(a[0]); ok {
			return f
		}
		if given(a[1]) {
			return a[1]
		}
		return 0.0
	}),
	"format": variadic(func(e *env, c call) any {
		if len(c.named) > 0 && len(c.args) > 1 {
			fail("format takes arguments with names or without, not both")
		}
		if len(c.named) > 0 {
			d := NewDict()
			for _, n := range c.order {
				d.set(n, c.named[n])
			}
			return e.percent(e.str(c.args[0]), d)
		}
		return e.percent(e.str(c.args[0]), tuple(c.args[1:]))
	}),
	"groupby": define("value attribute default? case_sensitive?", func(e *env, a []any) any {
		get := e.getter(a[1], a[2])
		key := e.caseKey(e.flag(a[3], false))
		items := e.sorted(e.iterate(a[0]), func(v any) any { return key(get(v)) }, false)
		var out []any
		for i := 0; i < len(items); {
			j := i + 1
			for j < len(items) && e.equal(key(get(items[j])), key(get(items[i]))) {
				j++
			}
			out = append(out, tuple{get(items[i]), &list{slices.Clone(items[i:j])}})
			i = j
		}
		return &list{out}
	}),
	"indent": define("s width? first? blank?", indent),
	"int": define("value default? base?", func(e *env, a []any) any {
		if i, ok := toInt(a[0], e.integer(a[2], 10)); ok {
			return i
		}
		if given(a[1]) {
			return a[1]
		}
		return 0
	}),
	"items": define("value", func(e *env, a []any) any {
		switch x := a[0].(type) {
		case *undefined:
			return &generator{}
		case *Dict:
			return &generator{pairs(e, x)}
		}
		fail("items takes a dictionary, got %s", typeName(a[0]))
		return nil
	}),
	"join": define("value d? attribute?", func(e *env, a []any) any {
		items := e.iterate(a[0])
		if given(a[2]) && a[2] != nil {
			items = mapItems(items, e.getter(a[2], absent{}))
		}
		separator := ""
		if given(a[1]) {
			separator = e.str(a[1])
		}
		return joined(e, separator, items, e.str)
	}),
	"last": quick("seq", func(e *env, a []any) any {
		switch a[0].(type) {
		case *generator:
			fail("a generator has no last item")
		}
		if items := e.iterate(a[0]); len(items) > 0 {
			return items[len(items)-1]
		}
		return &undefined{why: "no last item, the sequence is empty"}
	}),
	"list": define("value", func(e *env, a []any) any {
		items := e.iterate(a[0])
		e.charge(16 * len(items))
		return &list{slices.Clone(items)}
	}),
	"lower": onText(lower),
	"map":   variadic(mapFilter),
	"max":   extreme(func(c int) bool { return c > 0 }),
	"min":   extreme(func(c int) bool { return c < 0 }),
	"reject": variadic(func(e *env, c call) any {
		return e.selected(c, false, false)
	}),
	"rejectattr": variadic(func(e *env, c call) any {
		return e.selected(c, false, true)
	}),
	"select": variadic(func(e *env, c call) any {
		return e.selected(c, true, false)
	}),
	"selectattr": variadic(func(e *env, c call) any {
		return e.selected(c, true, true)
	}),
	"replace": define("s old new count?", func(e *env, a []any) any {
		most := -1
		if given(a[3]) && a[3] != nil {
			most = e.integer(a[3], -1)
		}
		return replaced(e, e.str(a[0]), e.str(a[1]), e.str(a[2]), most)
	}),
	"reverse": define("value", func(e *env, a []any) any {
		if s, ok := a[0].(string); ok {
			e.charge(5 * len(s))
			r := []rune(s)
			slices.Reverse(r)
			return string(r)
		}
		items := e.iterate(a[0])
		e.charge(16 * len(items))
		items = slices.Clone(items)
		slices.Reverse(items)
		return &generator{items}
	}),
	"round": define("value precision? method?", round),
	"slice": define("value slices fill_with?", func(e *env, a []any) any {
		items, n := e.iterate(a[0]), e.integer(a[1], 0)
		if n < 1 || n > maxRange {
			fail("want 1 to %d slices", maxRange)
		}
		e.charge(16*len(items) + 48*n)
		size, extra := len(items)/n, len(items)%n
		offset := 0
		var out []any
		for i := range n {
			start := offset + i*size
			if i < extra {
				offset++
			}
			part := slices.Clone(items[start : offset+(i+1)*size])
			if given(a[2]) && a[2] != nil && i >= extra {
				part = append(part, a[2])
			}
			out = append(out, &list{part})
		}
		return &generator{out}
	}),
	"sort": define("value reverse? case_sensitive? attribute?", func(e *env, a []any) any {
		key := e.caseKey(e.flag(a[2], false))
		get := e.getters(a[3])
		return &list{e.sorted(e.iterate(a[0]), func(v any) any {
			keys := make(tuple, len(get))
			for i, g := range get {
				keys[i] = key(g(v))
			}
			return keys
		}, e.flag(a[1], false))}
	}),
	"string": define("value", func(e *env, a []any) any { return e.str(a[0]) }),
	"sum": define("iterable attribute? start?", func(e *env, a []any) any {
		items := e.iterate(a[0])
		if given(a[1]) && a[1] != nil {
			items = mapItems(items, e.getter(a[1], absent{}))
		}
		total := any(0)
		if given(a[2]) {
			total = a[2]
		}
		for _, v := range items {
			e.step(e.at)
			total = e.arithmetic("+", total, v)
		}
		return total
	}),
	"title":  onText(title),
	"tojson": define("value indent?", toJSON),
	"trim": define("value chars?", func(e *env, a []any) any {
		return textMethods["strip"].run(e, []any{e.str(a[0]), a[1]})
	}),
	"truncate": define("s length? killwords? end? leeway?", truncate),
	"unique": define("value case_sensitive? attribute?", func(e *env, a []any) any {
		key := e.caseKey(e.flag(a[1], false))
		get := e.getter(a[2], absent{})
		seen := map[any]bool{}
		var out []any
		for _, v := range e.iterate(a[0]) {
			if h := hash(key(get(v))); !seen[h] {
				seen[h] = true
				out = append(out, v)
			}
		}
		return &generator{out}
	}),
	"upper": onText(upper),
	"wordcount": define("s", func(e *env, a []any) any {
		return len(strings.FieldsFunc(e.str(a[0]), func(r rune) bool {
			return r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r)
		}))
	}),
}

// onText makes a filter that turns its input into a text first.
func onText(f func(string) string) *builtin {
	return define("s", func(e *env, a []any) any {
		s := f(e.str(a[0]))
		e.charge(len(s))
		return s
	})
}

var defaultFilter = quick("value default_value? boolean?", func(e *env, a []any) any {
	_, isUndefined := a[0].(*undefined)
	if !isUndefined && (!e.flag(a[2], false) || e.truth(a[0])) {
		return a[0]
	}
	if given(a[1]) {
		return a[1]
	}
	return ""
})
