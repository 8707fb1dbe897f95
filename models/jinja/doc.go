// Package jinja renders Jinja templates as Python's jinja2 3.1 does, without access to files, to other templates
// or to Python, and within limits of steps, memory and output.
//
// It has a parser and an interpreter of its own because results must be equal to the byte: texts are sequences of
// code points, values print as Python prints them, an operation on the wrong types is an error, and a conditional
// or a chain of comparisons can be anywhere in an expression. What is not supported (extends, include, import,
// autoescape, and a few filters) is refused by name when the template is compiled.
//
// A source becomes tokens (lexer.go, literals.go), the tokens a tree (parser.go, parseblocks.go, parseexpr.go, node.go),
// and a rendering walks the tree (exec.go for blocks, eval.go for expressions) with the state and the limits in env.go.
// Operators are in arithmetic.go, compare.go and subscript.go; filters in filters.go, with select.go, sort.go,
// numbers.go, layout.go and tojson.go; methods in textmethods.go and listmethods.go; formats in percent.go and
// strformat.go; how values print in print.go.
//
// Values of variables and results are nil, bool, int, float64, string, []any and [*Dict].
package jinja
