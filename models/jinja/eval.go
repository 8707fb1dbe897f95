package jinja

import (
	"slices"
	"strings"

	"assay/harness/leaf/plural"
)

// call holds the values of a call's arguments.
type call struct {
	args  []any
	named map[string]any
	order []string // the names as they were written
}

func (c *call) name(n string, v any) {
	if c.named == nil {
		c.named = map[string]any{}
	}
	if _, ok := c.named[n]; ok {
		fail("the argument %q is given twice", n)
	}
	c.named[n] = v
	c.order = append(c.order, n)
}

// takes fails unless the call has that many positional arguments and no named ones.
func (c call) takes(what string, least, most int) {
	if len(c.named) > 0 {
		fail("%s takes no named arguments", what)
	}
	if n := len(c.args); n < least || n > most {
		fail("%s takes %d to %s, got %d", what, least, plural.Of(most, "argument"), n)
	}
}

func (a *arguments) eval(e *env) call {
	var c call
	for _, x := range a.args {
		c.args = append(c.args, x.eval(e))
	}
	if a.list != nil {
		c.args = append(c.args, e.iterate(a.list.eval(e))...)
	}
	for i, n := range a.names {
		c.name(n, a.named[i].eval(e))
	}
	if a.dict != nil {
		d, ok := a.dict.eval(e).(*Dict)
		if !ok {
			fail("what follows ** is no dictionary")
		}
		for k, v := range d.All() {
			n, ok := k.(string)
			if !ok {
				fail("names of arguments must be texts")
			}
			c.name(n, v)
		}
	}
	return c
}

// call calls a function.
func (e *env) call(f any, c call) any {
	switch f := f.(type) {
	case *function:
		return f.call(e, c)
	case *undefined:
		fail("%s", f.why)
	case *loopVar:
		if f.again == nil {
			fail("the loop is not recursive")
		}
		return f.again.call(e, c)
	case *joiner:
		return f.next()
	}
	fail("%s can't be called", typeName(f))
	return nil
}

func (l *literal) eval(*env) any { return l.value }

func (n *nameExpr) eval(e *env) any {
	e.step(n.offset)
	return e.lookup(n.name)
}

func (s *sequence) eval(e *env) any {
	e.step(s.offset)
	items := make([]any, len(s.items))
	for i, x := range s.items {
		items[i] = x.eval(e)
	}
	e.charge(16 * len(items))
	if s.tuple {
		return tuple(items)
	}
	return &list{items}
}

func (x *dictExpr) eval(e *env) any {
	e.step(x.offset)
	d := NewDict()
	e.charge(48 * len(x.keys))
	for i := range x.keys {
		key := x.keys[i].eval(e)
		e.work(size(key))
		d.set(key, x.values[i].eval(e))
	}
	return d
}

func (a *attribute) eval(e *env) any {
	v := a.of.eval(e)
	e.step(a.offset)
	return e.attribute(v, a.name)
}

func (x *item) eval(e *env) any {
	v := x.of.eval(e)
	if s, ok := x.key.(*sliceExpr); ok {
		return s.of(e, v)
	}
	key := x.key.eval(e)
	e.step(x.offset)
	return e.item(v, key)
}

func (s *sliceExpr) eval(e *env) any {
	e.step(s.offset)
	fail("a slice is not supported here")
	return nil
}

func (u *unary) eval(e *env) any {
	v := u.term.eval(e)
	e.step(u.offset)
	if u.op == "not" {
		return !e.truth(v)
	}
	return e.sign(u.op, v)
}

func (b *binary) eval(e *env) any {
	left, right := b.left.eval(e), b.right.eval(e)
	e.step(b.offset)
	return e.arithmetic(b.op, left, right)
}

func (l *logical) eval(e *env) any {
	v := l.left.eval(e)
	e.step(l.offset)
	if e.truth(v) == l.or {
		return v
	}
	return l.right.eval(e)
}

func (c *comparison) eval(e *env) any {
	left := c.first.eval(e)
	for i, op := range c.ops {
		right := c.others[i].eval(e)
		e.step(c.offset)
		if !e.compare(op, left, right) {
			return false
		}
		left = right
	}
	return true
}

func (c *concat) eval(e *env) any {
	var parts []string
	n := 0
	for _, x := range c.items {
		s := e.str(x.eval(e))
		n += len(s)
		parts = append(parts, s)
	}
	e.step(c.offset)
	e.charge(n)
	return strings.Join(parts, "")
}

func (c *conditional) eval(e *env) any {
	test := e.truth(c.test.eval(e))
	e.step(c.offset)
	switch {
	case test:
		return c.then.eval(e)
	case c.otherwise == nil:
		return &undefined{"the condition is false and has no else", true}
	}
	return c.otherwise.eval(e)
}

func (c *callExpr) eval(e *env) any {
	f := c.of.eval(e)
	args := c.arguments.eval(e)
	e.step(c.offset)
	return e.call(f, args)
}

func (f *filterExpr) eval(e *env) any {
	return f.on(e, f.input.eval(e))
}

// on applies the filter to a value. A chain in a block starts with the block's text, which has no node.
func (f *filterExpr) on(e *env, v any) any {
	if inner, ok := f.input.(*filterExpr); ok && inner.start() {
		v = inner.on(e, v)
	}
	c := f.arguments.eval(e)
	e.step(f.offset)
	c.args = slices.Insert(c.args, 0, v)
	if f.apply != nil {
		return userFunction(f.apply).call(e, c)
	}
	return f.builtin.call(e, f.name, c)
}

// start tells whether a chain of filters starts with a block's text.
func (f *filterExpr) start() bool {
	if f.input == nil {
		return true
	}
	inner, ok := f.input.(*filterExpr)
	return ok && inner.start()
}

func (t *testExpr) eval(e *env) any {
	v := t.input.eval(e)
	c := t.arguments.eval(e)
	e.step(t.offset)
	c.args = slices.Insert(c.args, 0, v)
	return t.apply.call(e, t.name, c)
}
