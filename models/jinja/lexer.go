package jinja

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer splits a source into tokens, as jinja2's does.
type lexer struct {
	source       string
	o            Options
	pos          int
	lineStarting bool // the last match ended with a line break
	tokens       []token
	open         []byte // brackets that must be closed
}

// newlines replaces all line breaks by \n.
func newlines(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func tokenize(source string, o Options) ([]token, error) {
	l := &lexer{source: source, o: o, lineStarting: true}
	for l.pos < len(source) {
		if err := l.root(); err != nil {
			return nil, err
		}
		if len(l.tokens) > maxTokens {
			return nil, l.tooMany()
		}
	}
	return append(l.tokens, token{kind: endOfText, offset: len(source)}), nil
}

func (l *lexer) fail(offset int, format string, args ...any) error {
	return at(l.source, offset, fmt.Errorf(format, args...))
}

// root reads text and the tag after it.
func (l *lexer) root() error {
	start := l.pos
	tag := start
	for {
		i := strings.IndexByte(l.source[tag:], '{')
		if i < 0 || tag+i+1 >= len(l.source) {
			l.emit(data, l.source[start:], start)
			l.pos = len(l.source)
			return nil
		}
		tag += i
		if c := l.source[tag+1]; c == '{' || c == '%' || c == '#' {
			break
		}
		tag++
	}
	mark := l.source[tag+1]
	after := tag + 2
	sign := byte(0)
	if after < len(l.source) && (l.source[after] == '-' || l.source[after] == '+') {
		sign = l.source[after]
		after++
	}
	rawBody := -1
	if mark == '%' {
		rawBody = l.rawStart(after)
	}
	l.emit(data, l.strip(l.source[start:tag], sign, mark == '{'), start)
	switch {
	case rawBody >= 0:
		l.lineStarting = l.source[rawBody-1] == '\n'
		return l.raw(tag, rawBody)
	case mark == '#':
		return l.comment(tag, after)
	}
	l.lineStarting = false
	l.pos = after
	if mark == '{' {
		l.tokens = append(l.tokens, token{kind: variableBegin, offset: tag})
		return l.tag(tag, "}}", variableEnd)
	}
	l.tokens = append(l.tokens, token{kind: blockBegin, offset: tag})
	return l.tag(tag, "%}", blockEnd)
}

func (l *lexer) emit(k kind, text string, offset int) {
	if text != "" {
		l.tokens = append(l.tokens, token{kind: k, text: text, offset: offset})
	}
}

// strip is the text before a tag, without the white space that the tag removes.
func (l *lexer) strip(text string, sign byte, variable bool) string {
	switch {
	case sign == '-':
		return strings.TrimRightFunc(text, isSpace)
	case sign != '+' && l.o.LstripBlocks && !variable:
		line := strings.LastIndexByte(text, '\n') + 1
		if (line > 0 || l.lineStarting) && line < len(text) && strings.TrimFunc(text[line:], isSpace) == "" {
			return text[:line]
		}
	}
	return text
}

// rawStart returns where the body of a raw block starts whose tag's name starts at pos, or -1 if it is another tag.
func (l *lexer) rawStart(pos int) int {
	pos = l.spaces(pos)
	if !strings.HasPrefix(l.source[pos:], "raw") {
		return -1
	}
	pos = l.spaces(pos + len("raw"))
	switch {
	case strings.HasPrefix(l.source[pos:], "-%}"):
		return l.spaces(pos + 3)
	case strings.HasPrefix(l.source[pos:], "%}"):
		return pos + 2
	}
	return -1
}

func (l *lexer) spaces(pos int) int {
	return len(l.source) - len(strings.TrimLeftFunc(l.source[pos:], isSpace))
}

// raw reads a raw block's body and its end.
func (l *lexer) raw(tag, body int) error {
	for from := body; ; {
		i := strings.Index(l.source[from:], "{%")
		if i < 0 {
			return l.fail(tag, "the raw block has no endraw")
		}
		end := from + i
		after := end + 2
		sign := byte(0)
		if after < len(l.source) && (l.source[after] == '-' || l.source[after] == '+') {
			sign = l.source[after]
			after++
		}
		after = l.spaces(after)
		if strings.HasPrefix(l.source[after:], "endraw") {
			if next := l.tagEnd(l.spaces(after+len("endraw")), "%}"); next >= 0 {
				l.emit(data, l.strip(l.source[body:end], sign, false), body)
				l.advance(next)
				return nil
			}
		}
		from = end + 2
	}
}

// advance moves behind a match.
func (l *lexer) advance(next int) {
	l.lineStarting = l.source[next-1] == '\n'
	l.pos = next
}

// tagEnd returns the position after the end of a block or comment at pos, with what it removes; or -1.
func (l *lexer) tagEnd(pos int, mark string) int {
	rest := l.source[pos:]
	switch {
	case strings.HasPrefix(rest, "+"+mark):
		return pos + 1 + len(mark)
	case strings.HasPrefix(rest, "-"+mark):
		return l.spaces(pos + 1 + len(mark))
	case strings.HasPrefix(rest, mark):
		pos += len(mark)
		if l.o.TrimBlocks && strings.HasPrefix(l.source[pos:], "\n") {
			pos++
		}
		return pos
	}
	return -1
}

func (l *lexer) comment(tag, from int) error {
	for i := from; i < len(l.source); i++ {
		if next := l.tagEnd(i, "#}"); next >= 0 {
			l.advance(next)
			return nil
		}
	}
	return l.fail(tag, "the comment has no end")
}

// tooMany refuses long templates: each operator of a long sum, for example, is nested within the next.
func (l *lexer) tooMany() error {
	return l.fail(l.pos, "the template has more than %d names, numbers, operators and texts", maxTokens)
}

// operators, the longest first.
var operators = []string{
	"//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
}

// tag reads the tokens of a tag up to its end.
func (l *lexer) tag(start int, mark string, end kind) error {
	l.open = l.open[:0]
	for l.pos < len(l.source) {
		if len(l.open) == 0 {
			next := -1
			if end == blockEnd {
				next = l.tagEnd(l.pos, mark)
			} else if rest := l.source[l.pos:]; strings.HasPrefix(rest, "-"+mark) {
				next = l.spaces(l.pos + 3)
			} else if strings.HasPrefix(rest, mark) {
				next = l.pos + 2
			}
			if next >= 0 {
				l.tokens = append(l.tokens, token{kind: end, offset: l.pos})
				l.advance(next)
				return nil
			}
		}
		if next := l.spaces(l.pos); next > l.pos {
			l.pos = next
			continue
		}
		if len(l.tokens) > maxTokens {
			return l.tooMany()
		}
		if err := l.one(); err != nil {
			return err
		}
	}
	return l.fail(start, "the tag has no %q", mark)
}

// one reads one token of a tag.
func (l *lexer) one() error {
	rest, start := l.source[l.pos:], l.pos
	if t, n, err := number(rest); n > 0 || err != nil {
		if err != nil {
			return l.fail(start, "%w", err)
		}
		t.offset = start
		l.tokens = append(l.tokens, t)
		l.pos += n
		return nil
	}
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case r == '_' || unicode.IsLetter(r):
		n := strings.IndexFunc(rest, func(r rune) bool {
			return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nl, unicode.Pc)
		})
		if n < 0 {
			n = len(rest)
		}
		l.emit(name, rest[:n], start)
		l.pos += n
		return nil
	case r == '"' || r == '\'':
		end := quoteEnd(rest)
		if end < 0 {
			return l.fail(start, "the string has no end")
		}
		text, err := unescape(newlines(rest[1 : end-1]))
		if err != nil {
			return l.fail(start, "%w", err)
		}
		l.tokens = append(l.tokens, token{kind: stringToken, text: text, offset: start})
		l.pos += end
		return nil
	}
	for _, op := range operators {
		if !strings.HasPrefix(rest, op) {
			continue
		}
		if err := l.balance(op, start); err != nil {
			return err
		}
		l.tokens = append(l.tokens, token{kind: kind(op), offset: start})
		l.pos += len(op)
		return nil
	}
	return l.fail(start, "unexpected character %q", r)
}

func (l *lexer) balance(op string, start int) error {
	switch op {
	case "(", "[", "{":
		l.open = append(l.open, map[string]byte{"(": ')', "[": ']', "{": '}'}[op])
	case ")", "]", "}":
		if len(l.open) == 0 {
			return l.fail(start, "unexpected %q", op)
		}
		if want := l.open[len(l.open)-1]; want != op[0] {
			return l.fail(start, "unexpected %q, want %q", op, string(want))
		}
		l.open = l.open[:len(l.open)-1]
	}
	return nil
}
