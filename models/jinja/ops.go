package jinja

import (
	"math"
	"math/bits"
	"strings"
)

// number returns a number as an int or a float; a bool is an int, as in Python.
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

func (e *env) compare(op string, a, b any) bool {
	switch op {
	case "==":
		return e.equal(a, b)
	case "!=":
		return !e.equal(a, b)
	case "in":
		return e.contains(b, a)
	case "not in":
		return !e.contains(b, a)
	}
	c, ordered := e.order(op, a, b)
	if !ordered {
		return false // a NaN
	}
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func (e *env) equal(a, b any) bool {
	for _, v := range []any{a, b} {
		if u, ok := v.(*undefined); ok {
			e.use(u)
		}
	}
	ai, af, aInt, aOK := numeric(a)
	bi, bf, bInt, bOK := numeric(b)
	if aOK || bOK {
		if aInt && bInt {
			return ai == bi
		}
		return aOK && bOK && af == bf
	}
	switch x := a.(type) {
	case nil:
		return b == nil
	case string:
		y, ok := b.(string)
		if !ok || len(x) != len(y) {
			return false
		}
		e.work(len(x))
		return x == y
	case *list:
		y, ok := b.(*list)
		return ok && e.equalItems(x.items, y.items)
	case tuple:
		y, ok := b.(tuple)
		return ok && e.equalItems(x, y)
	case *undefined:
		_, ok := b.(*undefined)
		return ok
	case *numRange:
		y, ok := b.(*numRange)
		return ok && e.equalItems(e.iterate(x), e.iterate(y))
	case *Dict:
		y, ok := b.(*Dict)
		if !ok || x.Len() != y.Len() {
			return false
		}
		return e.deeper(func() bool {
			for k, v := range x.All() {
				e.step(e.at)
				i, ok := y.index[e.hash(k)]
				if !ok || !e.equal(v, y.values[i]) {
					return false
				}
			}
			return true
		})
	case *view:
		fail("comparing views of dictionaries is not supported")
	}
	return a == b
}

func (e *env) equalItems(a, b []any) bool {
	return len(a) == len(b) && e.deeper(func() bool {
		for i := range a {
			e.step(e.at)
			if !e.equal(a[i], b[i]) {
				return false
			}
		}
		return true
	})
}

// order compares two values; ordered is false if one is a NaN.
func (e *env) order(op string, a, b any) (c int, ordered bool) {
	ai, af, aInt, aOK := numeric(a)
	bi, bf, bInt, bOK := numeric(b)
	switch {
	case aOK && bOK && aInt && bInt:
		return sign(ai < bi, ai > bi), true
	case aOK && bOK:
		return sign(af < bf, af > bf), !math.IsNaN(af) && !math.IsNaN(bf)
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			e.work(min(len(x), len(y)))
			return strings.Compare(x, y), true
		}
	case *list:
		if y, ok := b.(*list); ok {
			return e.orderItems(op, x.items, y.items)
		}
	case tuple:
		if y, ok := b.(tuple); ok {
			return e.orderItems(op, x, y)
		}
	}
	e.unsupported(op, a, b)
	return 0, false
}

func (e *env) orderItems(op string, a, b []any) (c int, ordered bool) {
	c, ordered = sign(len(a) < len(b), len(a) > len(b)), true
	e.deeper(func() bool {
		for i := range min(len(a), len(b)) {
			e.step(e.at)
			if !e.equal(a[i], b[i]) {
				c, ordered = e.order(op, a[i], b[i])
				break
			}
		}
		return true
	})
	return c, ordered
}

func sign(less, more bool) int {
	switch {
	case less:
		return -1
	case more:
		return 1
	}
	return 0
}

func (e *env) contains(of, v any) bool {
	if u, ok := v.(*undefined); ok {
		e.use(u)
	}
	switch x := of.(type) {
	case string:
		part, ok := v.(string)
		if !ok {
			fail("only a text can be in a text, not %s", typeName(v))
		}
		e.work(len(x))
		return strings.Contains(x, part)
	case *Dict:
		_, ok := x.index[e.hash(v)]
		return ok
	}
	for _, item := range e.iterate(of) {
		e.step(e.at)
		if e.equal(item, v) {
			return true
		}
	}
	return false
}

