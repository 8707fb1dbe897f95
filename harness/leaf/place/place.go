// Package place holds the error of everything that reads files: what is wrong, in
// which file and on which line. All readers give it, whatever floor they are on, so
// that one check finds the place: [Of].
package place

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Error is a fault in a file. Line counts from 1; 0 means the file as a whole. Err
// says what is wrong and what to do about it. It prints as "FILE:LINE: ERR", or
// "FILE: ERR" without a line.
type Error struct {
	File string
	Line int
	Err  error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// At gives an error its place.
func At(file string, line int, err error) *Error {
	return &Error{File: file, Line: line, Err: err}
}

// Errorf makes an error with its place. %w wraps a cause, as with [fmt.Errorf].
func Errorf(file string, line int, format string, args ...any) *Error {
	return At(file, line, fmt.Errorf(format, args...))
}

// Within gives an error the place, unless it has one already. A nil error stays nil.
func Within(file string, line int, err error) error {
	if err == nil || Known(err) {
		return err
	}
	return At(file, line, err)
}

// Of finds the outermost placed error in an error's chain.
func Of(err error) (*Error, bool) { return errors.AsType[*Error](err) }

// Known reports whether an error has a place.
func Known(err error) bool {
	_, ok := Of(err)
	return ok
}

// OneOf names what may be used: "a", or "one of a, b". A name without letters is written as "".
func OneOf(names []string) string {
	shown := slices.Clone(names)
	for i, name := range shown {
		if name == "" {
			shown[i] = `""`
		}
	}
	if len(shown) == 1 {
		return shown[0]
	}
	return "one of " + strings.Join(shown, ", ")
}
