package jinja

import (
	"slices"
	"strings"

	"assay/harness/leaf/plural"
)

func (t text) exec(e *env) string {
	e.step(e.at)
	e.write(string(t))
	return ""
}

func (o *output) exec(e *env) string {
	v := o.value.eval(e)
	if e.template.o.NoObjects && e.hasObject(v) {
		fail("{{ }} would print %s as Python writes it; take a member of it, such as x.text, or write it as JSON with | tojson", typeName(v))
	}
	e.write(e.str(v))
	return ""
}

// hasObject reports whether a value is a dictionary or a list with one in it, at any depth.
func (e *env) hasObject(v any) (found bool) {
	items := []any{v}
	switch x := v.(type) {
	case *Dict:
		return true
	case *list:
		items = x.items
	case tuple:
		items = x
	default:
		return false
	}
	return e.deeper(func() bool { return slices.ContainsFunc(items, e.hasObject) })
}

func (d *do) exec(e *env) string {
	d.value.eval(e)
	return ""
}

func (j *jump) exec(*env) string { return j.to }

func (g *group) exec(e *env) string { return e.run(g.body) }

// run executes a body.
func (e *env) run(body []stmt) string {
	for _, s := range body {
		if to := s.exec(e); to != "" {
			return to
		}
	}
	return ""
}

func (b *ifBlock) exec(e *env) string {
	for i, t := range b.tests {
		if e.truth(t.eval(e)) {
			return e.run(b.bodies[i])
		}
	}
	return e.run(b.otherwise)
}

func (a *assign) exec(e *env) string {
	e.assign(a.target, a.value.eval(e))
	return ""
}

func (a *assignBlock) exec(e *env) string {
	var v any
	e.inner(func() {
		v = e.captured(func() { e.run(a.body) })
		if f, ok := a.filter.(*filterExpr); ok {
			v = f.on(e, v)
		}
	})
	e.assign(a.target, v)
	return ""
}

func (b *filterBlock) exec(e *env) string {
	e.inner(func() {
		v := any(e.captured(func() { e.run(b.body) }))
		e.write(e.str(b.filter.(*filterExpr).on(e, v)))
	})
	return ""
}

func (s *scoped) exec(e *env) string {
	values := make([]any, len(s.values))
	for i, v := range s.values {
		values[i] = v.eval(e)
	}
	to := ""
	e.inner(func() {
		for i, t := range s.targets {
			e.assign(t, values[i])
		}
		to = e.run(s.body)
	})
	return to
}

func (f *forLoop) exec(e *env) string {
	f.loop(e, f.over.eval(e), 0)
	return ""
}

// nest runs f one call deeper.
func (e *env) nest(f func()) {
	if e.depth++; e.depth > maxDepth {
		fail("calls are nested more than %d deep", maxDepth)
	}
	f()
	e.depth--
}

// loop runs the body for the items of a value.
func (f *forLoop) loop(e *env, over any, depth int) {
	e.at = f.offset
	items := e.iterate(over)
	if f.test != nil {
		var kept []any
		for _, v := range items {
			e.inner(func() {
				e.assign(f.target, v)
				if e.truth(f.test.eval(e)) {
					kept = append(kept, v)
				}
			})
		}
		items = kept
	}
	if len(items) == 0 {
		e.inner(func() { e.run(f.otherwise) })
		return
	}
	l := &loopVar{items: items, depth: depth}
	outer := e.scope
	if f.recursive {
		l.again = &function{"loop", func(e *env, c call) any {
			c.takes("loop", 1, 1)
			return e.captured(func() {
				e.nest(func() {
					caller := e.scope
					e.scope = outer
					f.loop(e, c.args[0], depth+1)
					e.scope = caller
				})
			})
		}}
	}
	growing, _ := over.(*list)
	for i, v := range items {
		e.step(f.offset)
		l.index = i
		to := ""
		e.inner(func() {
			e.define("loop", l)
			e.assign(f.target, v)
			to = e.run(f.body)
		})
		if to == "break" {
			break
		}
		if growing != nil && f.test == nil && len(growing.items) != len(items) {
			fail("the loop's list changes while the loop runs")
		}
	}
}

func (m *macroDef) exec(e *env) string {
	e.define(m.name, m.function(e))
	return ""
}

// function makes a macro's function. Its body sees the names around its definition.
func (m *macroDef) function(e *env) *function {
	defined := e.scope
	return &function{"macro " + m.name, func(e *env, c call) any {
		var out string
		e.nest(func() {
			caller := e.scope
			e.scope = &scope{outer: defined}
			m.bind(e, c)
			out = e.captured(func() { e.run(m.body) })
			e.scope = caller
		})
		return out
	}}
}

// bind defines a macro's parameters.
func (m *macroDef) bind(e *env, c call) {
	args, used := c.args, map[string]bool{}
	for i, n := range m.params {
		v, named := c.named[n]
		switch {
		case i < len(args):
			if named {
				fail("macro %s has two values for %q", m.name, n)
			}
			v = args[i]
		case named:
			used[n] = true
		case i >= len(m.params)-len(m.defaults):
			v = m.defaults[i-(len(m.params)-len(m.defaults))].eval(e)
		default:
			v = &undefined{why: "parameter " + n + " was not provided"}
		}
		e.define(n, v)
	}
	rest := tuple(nil)
	if len(args) > len(m.params) {
		rest = append(rest, args[len(m.params):]...)
	}
	if m.varargs {
		e.define("varargs", rest)
	} else if len(rest) > 0 {
		fail("macro %s takes at most %s", m.name, plural.Of(len(m.params), "argument"))
	}
	if m.caller {
		v, ok := c.named["caller"]
		if !ok {
			v = &undefined{why: "no caller defined"}
		}
		used["caller"] = true
		e.define("caller", v)
	}
	kwargs := NewDict()
	for _, n := range c.order {
		if !used[n] && !(m.has(n)) {
			kwargs.Set(n, c.named[n])
		}
	}
	if m.kwargs {
		e.define("kwargs", kwargs)
	} else if kwargs.Len() > 0 {
		names := make([]string, 0, kwargs.Len())
		for k := range kwargs.All() {
			names = append(names, k.(string))
		}
		fail("macro %s has no parameter %s", m.name, strings.Join(names, ", "))
	}
}

func (m *macroDef) has(param string) bool {
	for _, n := range m.params {
		if n == param {
			return true
		}
	}
	return false
}

func (b *callBlock) exec(e *env) string {
	c := b.call.arguments.eval(e)
	c.name("caller", b.body.function(e))
	e.write(e.str(e.call(b.call.of.eval(e), c)))
	return ""
}
