package jinja

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Func is a function or a filter for templates. args are the values of positional arguments, a filter's input
// first; named those of keyword arguments.
type Func func(args []any, named map[string]any) (any, error)

// Options say how a template is read and what it may use. The zero value is jinja2's default environment.
type Options struct {
	KeepTrailingNewline bool // a line break at the end of the template is kept
	TrimBlocks          bool // a line break after a block is removed
	LstripBlocks        bool // white space between the start of a line and a block is removed
	Strict              bool // an undefined name is an error wherever it is used (jinja2's StrictUndefined)
	NoObjects           bool // {{ }} of a dictionary, or of a list with one in it, is an error
	Filters             map[string]Func
	Globals             map[string]Func
}

// Limits of one rendering.
const (
	maxSource = 1 << 20  // bytes of a template
	maxTokens = 100_000  // of a template
	maxSteps  = 500_000  // evaluations of nodes
	stepBytes = 1024     // reading that many bytes of a text or a list counts as a step
	maxBytes  = 64 << 20 // bytes of all the texts and lists that a rendering makes
	maxOutput = 16 << 20 // bytes of the result
	maxDepth  = 100      // nested calls of macros and recursive loops
	// maxOutside is the time of all calls of the caller's functions and filters, which count no steps.
	maxOutside = 5 * time.Second
)

// Template is a compiled template. It is safe for concurrent use.
type Template struct {
	source   string
	o        Options
	body     []stmt
	maxSteps int // 0: the usual limit
}

// New compiles a template. Errors are of type *[Error].
func New(source string, o Options) (*Template, error) {
	if len(source) > maxSource {
		return nil, &Error{1, 1, fmt.Errorf("the template has more than %d bytes", maxSource)}
	}
	source = newlines(source)
	if !o.KeepTrailingNewline {
		source = strings.TrimSuffix(source, "\n")
	}
	tokens, err := tokenize(source, o)
	if err != nil {
		return nil, err
	}
	body, err := parse(source, tokens, o)
	if err != nil {
		return nil, err
	}
	return &Template{source: source, o: o, body: body}, nil
}

// Render returns the text of the template with these variables. Errors are of type *[Error]; an error of a
// function or a filter of the options is wrapped in one.
func (t *Template) Render(vars map[string]any) (text string, err error) {
	e := newEnv(t, vars)
	defer e.recovered(&err)
	var out strings.Builder
	e.out = &out
	for _, s := range t.body {
		s.exec(e)
	}
	return out.String(), nil
}

// Eval returns the value of a template that is one expression, such as "{{ choices[answer] }}". A template with
// anything else gives its text.
func (t *Template) Eval(vars map[string]any) (value any, err error) {
	if len(t.body) == 1 {
		if o, ok := t.body[0].(*output); ok {
			e := newEnv(t, vars)
			defer e.recovered(&err)
			e.out = &strings.Builder{}
			return e.export(o.value.eval(e), 0), nil
		}
	}
	return t.Render(vars)
}

// problem is what unwinds a rendering.
type problem struct{ err error }

func (e *env) recovered(err *error) {
	switch r := recover().(type) {
	case nil:
	case problem:
		*err = at(e.template.source, e.at, r.err)
	default:
		panic(r)
	}
}

// fail ends the rendering.
func fail(format string, args ...any) {
	panic(problem{fmt.Errorf(format, args...)})
}

// export converts a value to the types of the interface.
func (e *env) export(v any, depth int) any {
	e.step(e.at)
	if depth > maxNesting {
		fail("the value is nested more than %d deep", maxNesting)
	}
	switch x := v.(type) {
	case nil, bool, int, float64, string:
		return v
	case *undefined:
		e.use(x)
		return nil
	case *Dict:
		d := NewDict()
		for k, value := range x.All() {
			d.Set(e.export(k, depth+1), e.export(value, depth+1))
		}
		return d
	case *function, *namespace, *loopVar, *joiner, *cycler:
		fail("%s is no value", typeName(v))
	}
	items := e.iterate(v)
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = e.export(item, depth+1)
	}
	return out
}

// imported converts a value of the interface. Lists and dictionaries are copied, so a template can't change the
// caller's.
func imported(v any, depth int) any {
	if depth > maxNesting {
		fail("a variable is nested more than %d deep", maxNesting)
	}
	switch x := v.(type) {
	case nil, bool, int, float64, string:
		return v
	case int64:
		return int(x)
	case int32:
		return int(x)
	case float32:
		return float64(x)
	case []string:
		l := &list{make([]any, len(x))}
		for i, s := range x {
			l.items[i] = s
		}
		return l
	case []any:
		l := &list{make([]any, len(x))}
		for i, item := range x {
			l.items[i] = imported(item, depth+1)
		}
		return l
	case *Dict:
		d := NewDict()
		for k, value := range x.All() {
			d.set(exportedKey(k), imported(value, depth+1))
		}
		return d
	case Func:
		return userFunction(x)
	}
	panic(problem{fmt.Errorf("a variable has the Go type %T", v)})
}

func exportedKey(k any) any {
	if items, ok := k.([]any); ok {
		return tuple(items)
	}
	return k
}

func userFunction(f Func) *function {
	return &function{"function", func(e *env, c call) any {
		args := make([]any, len(c.args))
		for i, a := range c.args {
			args[i] = e.export(a, 0)
		}
		named := map[string]any{}
		for k, v := range c.named {
			named[k] = e.export(v, 0)
		}
		start := time.Now()
		v, err := f(args, named)
		if err != nil {
			panic(problem{err})
		}
		if e.outside += time.Since(start); e.outside > maxOutside {
			fail("the functions and filters that the template calls take more than %v", maxOutside)
		}
		v = imported(v, 0)
		e.work(size(v))
		return v
	}}
}

// errNested reports values that contain themselves or are nested too deep to print.
var errNested = errors.New("a value is nested too deep")
