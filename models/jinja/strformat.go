package jinja

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// format is Python's str.format.
func (e *env) format(format string, args []any, named map[string]any) string {
	var b strings.Builder
	automatic := 0
	for i := 0; i < len(format); i++ {
		c := format[i]
		double := i+1 < len(format) && format[i+1] == c
		switch {
		case c != '{' && c != '}':
			b.WriteByte(c)
			continue
		case double:
			b.WriteByte(c)
			i++
			continue
		case c == '}':
			fail("the format has a single }")
		}
		end := strings.IndexByte(format[i:], '}')
		if end < 0 || strings.IndexByte(format[i+1:i+end], '{') >= 0 {
			fail("the field of the format is not supported: %s", format[i:])
		}
		field, text, _ := strings.Cut(format[i+1:i+end], ":")
		field, conversion, converted := strings.Cut(field, "!")
		i += end
		v := e.field(field, args, named, &automatic)
		if converted {
			switch conversion {
			case "s":
				v = e.str(v)
			case "r":
				v = e.shownAlways(v)
			default:
				fail("the conversion %q is not supported", conversion)
			}
		}
		out := e.formatOne(v, text)
		e.charge(len(out))
		b.WriteString(out)
	}
	return b.String()
}

func (e *env) shownAlways(v any) string {
	var b strings.Builder
	e.repr(&b, v, 0)
	return b.String()
}

// field is the value that a field of a format names.
func (e *env) field(field string, args []any, named map[string]any, automatic *int) any {
	end := strings.IndexAny(field, ".[")
	if end < 0 {
		end = len(field)
	}
	first, rest := field[:end], field[end:]
	position, err := strconv.Atoi(first)
	switch {
	case first == "":
		position = *automatic
		*automatic++
	case err != nil:
		position = -1
	}
	var v any
	if position >= 0 {
		if position >= len(args) {
			fail("there are not enough values for the format")
		}
		v = args[position]
	} else {
		var ok bool
		if v, ok = named[first]; !ok {
			fail("the format has no value for %q", first)
		}
	}
	for rest != "" {
		if rest[0] == '.' {
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			v, rest = e.attribute(v, rest[1:1+end]), rest[1+end:]
			continue
		}
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			fail("the field %q has no ]", field)
		}
		key := any(rest[1:end])
		if n, err := strconv.Atoi(rest[1:end]); err == nil {
			key = n
		}
		v, rest = e.item(v, key), rest[end+1:]
	}
	return v
}

// formatOne is Python's format(value, text).
func (e *env) formatOne(v any, text string) string {
	if text == "" {
		return e.str(v)
	}
	s := parseSpec(text)
	i, f, isInt, isNumber := numeric(v)
	if _, isBool := v.(bool); isBool && s.verb == 0 {
		isNumber = false
		v = e.str(v)
	}
	switch {
	case isNumber && isInt && (s.verb == 0 || strings.IndexByte("dboxXn", s.verb) >= 0):
		if s.align == 0 {
			s.align = '>'
		}
		return e.integerText(s, i)
	case isNumber && s.verb == 0:
		if s.align == 0 {
			s.align = '>'
		}
		if s.precision < 0 {
			text := floatText(math.Abs(f))
			return e.pad(s, signOf(s, math.Signbit(f)), grouped(text, s.thousands))
		}
		fail("a precision without a type is not supported")
	case isNumber && strings.IndexByte("eEfFgG%", s.verb) >= 0:
		if s.align == 0 {
			s.align = '>'
		}
		return e.floatText(s, f)
	}
	str, ok := v.(string)
	if !ok || s.verb != 0 && s.verb != 's' || s.sign != 0 || s.align == '=' || s.thousands != "" {
		fail("the format %q does not work on %s", text, typeName(v))
	}
	if s.align == 0 {
		s.align = '<'
	}
	return e.pad(s, "", cut(str, s.precision))
}

func parseSpec(text string) spec {
	s := spec{fill: " ", precision: -1}
	rest := text
	isAlign := func(c byte) bool { return strings.IndexByte("<>^=", c) >= 0 }
	r, width := utf8.DecodeRuneInString(rest)
	switch {
	case len(rest) > width && isAlign(rest[width]):
		s.fill, s.align, rest = string(r), rest[width], rest[width+1:]
	case isAlign(rest[0]):
		s.align, rest = rest[0], rest[1:]
	}
	take := func(set string) byte {
		if rest != "" && strings.IndexByte(set, rest[0]) >= 0 {
			c := rest[0]
			rest = rest[1:]
			return c
		}
		return 0
	}
	digits := func() int {
		end := 0
		for end < len(rest) && '0' <= rest[end] && rest[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi("0" + rest[:end])
		if err != nil || n > maxWidth {
			fail("a width is more than %d", maxWidth)
		}
		rest = rest[end:]
		return n
	}
	switch take("+- ") {
	case '+':
		s.sign = '+'
	case ' ':
		s.sign = ' '
	}
	s.alternate = take("#") != 0
	if take("0") != 0 && s.align == 0 {
		s.fill, s.align = "0", '='
	}
	s.width = digits()
	if c := take(",_"); c != 0 {
		if s.fill == "0" && s.align == '=' {
			fail("the format %q is not supported", text)
		}
		s.thousands = string(c)
	}
	if take(".") != 0 {
		s.precision = digits()
	}
	s.verb = take("bcdeEfFgGnosxX%")
	if rest != "" || s.verb == 'c' || s.verb == 'n' {
		panic(problem{fmt.Errorf("the format %q is not supported", text)})
	}
	return s
}
