package jinja

// expr is a node that has a value.
type expr interface{ eval(e *env) any }

// stmt is a node that is executed. It returns "break" or "continue" if the loop around it should do so.
type stmt interface{ exec(e *env) string }

// node has a place in the source.
type node struct{ offset int }

type (
	literal  struct{ value any }
	nameExpr struct {
		node
		name string
	}
	sequence struct { // a list or a tuple
		node
		items []expr
		tuple bool
	}
	dictExpr struct {
		node
		keys, values []expr
	}
	attribute struct {
		node
		of   expr
		name string
	}
	item struct {
		node
		of, key expr
	}
	sliceExpr struct {
		node
		start, stop, step expr // nil: left out
	}
	unary struct {
		node
		op   string
		term expr
	}
	binary struct {
		node
		op          string
		left, right expr
	}
	logical struct {
		node
		left, right expr
		or          bool
	}
	comparison struct {
		node
		first  expr
		ops    []string
		others []expr
	}
	concat struct {
		node
		items []expr
	}
	conditional struct {
		node
		then, test, otherwise expr // otherwise nil: undefined
	}
	callExpr struct {
		node
		of expr
		arguments
	}
	filterExpr struct {
		node
		name    string
		input   expr // nil: what the block around it wrote
		apply   Func
		builtin *builtin
		arguments
	}
	testExpr struct {
		node
		name  string
		input expr
		apply *builtin
		arguments
	}
)

// arguments of a call: positional, named, and those of * and **.
type arguments struct {
	args       []expr
	names      []string
	named      []expr
	list, dict expr
}

type (
	text    string
	output  struct{ value expr }
	do      struct{ value expr }
	group   struct{ body []stmt }
	jump    struct{ to string }
	forLoop struct {
		node
		target, over, test expr
		recursive          bool
		body, otherwise    []stmt
	}
	ifBlock struct {
		tests     []expr
		bodies    [][]stmt
		otherwise []stmt
	}
	assign      struct{ target, value expr }
	assignBlock struct {
		target, filter expr
		body           []stmt
	}
	scoped struct { // a body with names of its own
		targets, values []expr
		body            []stmt
	}
	macroDef struct {
		node
		name     string
		params   []string
		defaults []expr // of the last parameters
		body     []stmt
		varargs  bool // the body uses varargs
		kwargs   bool
		caller   bool
	}
	callBlock struct {
		call *callExpr
		body *macroDef
	}
	filterBlock struct {
		filter expr
		body   []stmt
	}
)

// findUses finds out whether the body uses varargs, kwargs or caller, without which such arguments are refused.
func (m *macroDef) findUses() {
	walk(m.body, func(n string) {
		m.varargs = m.varargs || n == "varargs"
		m.kwargs = m.kwargs || n == "kwargs"
		m.caller = m.caller || n == "caller"
	})
}