// item is a value's item by key or index, or its attribute by that name.
func (e *env) item(v, key any) any {
	if u, ok := v.(*undefined); ok {
		fail("%s", u.why)
	}
	switch x := v.(type) {
	case *Dict:
		if _, bad := key.(*list); !bad {
			if u, ok := key.(*undefined); ok {
				e.use(u)
				return &undefined{why: u.why}
			}
			if i, ok := x.index[e.hash(key)]; ok {
				return x.values[i]
			}
		}
	case string, *list, tuple, *numRange:
		if i, _, isInt, ok := numeric(key); ok && isInt {
			if s, ok := v.(string); ok {
				e.work(2 * len(s)) // to count its characters
			}
			n := e.length(v)
			if i < 0 {
				i += n
			}
			if i >= 0 && i < n {
				return e.index(v, i)
			}
			return &undefined{why: typeName(v) + " has no item " + e.str(key)}
		}
	}
	if n, ok := key.(string); ok {
		if m := e.method(v, n); m != nil {
			return m
		}
	}
	if u, ok := key.(*undefined); ok {
		e.use(u)
		return &undefined{why: u.why}
	}
	return &undefined{why: typeName(v) + " has no item " + e.shown(key)}
}

// shown is a value in a message.
func (e *env) shown(v any) string {
	var b strings.Builder
	if s, ok := v.(string); ok {
		quote(&b, s)
		return b.String()
	}
	return e.str(v)
}

// index is the item at an index that is within the value.
func (e *env) index(v any, i int) any {
	switch x := v.(type) {
	case string:
		if isASCII(x) {
			return x[i : i+1]
		}
		e.charge(4 * len(x))
		return string([]rune(x)[i])
	case *list:
		return x.items[i]
	case tuple:
		return x[i]
	}
	r := v.(*numRange)
	return r.start + i*r.step
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// of is the slice of a value.
func (s *sliceExpr) of(e *env, v any) any {
	bound := func(x expr) (int, bool) {
		if x == nil {
			return 0, false
		}
		b := x.eval(e)
		i, _, isInt, ok := numeric(b)
		if b == nil {
			return 0, false
		}
		if !ok || !isInt {
			if u, ok := b.(*undefined); ok {
				fail("%s", u.why)
			}
			fail("the bound of a slice is %s", typeName(b))
		}
		return i, true
	}
	start, hasStart := bound(s.start)
	stop, hasStop := bound(s.stop)
	step, hasStep := bound(s.step)
	e.step(s.offset)
	if u, ok := v.(*undefined); ok {
		fail("%s", u.why)
	}
	if !hasStep {
		step = 1
	}
	if step == 0 {
		fail("a slice's step is 0")
	}
	take := func(n int) []int {
		return indices(n, start, stop, step, hasStart, hasStop)
	}
	switch x := v.(type) {
	case string:
		e.charge(5 * len(x))
		runes := []rune(x)
		var out []rune
		for _, i := range take(len(runes)) {
			out = append(out, runes[i])
		}
		return string(out)
	case *list, tuple, *numRange:
		items := e.iterate(v)
		e.charge(24 * len(items))
		var out []any
		for _, i := range take(len(items)) {
			out = append(out, items[i])
		}
		if _, ok := x.(tuple); ok {
			return tuple(out)
		}
		return &list{out}
	}
	return &undefined{why: typeName(v) + " has no slices"}
}

// indices lists the indices of a slice as Python counts them.
func indices(n, start, stop, step int, hasStart, hasStop bool) []int {
	low, high := 0, n
	if step < 0 {
		low, high = -1, n-1
	}
	clamp := func(i int, has bool, otherwise int) int {
		if !has {
			return otherwise
		}
		if i < 0 {
			i += n
		}
		return min(max(i, low), high)
	}
	var out []int
	if step > 0 {
		start, stop = clamp(start, hasStart, low), clamp(stop, hasStop, high)
		for i := start; i < stop; i += min(step, n) {
			out = append(out, i)
		}
		return out
	}
	start, stop = clamp(start, hasStart, high), clamp(stop, hasStop, low)
	for i := start; i > stop; i += max(step, -n) {
		out = append(out, i)
	}
	return out
}
