package jinja

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
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

func mapItems(items []any, f func(any) any) []any {
	out := make([]any, len(items))
	for i, v := range items {
		out[i] = f(v)
	}
	return out
}

// getter returns a function that gets an attribute such as "a.0.b" of a value, with a default for what is not
// there. Without an attribute, it returns the value itself.
func (e *env) getter(attribute, otherwise any) func(any) any {
	var path []any
	switch x := attribute.(type) {
	case absent, nil:
		return func(v any) any { return v }
	case string:
		for _, part := range strings.Split(x, ".") {
			if n, err := strconv.Atoi(part); err == nil && part[0] != '-' && part[0] != '+' {
				path = append(path, n)
			} else {
				path = append(path, part)
			}
		}
	default:
		path = []any{attribute}
	}
	return func(v any) any {
		e.step(e.at)
		for _, part := range path {
			v = e.item(v, part)
			if _, ok := v.(*undefined); ok && given(otherwise) && otherwise != nil {
				v = otherwise
			}
		}
		return v
	}
}

// getters are those of attributes separated by commas.
func (e *env) getters(attribute any) []func(any) any {
	s, ok := attribute.(string)
	if !ok {
		return []func(any) any{e.getter(attribute, absent{})}
	}
	var out []func(any) any
	for _, part := range strings.Split(s, ",") {
		out = append(out, e.getter(part, absent{}))
	}
	return out
}

// caseKey returns what values are compared by: texts without regard to case, unless it is wanted.
func (e *env) caseKey(sensitive bool) func(any) any {
	return func(v any) any {
		if s, ok := v.(string); ok && !sensitive {
			e.charge(len(s))
			return lower(s)
		}
		return v
	}
}

// sorted sorts stably by a key, as Python's sorted does.
func (e *env) sorted(items []any, key func(any) any, reverse bool) []any {
	e.charge(32 * len(items))
	type keyed struct{ key, value any }
	all := make([]keyed, len(items))
	for i, v := range items {
		all[i] = keyed{key(v), v}
	}
	if reverse { // equal items keep their order
		slices.Reverse(all)
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		e.step(e.at)
		c, _ := e.order("<", a.key, b.key)
		return c
	})
	if reverse {
		slices.Reverse(all)
	}
	out := make([]any, len(all))
	for i, k := range all {
		out[i] = k.value
	}
	return out
}

func extreme(better func(c int) bool) *builtin {
	return define("value case_sensitive? attribute?", func(e *env, a []any) any {
		items := e.iterate(a[0])
		if len(items) == 0 {
			return &undefined{why: "no item, the sequence is empty"}
		}
		key, get := e.caseKey(e.flag(a[1], false)), e.getter(a[2], absent{})
		best := items[0]
		for _, v := range items[1:] {
			if c, ok := e.order("<", key(get(v)), key(get(best))); ok && better(c) {
				best = v
			}
		}
		return best
	})
}

// applied returns a filter by name, with arguments after its input.
func (e *env) applied(c call) func(v any) any {
	n := e.text(c.args[0], "")
	user, builtin := e.template.o.Filters[n], e.filters[n]
	if user == nil && builtin == nil {
		fail("unknown filter %q", n)
	}
	return func(v any) any {
		e.step(e.at)
		one := call{slices.Insert(slices.Clone(c.args[1:]), 0, v), c.named, c.order}
		if user != nil {
			return userFunction(user).call(e, one)
		}
		return builtin.call(e, n, one)
	}
}

func mapFilter(e *env, c call) any {
	items := e.iterate(c.args[0])
	c.args = c.args[1:]
	var f func(any) any
	if len(c.args) == 0 {
		attribute, ok := c.named["attribute"]
		if !ok {
			fail("map needs a filter or an attribute")
		}
		otherwise, ok := c.named["default"]
		if !ok {
			otherwise = absent{}
		}
		f = e.getter(attribute, otherwise)
	} else {
		f = e.applied(c)
	}
	return &generator{mapItems(items, f)}
}

// selected is select, reject, selectattr or rejectattr.
func (e *env) selected(c call, want, byAttribute bool) any {
	items := e.iterate(c.args[0])
	c.args = c.args[1:]
	get := func(v any) any { return v }
	if byAttribute {
		if len(c.args) == 0 {
			fail("the name of an attribute is missing")
		}
		get = e.getter(c.args[0], absent{})
		c.args = c.args[1:]
	}
	holds := func(v any) bool { return e.truth(v) }
	if len(c.args) > 0 {
		n := e.text(c.args[0], "")
		test := e.tests[n]
		if test == nil {
			fail("unknown test %q", n)
		}
		holds = func(v any) bool {
			return e.truth(test.call(e, n, call{slices.Insert(slices.Clone(c.args[1:]), 0, v), c.named, c.order}))
		}
	}
	var out []any
	for _, v := range items {
		e.step(e.at)
		if holds(get(v)) == want {
			out = append(out, v)
		}
	}
	return &generator{out}
}

