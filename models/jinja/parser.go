package jinja

import (
	"fmt"
	"slices"
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
