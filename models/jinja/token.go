package jinja

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// kind is the kind of a token. Operators are their own kind: kind("+").
type kind string

const (
	endOfText     kind = "the end of the template"
	data          kind = "text"
	variableBegin kind = "{{"
	variableEnd   kind = "}}"
	blockBegin    kind = "{%"
	blockEnd      kind = "%}"
	name          kind = "a name"
	stringToken   kind = "a string"
	intToken      kind = "an integer"
	floatToken    kind = "a number"
)

// token is a piece of a template. Its text is the text of data, a name or a string; its value that of a number.
type token struct {
	kind   kind
	text   string
	value  any
	offset int
}

// Error is an error in a template, or of its rendering, with its place in the source.
type Error struct {
	Line, Column int // from 1; columns count code points
	Err          error
}

func (e *Error) Error() string { return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err) }

// Unwrap returns the error without its place.
func (e *Error) Unwrap() error { return e.Err }

// at returns the error for an offset of a source.
func at(source string, offset int, err error) *Error {
	offset = min(offset, len(source))
	before := source[:offset]
	line := strings.LastIndexByte(before, '\n') + 1
	return &Error{1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[line:]), err}
}
