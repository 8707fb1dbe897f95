package jinja

import (
	"cmp"
	"strings"
	"time"

	"assay/harness/leaf/plural"
)

// env is the state of one rendering.
type env struct {
	template *Template
	vars     map[string]any // the caller's
	seen     map[string]any // the caller's that were used, converted
	scope    *scope
	out      *strings.Builder
	at       int // offset of the current node
	steps    int
	maxSteps int
	read     int // bytes that are not a step yet
	bytes    int
	depth    int // of calls
	nested   int // of values that are compared
	outside  time.Duration

	// The tables of builtins. They are here because builtins that take names of others, such as map, can't refer to
	// the tables that they are in.
	filters, tests, texts map[string]*builtin
}

// scope holds the names that a block defines.
type scope struct {
	names map[string]any
	outer *scope
}

func newEnv(t *Template, vars map[string]any) *env {
	return &env{template: t, maxSteps: cmp.Or(t.maxSteps, maxSteps), vars: vars, seen: map[string]any{}, scope: &scope{}, filters: filters, tests: tests, texts: textMethods}
}

// step counts the evaluation of a node.
func (e *env) step(at int) {
	e.at = at
	if e.steps++; e.steps > e.maxSteps {
		fail("the template takes more than %s", plural.Of(e.maxSteps, "step"))
	}
}

// work counts reading bytes.
func (e *env) work(bytes int) {
	e.read += bytes
	if e.read >= stepBytes {
		e.steps += e.read / stepBytes
		e.read %= stepBytes
		e.step(e.at)
	}
}

// size is about how many bytes reading a value takes, without what its items refer to.
func size(v any) int {
	const item = 16
	switch x := v.(type) {
	case string:
		return len(x)
	case *list:
		return item * len(x.items)
	case tuple:
		return item * len(x)
	case *Dict:
		return 3 * item * x.Len()
	case *view:
		return item * len(x.items)
	case *generator:
		return item * len(x.items)
	}
	return 0
}

// deeper runs f, which compares the items of a value.
func (e *env) deeper(f func() bool) bool {
	if e.nested++; e.nested > maxNesting {
		panic(problem{errNested})
	}
	defer func() { e.nested-- }()
	return f()
}

// charge counts bytes before they are allocated.
func (e *env) charge(n int) {
	if n < 0 || n > maxBytes-e.bytes {
		fail("the template makes more than %d bytes of texts and lists", maxBytes)
	}
	e.bytes += n
}

func (e *env) write(s string) {
	if e.out.Len()+len(s) > maxOutput {
		fail("the template writes more than %d bytes", maxOutput)
	}
	e.out.WriteString(s)
}

// inner runs f in a scope of its own.
func (e *env) inner(f func()) {
	outer := e.scope
	e.scope = &scope{outer: outer}
	f()
	e.scope = outer
}

// captured returns what f writes.
func (e *env) captured(f func()) string {
	outer := e.out
	var b strings.Builder
	e.out = &b
	f()
	e.out = outer
	e.charge(b.Len())
	return b.String()
}

func (e *env) lookup(n string) any {
	for s := e.scope; s != nil; s = s.outer {
		if v, ok := s.names[n]; ok {
			return v
		}
	}
	if v, ok := e.seen[n]; ok {
		return v
	}
	v, ok := e.vars[n]
	if ok {
		v = imported(v, 0)
	} else if f := e.template.o.Globals[n]; f != nil {
		v = userFunction(f)
	} else if g := globals[n]; g != nil {
		v = g
	} else {
		return &undefined{why: n + " is undefined"}
	}
	e.seen[n] = v
	return v
}

func (e *env) define(n string, v any) {
	if e.scope.names == nil {
		e.scope.names = map[string]any{}
	}
	e.scope.names[n] = v
}

// assign gives a value to a target: a name, a tuple of targets or a namespace's attribute.
func (e *env) assign(target expr, v any) {
	switch t := target.(type) {
	case *nameExpr:
		e.define(t.name, v)
	case *sequence:
		items := e.iterate(v)
		if len(items) != len(t.items) {
			fail("%s can't be assigned to %s", plural.Of(len(items), "value"), plural.Of(len(t.items), "name"))
		}
		for i, one := range t.items {
			e.assign(one, items[i])
		}
	case *attribute:
		n, ok := t.of.eval(e).(*namespace)
		if !ok {
			fail("can't assign to an attribute of anything but a namespace")
		}
		n.members.Set(t.name, v)
	}
}
