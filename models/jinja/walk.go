package jinja

// walk calls f with every name that a body reads.
func walk(body []stmt, f func(name string)) {
	for _, s := range body {
		switch s := s.(type) {
		case *output:
			walkExpr(s.value, f)
		case *do:
			walkExpr(s.value, f)
		case *group:
			walk(s.body, f)
		case *forLoop:
			walkAll(f, s.over, s.test)
			walk(s.body, f)
			walk(s.otherwise, f)
		case *ifBlock:
			walkAll(f, s.tests...)
			for _, b := range s.bodies {
				walk(b, f)
			}
			walk(s.otherwise, f)
		case *assign:
			walkAll(f, s.target, s.value)
		case *assignBlock:
			walkAll(f, s.target, s.filter)
			walk(s.body, f)
		case *scoped:
			walkAll(f, s.values...)
			walk(s.body, f)
		case *macroDef:
			walkAll(f, s.defaults...)
			walk(s.body, f)
		case *callBlock:
			walkExpr(s.call, f)
			walk([]stmt{s.body}, f)
		case *filterBlock:
			walkExpr(s.filter, f)
			walk(s.body, f)
		}
	}
}

func walkAll(f func(name string), list ...expr) {
	for _, e := range list {
		walkExpr(e, f)
	}
}

func (a *arguments) walk(f func(name string)) {
	walkAll(f, a.args...)
	walkAll(f, a.named...)
	walkAll(f, a.list, a.dict)
}

func walkExpr(e expr, f func(name string)) {
	switch e := e.(type) {
	case *nameExpr:
		f(e.name)
	case *sequence:
		walkAll(f, e.items...)
	case *dictExpr:
		walkAll(f, e.keys...)
		walkAll(f, e.values...)
	case *attribute:
		walkExpr(e.of, f)
	case *item:
		walkAll(f, e.of, e.key)
	case *sliceExpr:
		walkAll(f, e.start, e.stop, e.step)
	case *unary:
		walkExpr(e.term, f)
	case *binary:
		walkAll(f, e.left, e.right)
	case *logical:
		walkAll(f, e.left, e.right)
	case *comparison:
		walkExpr(e.first, f)
		walkAll(f, e.others...)
	case *concat:
		walkAll(f, e.items...)
	case *conditional:
		walkAll(f, e.then, e.test, e.otherwise)
	case *callExpr:
		walkExpr(e.of, f)
		e.walk(f)
	case *filterExpr:
		walkExpr(e.input, f)
		e.walk(f)
	case *testExpr:
		walkExpr(e.input, f)
		e.walk(f)
	}
}

// Names returns the names that the template reads and that are neither Jinja's nor the options', each once, in
// the order of their first use. Some may be defined by the template.
func (t *Template) Names() []string {
	var out []string
	seen := map[string]bool{}
	walk(t.body, func(n string) {
		if !seen[n] && globals[n] == nil && t.o.Globals[n] == nil {
			out = append(out, n)
		}
		seen[n] = true
	})
	return out
}
