package jinja

import "slices"

// maxRange is the most numbers that a range may have.
const maxRange = 100_000

// globals are Jinja's global functions but lipsum.
var globals = map[string]*function{
	"range": {"range", func(e *env, c call) any {
		c.takes("range", 1, 3)
		r := &numRange{step: 1}
		n := make([]int, len(c.args))
		for i, a := range c.args {
			n[i] = e.integer(a, 0)
		}
		switch len(n) {
		case 1:
			r.stop = n[0]
		case 3:
			r.step = n[2]
			fallthrough
		case 2:
			r.start, r.stop = n[0], n[1]
		}
		const far = 1 << 60
		if r.step == 0 {
			fail("a range's step is 0")
		}
		if max(r.start, r.stop, r.step) > far || min(r.start, r.stop, r.step) < -far || r.len() > maxRange {
			fail("a range has more than %d numbers", maxRange)
		}
		return r
	}},
	"dict": {"dict", func(e *env, c call) any {
		d := NewDict()
		if len(c.args) > 1 {
			fail("dict takes one argument without a name")
		}
		for _, a := range c.args {
			if other, ok := a.(*Dict); ok {
				a = &list{pairs(e, other)}
			}
			for _, pair := range e.iterate(a) {
				kv := e.iterate(pair)
				if len(kv) != 2 {
					fail("dict takes pairs of a key and a value")
				}
				d.set(kv[0], kv[1])
			}
		}
		for _, n := range c.order {
			d.set(n, c.named[n])
		}
		return d
	}},
	"namespace": {"namespace", func(e *env, c call) any {
		n := &namespace{NewDict()}
		for _, a := range c.args {
			d, ok := a.(*Dict)
			if !ok {
				fail("namespace takes a dictionary")
			}
			for k, v := range d.All() {
				n.members.set(k, v)
			}
		}
		for _, name := range c.order {
			n.members.set(name, c.named[name])
		}
		return n
	}},
	"cycler": {"cycler", func(e *env, c call) any {
		if len(c.args) == 0 {
			fail("cycler needs at least one value")
		}
		c.takes("cycler", 1, len(c.args))
		return &cycler{items: slices.Clone(c.args)}
	}},
	"joiner": {"joiner", func(e *env, c call) any {
		c.takes("joiner", 0, 1)
		j := &joiner{separator: ", "}
		if len(c.args) == 1 {
			j.separator = e.text(c.args[0], "")
		}
		return j
	}},
}

func (j *joiner) next() any {
	if !j.used {
		j.used = true
		return ""
	}
	return j.separator
}

func (c *cycler) attribute(n string) any {
	switch n {
	case "current":
		return c.items[c.pos]
	case "next":
		return &function{"next", func(*env, call) any {
			v := c.items[c.pos]
			c.pos = (c.pos + 1) % len(c.items)
			return v
		}}
	case "reset":
		return &function{"reset", func(*env, call) any {
			c.pos = 0
			return nil
		}}
	}
	return &undefined{why: "the cycler has no attribute " + n}
}

// loopAttribute is an attribute of the variable loop.
func (e *env) loopAttribute(l *loopVar, n string) any {
	count := len(l.items)
	switch n {
	case "index":
		return l.index + 1
	case "index0":
		return l.index
	case "revindex":
		return count - l.index
	case "revindex0":
		return count - l.index - 1
	case "first":
		return l.index == 0
	case "last":
		return l.index == count-1
	case "length":
		return count
	case "depth":
		return l.depth + 1
	case "depth0":
		return l.depth
	case "previtem":
		if l.index > 0 {
			return l.items[l.index-1]
		}
		return &undefined{why: "there is no previous item"}
	case "nextitem":
		if l.index+1 < count {
			return l.items[l.index+1]
		}
		return &undefined{why: "there is no next item"}
	case "cycle":
		index := l.index
		return &function{"cycle", func(e *env, c call) any {
			if len(c.args) == 0 {
				fail("no items for cycling given")
			}
			return c.args[index%len(c.args)]
		}}
	case "changed":
		return &function{"changed", func(e *env, c call) any {
			same := l.checked && e.equalItems(l.changed, c.args)
			l.checked, l.changed = true, slices.Clone(c.args)
			return !same
		}}
	}
	return &undefined{why: "the loop variable has no attribute " + n}
}
