package jinja

import (
	"slices"
	"strings"

	"assay/harness/leaf/plural"
)

// builtin is a filter, test, method or function with named parameters.
type builtin struct {
	required int
	params   []string
	run      func(e *env, a []any) any
	raw      func(e *env, c call) any // in place of run: takes any arguments
	quick    bool                     // takes as long for a long text or list as for a short one
}

// absent stands for an optional argument that is not given.
type absent struct{}

// define makes a builtin. Its parameters are separated by spaces; those with a question mark are optional.
func define(params string, run func(e *env, a []any) any) *builtin {
	b := &builtin{run: run}
	for _, p := range strings.Fields(params) {
		n, optional := strings.CutSuffix(p, "?")
		b.params = append(b.params, n)
		if !optional {
			b.required++
		}
	}
	return b
}

// quick makes a builtin whose time doesn't depend on the size of its arguments.
func quick(params string, run func(e *env, a []any) any) *builtin {
	b := define(params, run)
	b.quick = true
	return b
}

func variadic(run func(e *env, c call) any) *builtin { return &builtin{raw: run} }

func (b *builtin) call(e *env, what string, c call) any {
	if !b.quick {
		for _, v := range c.args {
			e.work(size(v))
		}
		for _, v := range c.named {
			e.work(size(v))
		}
	}
	if b.raw != nil {
		return b.raw(e, c)
	}
	a := make([]any, len(b.params))
	if len(c.args) > len(a) {
		fail("%s takes at most %s", what, plural.Of(len(a), "argument"))
	}
	for i, n := range b.params {
		v, named := c.named[n]
		switch {
		case i < len(c.args) && named:
			fail("%s has two values for %q", what, n)
		case i < len(c.args):
			a[i] = c.args[i]
		case named:
			a[i] = v
		case i < b.required:
			fail("%s needs the argument %q", what, n)
		default:
			a[i] = absent{}
		}
	}
	for _, n := range c.order {
		if !slices.Contains(b.params, n) {
			fail("%s has no argument %q", what, n)
		}
	}
	return b.run(e, a)
}

// Readers of arguments; an absent one gives the default.

func (e *env) text(v any, otherwise string) string {
	switch x := v.(type) {
	case absent:
		return otherwise
	case string:
		return x
	case *undefined:
		fail("%s", x.why)
	}
	fail("want a text, got %s", typeName(v))
	return ""
}

func (e *env) integer(v any, otherwise int) int {
	if _, ok := v.(absent); ok {
		return otherwise
	}
	if u, ok := v.(*undefined); ok {
		fail("%s", u.why)
	}
	i, _, isInt, ok := numeric(v)
	if !ok || !isInt {
		fail("want an integer, got %s", typeName(v))
	}
	return i
}

func (e *env) flag(v any, otherwise bool) bool {
	if _, ok := v.(absent); ok {
		return otherwise
	}
	return e.truth(v)
}

func given(v any) bool {
	_, ok := v.(absent)
	return !ok
}
