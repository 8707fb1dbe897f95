package jinja

import (
	"fmt"
	"slices"
	"strings"
)

// parser builds the tree of a template, with jinja2's grammar.
type parser struct {
	source string
	o      Options
	tokens []token
	pos    int
	depth  int
	loops  int // loops around the current place, for break and continue
}

// maxNesting is how deep expressions and blocks may be nested.
const maxNesting = 200

func (p *parser) current() token { return p.tokens[p.pos] }

func (p *parser) next() token {
	t := p.tokens[p.pos]
	if p.pos+1 < len(p.tokens) {
		p.pos++
	}
	return t
}

func (p *parser) look() token { return p.tokens[min(p.pos+1, len(p.tokens)-1)] }

func (p *parser) is(k kind) bool { return p.current().kind == k }

func (t token) word(text string) bool { return t.kind == name && t.text == text }

func (p *parser) word(text string) bool { return p.current().word(text) }

func (p *parser) skip(k kind) bool {
	if p.is(k) {
		p.next()
		return true
	}
	return false
}

func (p *parser) skipWord(text string) bool {
	if p.word(text) {
		p.next()
		return true
	}
	return false
}

// failure is a syntax error; it unwinds the parser.
type failure struct{ err error }

func (p *parser) fail(offset int, format string, args ...any) {
	panic(failure{at(p.source, offset, fmt.Errorf(format, args...))})
}

func (t token) describe() string {
	switch t.kind {
	case name, stringToken, data:
		return fmt.Sprintf("%q", t.text)
	case intToken, floatToken:
		return fmt.Sprint(t.value)
	case endOfText:
		return string(t.kind)
	}
	return fmt.Sprintf("%q", string(t.kind))
}

func (p *parser) expect(k kind) token {
	if !p.is(k) {
		want := fmt.Sprintf("%q", string(k))
		if k == name {
			want = string(k)
		}
		p.fail(p.current().offset, "want %s, got %s", want, p.current().describe())
	}
	return p.next()
}

func (p *parser) expectWord(text string) token {
	if !p.word(text) {
		p.fail(p.current().offset, "want %q, got %s", text, p.current().describe())
	}
	return p.next()
}

func (p *parser) enter() func() {
	if p.depth++; p.depth > maxNesting {
		p.fail(p.current().offset, "expressions or blocks are nested more than %d deep", maxNesting)
	}
	return func() { p.depth-- }
}

// parse compiles tokens to a body.
func parse(source string, tokens []token, o Options) (out []stmt, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(failure)
			if !ok {
				panic(r)
			}
			out, err = nil, f.err
		}
	}()
	p := &parser{source: source, o: o, tokens: tokens}
	return p.body(), nil
}

// body parses text, outputs and blocks, up to a block that starts with one of the ends; it stops at its name.
func (p *parser) body(ends ...string) []stmt {
	defer p.enter()()
	var out []stmt
	for !p.is(endOfText) {
		switch t := p.next(); t.kind {
		case data:
			out = append(out, text(t.text))
		case variableBegin:
			e := p.tuple(tupleOptions{conditional: true})
			p.expect(variableEnd)
			out = append(out, &output{e})
		case blockBegin:
			if p.is(name) && slices.Contains(ends, p.current().text) {
				return out
			}
			if s := p.statement(); s != nil {
				out = append(out, s)
			}
			p.expect(blockEnd)
		default:
			p.fail(t.offset, "unexpected %s", t.describe())
		}
	}
	if len(ends) > 0 {
		p.fail(p.current().offset, "want the block %q, got %s", ends[len(ends)-1], p.current().describe())
	}
	return out
}

// block parses the body of a block, from the end of its tag.
func (p *parser) block(ends ...string) []stmt {
	p.skip(":")
	p.expect(blockEnd)
	return p.body(ends...)
}

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
