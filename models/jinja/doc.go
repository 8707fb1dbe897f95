// Package jinja renders Jinja templates as Python's jinja2 3.1 does, without access to files, to other templates
// or to Python, and within limits of steps, memory and output.
//
// It has a parser and an interpreter of its own because results must be equal to the byte: texts are sequences of
// code points, values print as Python prints them, an operation on the wrong types is an error, and a conditional
// or a chain of comparisons can be anywhere in an expression. What is not supported (extends, include, import,
// autoescape, and a few filters) is refused by name when the template is compiled.
//
// Values of variables and results are nil, bool, int, float64, string, []any and [*Dict].
package jinja
