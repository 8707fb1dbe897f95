package checkpoint

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
)

// tensorFault is an error about a tensor.
type tensorFault struct {
	name string
	err  error
}

func (e *tensorFault) Error() string { return "tensor " + quote(e.name) + ": " + e.err.Error() }

func (e *tensorFault) Unwrap() error { return e.err }

// tensorError is an error of a tensor, whose file is not known yet.
func tensorError(name, format string, args ...any) error {
	return &tensorFault{name, fmt.Errorf(format, args...)}
}

// inTensor adds the tensor's name to an error, unless it already has one.
func inTensor(name string, err error) error {
	if _, ok := err.(*tensorFault); ok {
		return err
	}
	return &tensorFault{name, err}
}

// joined formats joined errors in one line.
type joined struct{ error }

func (e joined) Error() string { return strings.ReplaceAll(e.error.Error(), "\n", "; ") }

func (e joined) Unwrap() error { return e.error }

// inFile adds the file to an error, in one line.
func inFile(path string, err error) error { return place.At(path, 0, joined{err}) }

// quoteLimit is how many bytes of a file's text an error repeats.
const quoteLimit = 80

// quote makes a file's text safe to show in one line.
func quote(text string) string {
	if len(text) <= quoteLimit {
		return strconv.Quote(text)
	}
	cut := quoteLimit
	for cut > quoteLimit-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return strconv.Quote(text[:cut]) + "..."
}

// shapeText writes a shape as the header does: [2,3].
func shapeText(shape []int) string {
	text := make([]string, len(shape))
	for i, n := range shape {
		text[i] = strconv.Itoa(n)
	}
	return "[" + strings.Join(text, ",") + "]"
}

// plainJSON says in one line why a file can't be decoded, without quoting it at length.
func plainJSON(err error) error {
	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		return fmt.Errorf("member %s can't be a %s", pointerText(e.JSONPointer), e.JSONKind)
	}
	e, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case ok && errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("member %s occurs twice", pointerText(e.JSONPointer))
	case ok && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("not JSON at byte %d", e.ByteOffset)
	}
	return errors.New("the JSON ends too early")
}

// pointerText writes a member's path: weight_map/a.
func pointerText(p jsontext.Pointer) string {
	return quote(strings.TrimPrefix(string(p), "/"))
}