// toFloat is Python's float.
func toFloat(v any) (float64, bool) {
	if _, f, _, ok := numeric(v); ok {
		return f, true
	}
	s, ok := v.(string)
	if !ok {
		return 0, false
	}
	s = strings.TrimFunc(s, isSpace)
	if strings.ContainsAny(s, "xXpP") { // Go's hexadecimal floats
		return 0, false
	}
	if strings.Contains(s, "_") {
		if strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") {
			return 0, false
		}
		s = strings.ReplaceAll(s, "_", "")
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil || math.IsInf(f, 0)
}

// toInt is Jinja's int: Python's, or that of the float.
func toInt(v any, base int) (int, bool) {
	if s, ok := v.(string); ok {
		s = strings.TrimFunc(s, isSpace)
		digits := s
		switch base {
		case 16:
			digits = strings.Replace(strings.Replace(s, "0x", "", 1), "0X", "", 1)
		case 8:
			digits = strings.Replace(strings.Replace(s, "0o", "", 1), "0O", "", 1)
		case 2:
			digits = strings.Replace(strings.Replace(s, "0b", "", 1), "0B", "", 1)
		}
		if base >= 2 && base <= 36 {
			if i, err := strconv.ParseInt(digits, base, 64); err == nil {
				return int(i), true
			}
		}
	} else if i, _, isInt, ok := numeric(v); ok && isInt {
		return i, true
	}
	f, ok := toFloat(v)
	if !ok || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	if math.Abs(f) >= 1<<63 {
		fail("the result is too large")
	}
	return int(f), true
}

func round(e *env, a []any) any {
	_, f, _, ok := numeric(a[0])
	if !ok {
		e.unsupported("round", a[0])
	}
	precision, method := e.integer(a[1], 0), e.text(a[2], "common")
	if max(precision, -precision) > 300 {
		fail("the precision is too large")
	}
	scale := math.Pow(10, float64(precision))
	switch method {
	case "common":
		if i, _, isInt, _ := numeric(a[0]); isInt && precision >= 0 {
			return i
		}
		if precision > 0 {
			v, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', precision, 64), 64)
			return v
		}
		if precision < 0 {
			fail("a negative precision is not supported")
		}
		return math.RoundToEven(f)
	case "ceil":
		return math.Ceil(f*scale) / scale
	case "floor":
		return math.Floor(f*scale) / scale
	}
	fail("the method must be common, ceil or floor")
	return nil
}

// title is Jinja's own: what follows a space, a hyphen or an opening bracket is upper case.
func title(s string) string {
	var b strings.Builder
	start := true
	for _, r := range s {
		switch {
		case isSpace(r) || strings.ContainsRune("-({[<", r):
			start = true
			b.WriteRune(r)
			continue
		case start:
			b.WriteString(upper(string(r)))
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		start = false
	}
	return b.String()
}

func indent(e *env, a []any) any {
	s := e.text(a[0], "")
	indention := ""
	if w, ok := a[1].(string); ok {
		indention = w
	} else {
		n := e.integer(a[1], 4)
		if n > maxWidth {
			fail("the indent is more than %d", maxWidth)
		}
		indention = strings.Repeat(" ", max(n, 0))
	}
	lines := splitLines(s+"\n", false)
	e.charge((len(lines) + 1) * (len(indention) + 1))
	out := ""
	if e.flag(a[3], false) {
		out = strings.Join(lines, "\n"+indention)
	} else {
		for i := range lines[1:] {
			if lines[i+1] != "" {
				lines[i+1] = indention + lines[i+1]
			}
		}
		out = strings.Join(lines, "\n")
	}
	if e.flag(a[2], false) {
		out = indention + out
	}
	e.charge(len(out))
	return out
}

func truncate(e *env, a []any) any {
	s, length, end := e.text(a[0], ""), e.integer(a[1], 255), e.text(a[3], "...")
	leeway := 5
	if given(a[4]) && a[4] != nil {
		leeway = e.integer(a[4], 5)
	}
	keep := length - utf8.RuneCountInString(end)
	if keep < 0 || leeway < 0 {
		fail("the length is shorter than the end, or the leeway is below 0")
	}
	runes := []rune(s)
	if len(runes) <= length+leeway {
		return s
	}
	kept := string(runes[:keep])
	if !e.flag(a[2], false) {
		if i := strings.LastIndexByte(kept, ' '); i >= 0 {
			kept = kept[:i]
		}
	}
	return kept + end
}
