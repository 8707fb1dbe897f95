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
)

// Error says what is wrong with a file of a checkpoint, in one line.
type Error struct {
	Path   string
	Tensor string // "" where no single tensor is at fault
	Err    error
}

func (e *Error) Error() string {
	what := strings.ReplaceAll(e.Err.Error(), "\n", "; ") // errors that were joined
	if e.Tensor == "" {
		return e.Path + ": " + what
	}
	return fmt.Sprintf("%s: tensor %s: %s", e.Path, quote(e.Tensor), what)
}

func (e *Error) Unwrap() error { return e.Err }

// tensorError is an error before the file's path is known.
func tensorError(name, format string, args ...any) error {
	return &Error{Tensor: name, Err: fmt.Errorf(format, args...)}
}

// inFile gives an error its path.
func inFile(path string, err error) error {
	if e, ok := err.(*Error); ok && e.Path == "" {
		return &Error{Path: path, Tensor: e.Tensor, Err: e.Err}
	}
	return &Error{Path: path, Err: err}
}

// quoteLimit is how many bytes of a stranger's text an error repeats.
const quoteLimit = 80

// quote makes a stranger's text fit for one line.
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

// plainJSON says in one line, and without repeating the file at length, why it can't
// be decoded.
func plainJSON(err error) error {
	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		return fmt.Errorf("member %s can't be a %s", pointerText(e.JSONPointer), e.JSONKind)
	}
	e, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case ok && errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("member %s is there twice", pointerText(e.JSONPointer))
	case ok && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("no JSON at byte %d", e.ByteOffset)
	}
	return errors.New("the JSON ends too early")
}

// pointerText writes a member's path: weight_map/a.
func pointerText(p jsontext.Pointer) string {
	return quote(strings.TrimPrefix(string(p), "/"))
}
