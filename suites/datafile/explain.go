package datafile

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Explain puts an error of decoding JSON into plain words, without the library's name and
// Go's types. Other errors stay as they are.
func Explain(err error) error {
	syntactic, isSyntax := errors.AsType[*jsontext.SyntacticError](err)
	semantic, isSemantic := errors.AsType[*json.SemanticError](err)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), err == io.EOF:
		return errors.New("the line ends in the middle of a JSON value; write each value on one line")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("member %q appears twice", syntactic.JSONPointer.LastToken())
	case isSyntax && syntactic.JSONPointer != "":
		return fmt.Errorf("not valid JSON: member %q: %w", pathOf(syntactic.JSONPointer), syntactic.Err)
	case isSyntax:
		return fmt.Errorf("not valid JSON: %w", syntactic.Err)
	case isSemantic && errors.Is(semantic.Err, strconv.ErrSyntax): // of a number with a fraction
		return fmt.Errorf("member %q must be a whole number", pathOf(semantic.JSONPointer))
	case isSemantic && errors.Is(semantic.Err, strconv.ErrRange):
		return fmt.Errorf("member %q is a number out of range", pathOf(semantic.JSONPointer))
	case isSemantic && semantic.JSONPointer != "" && semantic.Err != nil:
		return fmt.Errorf("member %q: %w", pathOf(semantic.JSONPointer), semantic.Err)
	case isSemantic:
		return errors.New(WrongType(semantic))
	}
	return err
}

// WrongType says which value has the wrong type, and which type is needed: member "answer" is a JSON number where a
// string is needed.
func WrongType(e *json.SemanticError) string {
	what := "this"
	if e.JSONPointer != "" {
		what = fmt.Sprintf("member %q", pathOf(e.JSONPointer))
	}
	needed := neededBy(e.GoType)
	if needed == "" {
		return fmt.Sprintf("%s is %s, which is the wrong type", what, kindName(e.JSONKind))
	}
	return fmt.Sprintf("%s is %s where %s is needed", what, kindName(e.JSONKind), needed)
}

// pathOf is the path of a member as people write it: turns.0.text.
func pathOf(p jsontext.Pointer) string { return strings.Join(slices.Collect(p.Tokens()), ".") }

// kindName is a kind of JSON value as people say it.
func kindName(k jsontext.Kind) string {
	switch k {
	case '[':
		return "a JSON array"
	case '{':
		return "a JSON object"
	case 'n':
		return "JSON null"
	case 't', 'f':
		return "a JSON boolean"
	}
	return "a JSON " + k.String()
}

// neededBy is the JSON value that a type is read from; "" if that is not clear.
func neededBy(t reflect.Type) string {
	if t == nil {
		return ""
	}
	switch t.Kind() {
	case reflect.Pointer:
		return neededBy(t.Elem())
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	if t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64 {
		return "a number"
	}
	return ""
}
