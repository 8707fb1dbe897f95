package jinja

import (
	"math"
	"math/bits"
	"strings"
)

// numeric returns a number as an int or a float; a bool is an int, as in Python.
func numeric(v any) (i int, f float64, isInt, ok bool) {
	switch x := v.(type) {
	case bool:
		if x {
			return 1, 1, true, true
		}
		return 0, 0, true, true
	case int:
		return x, float64(x), true, true
	case float64:
		return 0, x, false, true
	}
	return 0, 0, false, false
}

func (e *env) sign(op string, v any) any {
	i, f, isInt, ok := numeric(v)
	switch {
	case !ok:
		e.unsupported("unary "+op, v)
	case op == "+" && isInt:
		return i
	case op == "+":
		return f
	case isInt:
		if i == math.MinInt {
			fail("the result is too large")
		}
		return -i
	}
	return -f
}

func (e *env) unsupported(op string, values ...any) {
	var names []string
	for _, v := range values {
		if u, ok := v.(*undefined); ok {
			fail("%s", u.why)
		}
		names = append(names, typeName(v))
	}
	fail("the operator %s does not work on %s", op, strings.Join(names, " and "))
}

// arithmetic applies a binary operator as Python does.
func (e *env) arithmetic(op string, a, b any) any {
	ai, af, aInt, aOK := numeric(a)
	bi, bf, bInt, bOK := numeric(b)
	if aOK && bOK {
		if aInt && bInt && op != "/" {
			return e.integers(op, ai, bi)
		}
		return floats(op, af, bf)
	}
	switch op {
	case "+":
		switch x := a.(type) {
		case string:
			if y, ok := b.(string); ok {
				e.charge(len(x) + len(y))
				return x + y
			}
		case *list:
			if y, ok := b.(*list); ok {
				e.charge(16 * (len(x.items) + len(y.items)))
				return &list{append(append([]any{}, x.items...), y.items...)}
			}
		case tuple:
			if y, ok := b.(tuple); ok {
				e.charge(16 * (len(x) + len(y)))
				return append(append(tuple{}, x...), y...)
			}
		}
	case "*":
		if bOK && bInt {
			if v := e.repeat(a, bi); v != nil {
				return v
			}
		}
		if aOK && aInt {
			if v := e.repeat(b, ai); v != nil {
				return v
			}
		}
	case "%":
		if format, ok := a.(string); ok {
			return e.percent(format, b)
		}
	}
	e.unsupported(op, a, b)
	return nil
}

// repeat is a sequence times a number, or nil if v is no sequence.
func (e *env) repeat(v any, n int) any {
	n = max(n, 0)
	room := func(size int) {
		if size > 0 && n > maxBytes/size {
			e.charge(maxBytes + 1)
		}
		e.charge(size * n)
	}
	copies := func(items []any) []any {
		room(16 * len(items))
		out := make([]any, 0, len(items)*n)
		for range n {
			out = append(out, items...)
			if len(items) == 0 {
				break
			}
		}
		return out
	}
	switch x := v.(type) {
	case string:
		room(len(x))
		return strings.Repeat(x, n)
	case *list:
		return &list{copies(x.items)}
	case tuple:
		return tuple(copies(x))
	}
	return nil
}

func (e *env) integers(op string, a, b int) any {
	large := func(bad bool, v int) any {
		if bad {
			fail("the result is too large")
		}
		return v
	}
	switch op {
	case "+":
		v := a + b
		return large((v > a) != (b > 0), v)
	case "-":
		v := a - b
		return large((v < a) != (b > 0), v)
	case "*":
		high, low := bits.Mul64(uint64(max(a, -a)), uint64(max(b, -b)))
		return large(high != 0 || low > math.MaxInt64 || a == math.MinInt || b == math.MinInt, a*b)
	case "//", "%":
		if b == 0 {
			fail("division by zero")
		}
		q, r := a/b, a%b
		if r != 0 && (r < 0) != (b < 0) {
			q--
			r += b
		}
		if op == "//" {
			return q
		}
		return r
	}
	if b < 0 { // **
		return floats("**", float64(a), float64(b))
	}
	out := any(1)
	for range b {
		e.step(e.at)
		out = e.integers("*", out.(int), a)
		if a == 0 || a == 1 {
			break
		}
	}
	return out
}

func floats(op string, a, b float64) any {
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "**":
		if a == 0 && b < 0 {
			fail("zero can't be raised to a negative power")
		}
		v := math.Pow(a, b)
		if math.IsNaN(v) && !math.IsNaN(a) && !math.IsNaN(b) {
			fail("complex numbers are not supported")
		}
		return v
	}
	if b == 0 {
		fail("division by zero")
	}
	if op == "/" {
		return a / b
	}
	r := math.Mod(a, b)
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	if op == "%" {
		if r == 0 {
			return math.Copysign(0, b)
		}
		return r
	}
	q := (a - r) / b
	if q == 0 {
		return math.Copysign(0, a/b)
	}
	floor := math.Floor(q)
	if q-floor > 0.5 {
		floor++
	}
	return floor
}
