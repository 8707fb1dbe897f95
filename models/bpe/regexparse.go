package bpe

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// compile parses a pattern. Unknown syntax is an error.
func compile(text string) (*regex, error) {
	p := &regexParser{rest: text, classes: allClasses()}
	m, err := p.alternatives(false)
	if err == nil && p.rest != "" {
		err = errors.New("an unmatched )")
	}
	if err != nil {
		return nil, err
	}
	return &regex{m}, nil
}

type regexParser struct {
	rest    string
	classes *classes
}

func (p *regexParser) take(text string) bool {
	rest, found := strings.CutPrefix(p.rest, text)
	p.rest = rest
	return found
}

func (p *regexParser) next() (rune, error) {
	if p.rest == "" {
		return 0, errors.New("the pattern ends too early")
	}
	r, n := utf8.DecodeRuneInString(p.rest)
	p.rest = p.rest[n:]
	return r, nil
}

// alternatives parses up to a closing parenthesis or the end.
func (p *regexParser) alternatives(fold bool) (matcher, error) {
	var all, now []matcher
	for p.rest != "" && p.rest[0] != ')' {
		if p.take("|") {
			all, now = append(all, sequence(now)), nil
			continue
		}
		if p.take("(?i)") {
			fold = true
			continue
		}
		m, err := p.repeated(fold)
		if err != nil {
			return nil, err
		}
		now = append(now, m)
	}
	return either(append(all, sequence(now))), nil
}

// repeated parses an atom and its repetition.
func (p *regexParser) repeated(fold bool) (matcher, error) {
	m, is, err := p.atom(fold)
	if err != nil {
		return nil, err
	}
	for p.rest != "" {
		least, most, interval := 0, -1, false
		switch {
		case p.take("*"):
		case p.take("+"):
			least = 1
		case p.take("?"):
			most = 1
		case p.rest[0] == '{':
			if least, most, err = p.interval(); err != nil {
				return nil, err
			}
			interval = true
		default:
			return m, nil
		}
		how := greedy
		switch {
		case p.take("?"):
			how = lazy
		case !interval && p.take("+"): // after {n,m}, Oniguruma's + is another loop
			how = possessive
		}
		if is != nil {
			m, is = classLoop(is, least, most, how), nil
			continue
		}
		m = loop(m, least, most, how)
	}
	return m, nil
}

func (p *regexParser) interval() (least, most int, err error) {
	body, rest, found := strings.Cut(p.rest[1:], "}")
	low, high, two := strings.Cut(body, ",")
	if !found {
		return 0, 0, errors.New("an unmatched {")
	}
	p.rest = rest
	if low == "" && two {
		low = "0"
	}
	if least, err = strconv.Atoi(low); err != nil {
		return 0, 0, fmt.Errorf("{%s} is not a valid repetition", body)
	}
	switch most = least; {
	case two && high == "":
		most = -1
	case two:
		if most, err = strconv.Atoi(high); err != nil {
			return 0, 0, fmt.Errorf("{%s} is not a valid repetition", body)
		}
	}
	const limit = 1000
	if least < 0 || least > limit || most > limit || most >= 0 && most < least {
		return 0, 0, fmt.Errorf("{%s} is not a repetition of at most %d times", body, limit)
	}
	return least, most, nil
}

