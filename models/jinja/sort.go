package jinja

import "slices"

// caseKey returns what values are compared by: texts without regard to case, unless it is wanted.
func (e *env) caseKey(sensitive bool) func(any) any {
	return func(v any) any {
		if s, ok := v.(string); ok && !sensitive {
			e.charge(len(s))
			return lower(s)
		}
		return v
	}
}

// sorted sorts stably by a key, as Python's sorted does.
func (e *env) sorted(items []any, key func(any) any, reverse bool) []any {
	e.charge(32 * len(items))
	type keyed struct{ key, value any }
	all := make([]keyed, len(items))
	for i, v := range items {
		all[i] = keyed{key(v), v}
	}
	if reverse { // equal items keep their order
		slices.Reverse(all)
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		e.step(e.at)
		c, _ := e.order("<", a.key, b.key)
		return c
	})
	if reverse {
		slices.Reverse(all)
	}
	out := make([]any, len(all))
	for i, k := range all {
		out[i] = k.value
	}
	return out
}

func extreme(better func(c int) bool) *builtin {
	return define("value case_sensitive? attribute?", func(e *env, a []any) any {
		items := e.iterate(a[0])
		if len(items) == 0 {
			return &undefined{why: "no item, the sequence is empty"}
		}
		key, get := e.caseKey(e.flag(a[1], false)), e.getter(a[2], absent{})
		best := items[0]
		for _, v := range items[1:] {
			if c, ok := e.order("<", key(get(v)), key(get(best))); ok && better(c) {
				best = v
			}
		}
		return best
	})
}
