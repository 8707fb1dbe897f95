package jinja

import (
	"slices"
	"strconv"
	"strings"
)

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
