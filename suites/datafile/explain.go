package datafile

import (
	"errors"
	"fmt"
	"io"

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
		return errors.New("the JSON is cut short: it ends in the middle of a value")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("member %q appears twice", syntactic.JSONPointer.LastToken())
	case isSyntax && syntactic.JSONPointer != "":
		return fmt.Errorf("not valid JSON: member %q: %w", string(syntactic.JSONPointer), syntactic.Err)
	case isSyntax:
		return fmt.Errorf("not valid JSON: %w", syntactic.Err)
	case isSemantic && semantic.JSONPointer == "":
		return fmt.Errorf("this is a JSON %s where an object is needed", kindName(semantic.JSONKind))
	case isSemantic && semantic.Err != nil:
		return fmt.Errorf("member %q: %w", string(semantic.JSONPointer), semantic.Err)
	case isSemantic:
		return fmt.Errorf("member %q has the wrong type, a JSON %s", string(semantic.JSONPointer), kindName(semantic.JSONKind))
	}
	return err
}

// kindName is a kind of JSON value as people say it.
func kindName(k jsontext.Kind) string {
	switch k {
	case '[':
		return "array"
	case '{':
		return "object"
	}
	return k.String()
}
