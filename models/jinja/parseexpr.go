package jinja

import (
	"slices"
	"strings"
)

// tupleOptions say what may be in a tuple, and which name ends it.
type tupleOptions struct {
	conditional, parentheses bool
	end                      string
}

// tuple parses an expression, or several with commas.
func (p *parser) tuple(o tupleOptions) expr {
	start := p.current()
	var items []expr
	isTuple := false
	for {
		if len(items) > 0 {
			p.expect(",")
		}
		if p.is(variableEnd) || p.is(blockEnd) || p.is(")") || o.end != "" && p.word(o.end) {
			break
		}
		if o.conditional || o.parentheses {
			items = append(items, p.expression())
		} else {
			items = append(items, p.or())
		}
		if !p.is(",") {
			break
		}
		isTuple = true
	}
	if !isTuple {
		if len(items) > 0 {
			return items[0]
		}
		if !o.parentheses {
			p.fail(start.offset, "want an expression, got %s", p.current().describe())
		}
	}
	return &sequence{node{start.offset}, items, true}
}

func (p *parser) expression() expr {
	defer p.enter()()
	start := p.current()
	value := p.or()
	for p.skipWord("if") {
		c := &conditional{node: node{start.offset}, then: value, test: p.or()}
		if p.skipWord("else") {
			c.otherwise = p.expression()
		}
		value = c
	}
	return value
}

func (p *parser) or() expr {
	left := p.and()
	for p.word("or") {
		t := p.next()
		left = &logical{node{t.offset}, left, p.and(), true}
	}
	return left
}

func (p *parser) and() expr {
	left := p.not()
	for p.word("and") {
		t := p.next()
		left = &logical{node{t.offset}, left, p.not(), false}
	}
	return left
}

func (p *parser) not() expr {
	if !p.word("not") {
		return p.compare()
	}
	defer p.enter()()
	t := p.next()
	return &unary{node{t.offset}, "not", p.not()}
}

func (p *parser) compare() expr {
	first := p.sum()
	c := &comparison{node: node{p.current().offset}, first: first}
	for {
		op := ""
		switch t := p.current(); {
		case slices.Contains([]kind{"==", "!=", "<", "<=", ">", ">="}, t.kind):
			op = string(t.kind)
			p.next()
		case t.word("in"):
			op = "in"
			p.next()
		case t.word("not") && p.look().word("in"):
			op = "not in"
			p.next()
			p.next()
		}
		if op == "" {
			break
		}
		c.ops = append(c.ops, op)
		c.others = append(c.others, p.sum())
	}
	if len(c.ops) == 0 {
		return first
	}
	return c
}

// binary parses operands joined by left-associative operators.
func (p *parser) binary(operand func() expr, ops ...kind) expr {
	left := operand()
	for slices.Contains(ops, p.current().kind) {
		t := p.next()
		left = &binary{node{t.offset}, string(t.kind), left, operand()}
	}
	return left
}

func (p *parser) sum() expr { return p.binary(p.concat, "+", "-") }

func (p *parser) concat() expr {
	first := p.product()
	if !p.is("~") {
		return first
	}
	c := &concat{node{p.current().offset}, []expr{first}}
	for p.skip("~") {
		c.items = append(c.items, p.product())
	}
	return c
}

func (p *parser) product() expr { return p.binary(p.power, "*", "/", "//", "%") }

func (p *parser) power() expr { return p.binary(func() expr { return p.unary(true) }, "**") }

func (p *parser) unary(filters bool) expr {
	defer p.enter()()
	var e expr
	if t := p.current(); t.kind == "-" || t.kind == "+" {
		p.next()
		e = &unary{node{t.offset}, string(t.kind), p.unary(false)}
	} else {
		e = p.primary()
	}
	e = p.postfix(e)
	if filters {
		e = p.filters(e)
	}
	return e
}

func (p *parser) primary() expr {
	t := p.next()
	n := node{t.offset}
	switch t.kind {
	case name:
		switch t.text {
		case "true", "True":
			return &literal{true}
		case "false", "False":
			return &literal{false}
		case "none", "None":
			return &literal{nil}
		}
		return &nameExpr{n, t.text}
	case stringToken:
		var s strings.Builder
		s.WriteString(t.text)
		for p.is(stringToken) {
			s.WriteString(p.next().text)
		}
		return &literal{s.String()}
	case intToken, floatToken:
		return &literal{t.value}
	case "(":
		e := p.tuple(tupleOptions{parentheses: true})
		p.expect(")")
		return e
	case "[":
		s := &sequence{node: n}
		for !p.is("]") {
			if len(s.items) > 0 {
				p.expect(",")
				if p.is("]") {
					break
				}
			}
			s.items = append(s.items, p.expression())
		}
		p.next()
		return s
	case "{":
		d := &dictExpr{node: n}
		for !p.is("}") {
			if len(d.keys) > 0 {
				p.expect(",")
				if p.is("}") {
					break
				}
			}
			d.keys = append(d.keys, p.expression())
			p.expect(":")
			d.values = append(d.values, p.expression())
		}
		p.next()
		return d
	}
	p.fail(t.offset, "unexpected %s", t.describe())
	return nil
}

