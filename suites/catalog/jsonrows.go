package catalog

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
	"assay/suites/datafile"
)

// eachJSONLine reads JSON lines. Blank lines are passed over; a file without
// others is an error. Members that T doesn't name are ignored.
func eachJSONLine[T any](path string, row func(line int, value *T) error) error {
	return openedText(path, func(in *rows.Text) error { return readJSONLines(path, in, row) })
}

// eachJSONRecord reads JSON lines, or an array where the file starts with one.
func eachJSONRecord[T any](path string, row func(line int, value *T) error) error {
	return openedText(path, func(in *rows.Text) error {
		if in.IsArray() {
			return readJSONElements(path, in, row)
		}
		return readJSONLines(path, in, row)
	})
}

// eachJSONElement reads a file that is one JSON array, pretty-printed or not. An
// empty array is an error. Members that T doesn't name are ignored.
func eachJSONElement[T any](path string, row func(line int, value *T) error) error {
	return openedText(path, func(in *rows.Text) error { return readJSONElements(path, in, row) })
}

// openedText opens a file of text for a reader.
func openedText(path string, read func(*rows.Text) error) error {
	in, err := rows.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	return read(in)
}

// readJSONLines is [eachJSONLine] of what is open already; path is for errors.
func readJSONLines[T any](path string, in *rows.Text, row func(line int, value *T) error) error {
	n, err := in.EachLine(decodeRow(path, "fix or remove the line", row))
	return noneIsFault(path, n, "the file is empty; get the complete file", err)
}

func readJSONElements[T any](path string, in *rows.Text, row func(line int, value *T) error) error {
	n, err := in.EachElement(decodeRow(path, "fix or remove the element that starts here", row))
	return noneIsFault(path, n, "the array is empty; get the complete file", err)
}

// decodeRow hands over what a row holds. Its errors have their place.
func decodeRow[T any](path, remedy string, row func(line int, value *T) error) func(int, []byte) error {
	return func(line int, text []byte) error {
		value := new(T)
		if err := datafile.Decode(text, value); err != nil {
			return place.Errorf(path, line, "%w; %s", plainJSON(err), remedy)
		}
		return place.Within(path, line, row(line, value))
	}
}

// noneIsFault is the error of reading n rows, or of there being none.
func noneIsFault(path string, n int, none string, err error) error {
	if err == nil && n == 0 {
		return place.At(path, 1, errors.New(none))
	}
	return err
}

// plainJSON takes the library's own words out of a decoding error.
func plainJSON(err error) error {
	syntactic, isSyntax := errors.AsType[*jsontext.SyntacticError](err)
	semantic, isSemantic := errors.AsType[*json.SemanticError](err)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), err == io.EOF:
		return errors.New("torn: the file or line ends in the middle of a value")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("member %q appears twice", syntactic.JSONPointer.LastToken())
	case isSyntax && syntactic.JSONPointer != "":
		return fmt.Errorf("not JSON: member %q: %w", string(syntactic.JSONPointer), syntactic.Err)
	case isSyntax:
		return fmt.Errorf("not JSON: %w", syntactic.Err)
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
