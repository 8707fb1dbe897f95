package jinja

// tests are Jinja's tests but escaped and async.
var tests = map[string]*builtin{
	"boolean": is(func(v any) bool {
		_, ok := v.(bool)
		return ok
	}),
	"callable": is(func(v any) bool {
		_, ok := v.(*function)
		return ok
	}),
	"defined": is(func(v any) bool {
		_, ok := v.(*undefined)
		return !ok
	}),
	"undefined": is(func(v any) bool {
		_, ok := v.(*undefined)
		return ok
	}),
	"divisibleby": define("value num", func(e *env, a []any) any {
		return e.equal(e.arithmetic("%", a[0], a[1]), 0)
	}),
	"even":    define("value", func(e *env, a []any) any { return e.equal(e.arithmetic("%", a[0], 2), 0) }),
	"odd":     define("value", func(e *env, a []any) any { return e.equal(e.arithmetic("%", a[0], 2), 1) }),
	"false":   is(func(v any) bool { return v == false }),
	"true":    is(func(v any) bool { return v == true }),
	"none":    is(func(v any) bool { return v == nil }),
	"filter":  define("value", func(e *env, a []any) any { return e.filters[e.text(a[0], "")] != nil }),
	"test":    define("value", func(e *env, a []any) any { return e.tests[e.text(a[0], "")] != nil }),
	"float":   is(func(v any) bool { _, ok := v.(float64); return ok }),
	"integer": is(func(v any) bool { _, ok := v.(int); return ok }),
	"number": is(func(v any) bool {
		_, _, _, ok := numeric(v)
		return ok
	}),
	"string":  is(func(v any) bool { _, ok := v.(string); return ok }),
	"mapping": is(func(v any) bool { _, ok := v.(*Dict); return ok }),
	"iterable": is(func(v any) bool {
		switch v.(type) {
		case string, *list, tuple, *Dict, *view, *generator, *numRange, *undefined, *loopVar:
			return true
		}
		return false
	}),
	"sequence": is(func(v any) bool {
		switch v.(type) {
		case string, *list, tuple, *Dict, *numRange:
			return true
		}
		return false
	}),
	"lower": define("value", func(e *env, a []any) any {
		return textMethods["islower"].run(e, []any{e.str(a[0])})
	}),
	"upper": define("value", func(e *env, a []any) any {
		return textMethods["isupper"].run(e, []any{e.str(a[0])})
	}),
	"sameas": define("value other", func(e *env, a []any) any {
		switch a[0].(type) {
		case tuple:
			fail("sameas is not supported for tuples")
		}
		if i, _, isInt, ok := numeric(a[0]); ok {
			j, _, otherInt, other := numeric(a[1])
			_, isBool := a[0].(bool)
			_, otherBool := a[1].(bool)
			return other && isInt && otherInt && i == j && isBool == otherBool
		}
		if _, ok := a[1].(tuple); ok {
			return false
		}
		return a[0] == a[1]
	}),
	"in":          define("value seq", func(e *env, a []any) any { return e.contains(a[1], a[0]) }),
	"==":          comparing("=="),
	"eq":          comparing("=="),
	"equalto":     comparing("=="),
	"!=":          comparing("!="),
	"ne":          comparing("!="),
	">":           comparing(">"),
	"gt":          comparing(">"),
	"greaterthan": comparing(">"),
	">=":          comparing(">="),
	"ge":          comparing(">="),
	"<":           comparing("<"),
	"lt":          comparing("<"),
	"lessthan":    comparing("<"),
	"<=":          comparing("<="),
	"le":          comparing("<="),
}

func is(f func(v any) bool) *builtin {
	return quick("value", func(_ *env, a []any) any { return f(a[0]) })
}

func comparing(op string) *builtin {
	return define("a b", func(e *env, a []any) any { return e.compare(op, a[0], a[1]) })
}