func (p *parser) postfix(e expr) expr {
	for {
		switch {
		case p.is(".") || p.is("["):
			e = p.subscript(e)
		case p.is("("):
			e = p.callOf(e)
		default:
			return e
		}
	}
}

func (p *parser) filters(e expr) expr {
	for {
		switch {
		case p.is("|"):
			e = p.filter(e, false)
		case p.word("is"):
			e = p.test(e)
		case p.is("("):
			e = p.callOf(e)
		default:
			return e
		}
	}
}

func (p *parser) subscript(e expr) expr {
	t := p.next()
	if t.kind == "." {
		switch a := p.next(); a.kind {
		case name:
			return &attribute{node{t.offset}, e, a.text}
		case intToken:
			return &item{node{t.offset}, e, &literal{a.value}}
		default:
			p.fail(a.offset, "want a name or a number, got %s", a.describe())
		}
	}
	var keys []expr
	for !p.is("]") {
		if len(keys) > 0 {
			p.expect(",")
		}
		keys = append(keys, p.subscribed())
	}
	p.next()
	switch len(keys) {
	case 0:
		p.fail(t.offset, "want an index or a key")
	case 1:
		return &item{node{t.offset}, e, keys[0]}
	}
	return &item{node{t.offset}, e, &sequence{node{t.offset}, keys, true}}
}

func (p *parser) subscribed() expr {
	s := &sliceExpr{node: node{p.current().offset}}
	if !p.is(":") {
		e := p.expression()
		if !p.is(":") {
			return e
		}
		s.start = e
	}
	p.next()
	if !p.is(":") && !p.is("]") && !p.is(",") {
		s.stop = p.expression()
	}
	if p.skip(":") && !p.is("]") && !p.is(",") {
		s.step = p.expression()
	}
	return s
}

func (p *parser) callOf(e expr) expr {
	return &callExpr{node{p.current().offset}, e, p.arguments()}
}

func (p *parser) arguments() arguments {
	open := p.expect("(")
	var a arguments
	for comma := false; !p.is(")"); comma = true {
		if comma {
			p.expect(",")
			if p.is(")") {
				break
			}
		}
		switch {
		case p.skip("*"):
			if a.list != nil || a.dict != nil {
				p.fail(open.offset, "the arguments of the call are in the wrong order")
			}
			a.list = p.expression()
		case p.skip("**"):
			if a.dict != nil {
				p.fail(open.offset, "the arguments of the call are in the wrong order")
			}
			a.dict = p.expression()
		case p.is(name) && p.look().kind == "=":
			if a.dict != nil {
				p.fail(open.offset, "the arguments of the call are in the wrong order")
			}
			a.names = append(a.names, p.next().text)
			p.next()
			a.named = append(a.named, p.expression())
		default:
			if a.list != nil || a.dict != nil || len(a.named) > 0 {
				p.fail(open.offset, "the arguments of the call are in the wrong order")
			}
			a.args = append(a.args, p.expression())
		}
	}
	p.next()
	return a
}

// dotted parses a name with dots, as filters and tests may have.
func (p *parser) dotted() token {
	t := p.expect(name)
	for p.skip(".") {
		t.text += "." + p.expect(name).text
	}
	return t
}

// filter parses filters. With inline, the first has no bar before it.
func (p *parser) filter(e expr, inline bool) expr {
	for inline || p.is("|") {
		if !inline {
			p.next()
		}
		inline = false
		t := p.dotted()
		f := &filterExpr{node: node{t.offset}, name: t.text, input: e}
		if f.apply = p.o.Filters[t.text]; f.apply == nil {
			f.builtin = filters[t.text]
		}
		if f.apply == nil && f.builtin == nil {
			if slices.Contains(refusedFilters, t.text) {
				p.fail(t.offset, "the filter %q is not supported", t.text)
			}
			p.fail(t.offset, "unknown filter %q", t.text)
		}
		if p.is("(") {
			f.arguments = p.arguments()
		}
		e = f
	}
	return e
}

func (p *parser) test(e expr) expr {
	p.next()
	negated := p.skipWord("not")
	t := p.dotted()
	x := &testExpr{node: node{t.offset}, name: t.text, input: e}
	if x.apply = tests[t.text]; x.apply == nil {
		p.fail(t.offset, "unknown test %q", t.text)
	}
	switch c := p.current(); {
	case c.kind == "(":
		x.arguments = p.arguments()
	case c.word("is"):
		p.fail(c.offset, "tests can't be chained with \"is\"")
	case slices.Contains([]kind{name, stringToken, intToken, floatToken, "[", "{"}, c.kind) && !c.word("else") && !c.word("or") && !c.word("and"):
		x.arguments.args = []expr{p.postfix(p.primary())}
	}
	if negated {
		return &unary{node{t.offset}, "not", x}
	}
	return x
}