// atom parses what can be repeated; is is set if it is one character of a class.
func (p *regexParser) atom(fold bool) (m matcher, is func(rune) bool, err error) {
	switch {
	case p.take("(?="):
		m, err = p.group(fold)
		return look(m, true), nil, err
	case p.take("(?!"):
		m, err = p.group(fold)
		return look(m, false), nil, err
	case strings.HasPrefix(p.rest, "(?<=") || strings.HasPrefix(p.rest, "(?<!"):
		want := p.rest[3] == '='
		p.rest = p.rest[4:]
		_, is, err = p.atom(fold)
		if err == nil && (is == nil || !p.take(")")) {
			err = errors.New("a lookbehind longer than one character")
		}
		return lookBehind(is, want), nil, err
	case p.take("(?i:"):
		m, err = p.group(true)
		return m, nil, err
	case p.take("(?>"):
		m, err = p.group(fold)
		return atomic(m), nil, err
	case p.take("(?:"):
		m, err = p.group(fold)
		return m, nil, err
	case strings.HasPrefix(p.rest, "(?"):
		return nil, nil, fmt.Errorf("the group %.4s isn't supported", p.rest)
	case p.take("("):
		m, err = p.group(fold)
		return m, nil, err
	case p.take("["):
		is, err = p.set(fold)
	case p.take("."):
		is = func(r rune) bool { return r != '\n' }
	case p.take("^"):
		return lineStart, nil, nil
	case p.take("$"):
		return lineEnd, nil, nil
	case p.take(`\`):
		is, _, err = p.escape(fold)
	default:
		r, e := p.next()
		if strings.ContainsRune("*+?{", r) {
			e = fmt.Errorf("a %c with nothing before it", r)
		}
		is, err = literal(r, fold), e
	}
	return one(is), is, err
}

func (p *regexParser) group(fold bool) (matcher, error) {
	m, err := p.alternatives(fold)
	if err == nil && !p.take(")") {
		err = errors.New("an unmatched (")
	}
	return m, err
}

func lineStart(text string, at int, next func(int) bool) bool {
	return (at == 0 || text[at-1] == '\n') && next(at)
}

func lineEnd(text string, at int, next func(int) bool) bool {
	return (at == len(text) || text[at] == '\n') && next(at)
}

// literal is a character, in either case with fold.
func literal(r rune, fold bool) func(rune) bool {
	if !fold || unicode.SimpleFold(r) == r {
		return func(c rune) bool { return c == r }
	}
	return func(c rune) bool {
		if c == r {
			return true
		}
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			if f == c {
				return true
			}
		}
		return false
	}
}

// set parses a set of characters, after its [.
func (p *regexParser) set(fold bool) (func(rune) bool, error) {
	negated := p.take("^")
	var all []func(rune) bool
	for first := true; !p.take("]"); first = false {
		if strings.HasPrefix(p.rest, "[") || strings.HasPrefix(p.rest, "&&") || first && strings.HasPrefix(p.rest, "]") {
			return nil, errors.New("nested sets and && aren't supported")
		}
		low, is, err := p.member(fold)
		if err != nil {
			return nil, err
		}
		if low >= 0 && strings.HasPrefix(p.rest, "-") && !strings.HasPrefix(p.rest, "-]") {
			p.rest = p.rest[1:]
			high, _, err := p.member(fold)
			switch {
			case err != nil:
				return nil, err
			case high < low:
				return nil, errors.New("an invalid range in a set")
			case fold:
				return nil, errors.New("case-insensitive ranges in sets aren't supported")
			}
			is = func(r rune) bool { return low <= r && r <= high }
		}
		all = append(all, is)
	}
	return func(r rune) bool {
		for _, is := range all {
			if is(r) {
				return !negated
			}
		}
		return negated
	}, nil
}

// member parses a character of a set, or a class; low is -1 for a class.
func (p *regexParser) member(fold bool) (low rune, is func(rune) bool, err error) {
	if p.take(`\`) {
		is, low, err = p.escape(fold)
		return low, is, err
	}
	r, err := p.next()
	return r, literal(r, fold), err
}

// escape parses what follows a backslash; r is -1 for a class.
func (p *regexParser) escape(fold bool) (is func(rune) bool, r rune, err error) {
	c, err := p.next()
	if err != nil {
		return nil, 0, err
	}
	class := func(of class) func(rune) bool { return func(r rune) bool { return p.classes.of(r) == of } }
	not := func(is func(rune) bool) func(rune) bool { return func(r rune) bool { return !is(r) } }
	number := func(r rune) bool { return unicode.Is(unicode.Nd, r) }
	switch c {
	case 's':
		return class(space), -1, nil
	case 'S':
		return not(class(space)), -1, nil
	case 'd':
		return number, -1, nil
	case 'D':
		return not(number), -1, nil
	case 'w':
		return isWord, -1, nil
	case 'W':
		return not(isWord), -1, nil
	case 'p', 'P':
		is, err := p.property()
		if c == 'P' && err == nil {
			is = not(is)
		}
		return is, -1, err
	case 'r':
		r = '\r'
	case 'n':
		r = '\n'
	case 't':
		r = '\t'
	case 'f':
		r = '\f'
	case 'v':
		r = '\v'
	case 'x', 'u':
		if r, err = p.code(c); err != nil {
			return nil, 0, err
		}
	default:
		if c >= utf8.RuneSelf || unicode.In(c, unicode.L, unicode.N) {
			return nil, 0, fmt.Errorf(`the escape \%c isn't supported`, c)
		}
		r = c
	}
	return literal(r, fold), r, nil
}

// code parses \x41, \x{1F600} or \u0041, after the letter.
func (p *regexParser) code(letter rune) (rune, error) {
	digits := ""
	if letter == 'x' && p.take("{") {
		body, rest, found := strings.Cut(p.rest, "}")
		if !found {
			return 0, errors.New(`an unmatched \x{`)
		}
		digits, p.rest = body, rest
	} else {
		n := map[rune]int{'x': 2, 'u': 4}[letter]
		if len(p.rest) < n {
			return 0, errors.New("the pattern ends too early")
		}
		digits, p.rest = p.rest[:n], p.rest[n:]
	}
	n, err := strconv.ParseInt(digits, 16, 32)
	if err != nil || n > unicode.MaxRune {
		return 0, fmt.Errorf("%q is not a code point", digits)
	}
	return rune(n), nil
}

// property parses {Name}: a general category, a script or a property of Unicode.
func (p *regexParser) property() (func(rune) bool, error) {
	name, rest, found := strings.Cut(strings.TrimPrefix(p.rest, "{"), "}")
	if !found || !strings.HasPrefix(p.rest, "{") {
		return nil, errors.New(`a \p without {Name}`)
	}
	p.rest = rest
	name, negated := strings.CutPrefix(name, "^")
	is := p.named(name)
	if is == nil {
		return nil, fmt.Errorf(`\p{%s} isn't supported`, name)
	}
	if negated {
		return func(r rune) bool { return !is(r) }, nil
	}
	return is, nil
}

func (p *regexParser) named(name string) func(rune) bool {
	switch strings.ToLower(name) {
	case "l", "letter":
		return func(r rune) bool { return p.classes.of(r) == letter }
	case "n", "number":
		return func(r rune) bool { return p.classes.of(r) == digit }
	}
	for _, tables := range []map[string]*unicode.RangeTable{unicode.Categories, unicode.Scripts, unicode.Properties} {
		for known, table := range tables {
			if strings.EqualFold(known, name) {
				return func(r rune) bool { return unicode.Is(table, r) }
			}
		}
	}
	return nil
}
