package jinja

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// percent is Python's text % values.
func (e *env) percent(format string, values any) string {
	args, isTuple := values.(tuple)
	if !isTuple {
		args = tuple{values}
	}
	used := 0
	next := func() any {
		if used == len(args) {
			fail("there are not enough values for the format")
		}
		used++
		return args[used-1]
	}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		if i++; i == len(format) {
			fail("the format is not complete")
		}
		if format[i] == '%' {
			b.WriteByte('%')
			continue
		}
		var value any
		keyed := false
		if format[i] == '(' {
			end := strings.IndexByte(format[i:], ')')
			d, ok := values.(*Dict)
			if end < 0 || !ok {
				fail("the format needs a dictionary")
			}
			key := format[i+1 : i+end]
			at, ok := d.index[key]
			if !ok {
				fail("the dictionary has no key %q", key)
			}
			value, keyed = d.values[at], true
			i += end + 1
		}
		s := spec{fill: " ", precision: -1}
		left, zero := false, false
	flags:
		for ; i < len(format); i++ {
			switch format[i] {
			case '-':
				left = true
			case '0':
				zero = true
			case '+':
				s.sign = '+'
			case ' ':
				if s.sign == 0 {
					s.sign = ' '
				}
			case '#':
				s.alternate = true
			default:
				break flags
			}
		}
		amount := func() int {
			if i < len(format) && format[i] == '*' {
				i++
				n := e.integer(next(), 0)
				if n > maxWidth || n < -maxWidth {
					fail("a width is more than %d", maxWidth)
				}
				return n
			}
			start := i
			for i < len(format) && '0' <= format[i] && format[i] <= '9' {
				i++
			}
			n, err := strconv.Atoi("0" + format[start:i])
			if err != nil || n > maxWidth {
				fail("a width is more than %d", maxWidth)
			}
			return n
		}
		if s.width = amount(); s.width < 0 {
			left, s.width = true, -s.width
		}
		if i < len(format) && format[i] == '.' {
			i++
			s.precision = max(amount(), 0)
		}
		for i < len(format) && strings.IndexByte("hlL", format[i]) >= 0 {
			i++
		}
		if i == len(format) {
			fail("the format is not complete")
		}
		s.verb = format[i]
		if !keyed {
			value = next()
		}
		switch {
		case left:
			s.align = '<'
		case zero && s.verb != 's' && s.verb != 'r' && s.verb != 'a' && s.verb != 'c':
			s.fill, s.align = "0", '='
		default:
			s.align = '>'
		}
		b.WriteString(e.percentOne(s, value))
		e.charge(s.width + s.precision + 1)
	}
	if _, isDict := values.(*Dict); used < len(args) && !isDict {
		fail("not all values are used in the format")
	}
	e.charge(b.Len())
	return b.String()
}

func (e *env) percentOne(s spec, value any) string {
	switch s.verb {
	case 's', 'r', 'a':
		text := ""
		if s.verb == 's' {
			text = e.str(value)
		} else {
			var b strings.Builder
			e.repr(&b, value, 0)
			text = b.String()
		}
		s.verb = 's'
		return e.pad(s, "", cut(text, s.precision))
	case 'c':
		if i, _, isInt, ok := numeric(value); ok && isInt {
			if i < 0 || i > unicode.MaxRune {
				fail("%%c needs the number of a character, not %d", i)
			}
			return e.pad(s, "", string(rune(i)))
		}
		if utf8.RuneCountInString(e.text(value, "")) != 1 {
			fail("%%c needs one character")
		}
		return e.pad(s, "", value.(string))
	}
	i, f, isInt, ok := numeric(value)
	if !ok {
		e.unsupported("%"+string(s.verb), value)
	}
	if strings.IndexByte("diu", s.verb) >= 0 {
		if !isInt {
			if math.IsNaN(f) || math.Abs(f) > 1<<62 {
				fail("%s is no integer", floatText(f))
			}
			i = int(f)
		}
		sign, digits := signOf(s, i < 0), strconv.FormatUint(uint64(max(i, -i)), 10)
		return e.pad(s, sign, strings.Repeat("0", max(0, s.precision-len(digits)))+digits)
	}
	if strings.IndexByte("oxX", s.verb) >= 0 {
		if !isInt {
			e.unsupported("%"+string(s.verb), value)
		}
		return e.integerText(s, i)
	}
	if strings.IndexByte("eEfFgG", s.verb) < 0 {
		fail("the format %%%c is not supported", s.verb)
	}
	return e.floatText(s, f)
}
