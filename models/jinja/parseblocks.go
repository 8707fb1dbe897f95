package jinja

import "slices"

func (p *parser) statement() stmt {
	t := p.expect(name)
	switch t.text {
	case "for":
		return p.forLoop(t)
	case "if":
		return p.ifBlock()
	case "set":
		return p.set()
	case "with":
		return p.with()
	case "macro":
		return p.macro(t)
	case "call":
		return p.call(t)
	case "filter":
		f := p.filter(nil, true)
		body := p.block("endfilter")
		p.next()
		return &filterBlock{f, body}
	case "print":
		var list []stmt
		for !p.is(blockEnd) {
			if len(list) > 0 {
				p.expect(",")
			}
			list = append(list, &output{p.expression()})
		}
		return &group{list}
	case "do":
		return &do{p.tuple(tupleOptions{conditional: true})}
	case "break", "continue":
		if p.loops == 0 {
			p.fail(t.offset, "%s outside of a loop", t.text)
		}
		return &jump{t.text}
	case "generation":
		// transformers marks the assistant's text for training with this block. It leaves the text unchanged.
		body := p.block("endgeneration")
		p.next()
		return &scoped{body: body}
	case "extends", "include", "import", "from", "block", "autoescape":
		p.fail(t.offset, "the block %q is not supported", t.text)
	}
	p.fail(t.offset, "unknown block %q", t.text)
	return nil
}

func (p *parser) forLoop(t token) stmt {
	f := &forLoop{node: node{t.offset}}
	f.target = p.target(false, "in")
	p.expectWord("in")
	f.over = p.tuple(tupleOptions{end: "recursive"})
	if p.skipWord("if") {
		f.test = p.expression()
	}
	f.recursive = p.skipWord("recursive")
	p.loops++
	f.body = p.block("else", "endfor")
	p.loops--
	if p.next().text == "else" {
		f.otherwise = p.block("endfor")
		p.next()
	}
	return f
}

func (p *parser) ifBlock() stmt {
	s := &ifBlock{}
	for {
		test := p.tuple(tupleOptions{})
		s.tests = append(s.tests, test)
		s.bodies = append(s.bodies, p.block("elif", "else", "endif"))
		switch p.next().text {
		case "elif":
			continue
		case "else":
			s.otherwise = p.block("endif")
			p.next()
		}
		return s
	}
}

func (p *parser) set() stmt {
	target := p.target(true)
	if p.skip("=") {
		return &assign{target, p.tuple(tupleOptions{conditional: true})}
	}
	var f expr
	if p.is("|") {
		f = p.filter(nil, false)
	}
	body := p.block("endset")
	p.next()
	return &assignBlock{target, f, body}
}

func (p *parser) with() stmt {
	s := &scoped{}
	for !p.is(blockEnd) && !p.is(endOfText) {
		if len(s.targets) > 0 {
			p.expect(",")
		}
		s.targets = append(s.targets, p.target(false))
		p.expect("=")
		s.values = append(s.values, p.expression())
	}
	s.body = p.block("endwith")
	p.next()
	return s
}

func (p *parser) signature() (params []string, defaults []expr) {
	p.expect("(")
	for !p.is(")") {
		if len(params) > 0 {
			p.expect(",")
		}
		params = append(params, p.plainName())
		if p.skip("=") {
			defaults = append(defaults, p.expression())
		} else if len(defaults) > 0 {
			p.fail(p.current().offset, "a parameter without a default follows one with a default")
		}
	}
	p.next()
	return params, defaults
}

func (p *parser) plainName() string {
	t := p.expect(name)
	if slices.Contains([]string{"true", "false", "none", "True", "False", "None"}, t.text) {
		p.fail(t.offset, "can't assign to %q", t.text)
	}
	return t.text
}

func (p *parser) macro(t token) stmt {
	m := &macroDef{node: node{t.offset}, name: p.plainName()}
	m.params, m.defaults = p.signature()
	outer := p.loops
	p.loops = 0
	m.body = p.block("endmacro")
	p.loops = outer
	p.next()
	m.findUses()
	return m
}

func (p *parser) call(t token) stmt {
	m := &macroDef{node: node{t.offset}, name: "caller"}
	if p.is("(") {
		m.params, m.defaults = p.signature()
	}
	called, ok := p.expression().(*callExpr)
	if !ok {
		p.fail(t.offset, "the block \"call\" needs a call")
	}
	outer := p.loops
	p.loops = 0
	m.body = p.block("endcall")
	p.loops = outer
	p.next()
	m.findUses()
	return &callBlock{called, m}
}

// target parses what a value is assigned to: a name, names with commas or, if namespaces are allowed, an
// attribute of one.
func (p *parser) target(namespaces bool, end ...string) expr {
	var list []expr
	isTuple := false
	for {
		if len(list) > 0 && (p.is(blockEnd) || p.is("=") || len(end) > 0 && p.word(end[0])) {
			break
		}
		list = append(list, p.oneTarget(namespaces))
		if !p.skip(",") {
			break
		}
		isTuple = true
	}
	if isTuple {
		return &sequence{items: list, tuple: true}
	}
	return list[0]
}

func (p *parser) oneTarget(namespaces bool) expr {
	if p.skip("(") {
		t := p.target(namespaces)
		p.expect(")")
		return t
	}
	offset := p.current().offset
	n := p.plainName()
	if namespaces && p.skip(".") {
		return &attribute{node{offset}, &nameExpr{node{offset}, n}, p.expect(name).text}
	}
	return &nameExpr{node{offset}, n}
}
