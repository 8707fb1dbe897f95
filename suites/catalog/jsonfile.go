package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
	"assay/suites/datafile"
)

// jsonFile is a file that is one JSON object. It keeps the text, so that errors found
// later still get their line.
type jsonFile struct {
	path string
	data []byte
}

// readJSONFile reads a document that is one object into value. Members that value doesn't name are
// ignored. Errors are [place.Error].
func readJSONFile(path string, value any) (*jsonFile, error) {
	data, err := rows.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file := &jsonFile{path, data}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, place.Errorf(path, 1, "the file is empty; get the complete file")
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(data))
	if kind := dec.PeekKind(); kind == '[' || kind == '"' || kind == '0' {
		return nil, file.fault(0, "this is not a JSON object: the file must start with {; get the official file")
	}
	err = json.UnmarshalDecode(dec, value)
	if err != nil { // which may be in what nobody reads
		reflect.ValueOf(value).Elem().SetZero()
		dec = jsontext.NewDecoder(bytes.NewBuffer(datafile.Read(data, value)))
		err = json.UnmarshalDecode(dec, value)
	}
	if err != nil {
		return nil, file.broken(dec.InputOffset(), err)
	}
	end := dec.InputOffset()
	if _, err := dec.ReadToken(); err != io.EOF {
		return nil, file.fault(end, "something follows the document's end; keep one document a file")
	}
	return file, nil
}

// broken is a decoding error, at its own offset if it has one.
func (f *jsonFile) broken(offset int64, err error) error {
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		offset = max(offset, semantic.ByteOffset)
	}
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset = max(offset, syntactic.ByteOffset)
	}
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return f.fault(offset, "the file ends in the middle of a JSON value; get the complete one")
	}
	return f.fault(offset, "%w; fix the file or get the complete one", datafile.Explain(err))
}

// fault is a fault at what starts at or after an offset.
func (f *jsonFile) fault(offset int64, format string, args ...any) error {
	return place.Errorf(f.path, f.line(offset), format, args...)
}

// line is the line of what starts at or after an offset: white space, commas and
// colons before it are passed over.
func (f *jsonFile) line(offset int64) int {
	offset = min(offset, int64(len(f.data)))
	for offset < int64(len(f.data)) && strings.IndexByte(" \t\r\n,:", f.data[offset]) >= 0 {
		offset++
	}
	return 1 + bytes.Count(f.data[:offset], []byte("\n"))
}

// located is a value and its place in its file.
type located[T any] struct {
	value T
	at    int64 // offset of the token before; see [jsonFile.line]
}

// JSONShape implements [datafile.Shaped].
func (located[T]) JSONShape() reflect.Type { return reflect.TypeFor[T]() }

// UnmarshalJSONFrom notes the place and reads the value.
func (l *located[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	l.at = dec.InputOffset()
	return json.UnmarshalDecode(dec, &l.value)
}

// member is one member of a JSON object.
type member[T any] struct {
	name  string
	value located[T]
}

// members is a JSON object as a list, in the file's order.
type members[T any] []member[T]

// JSONShape implements [datafile.Shaped].
func (members[T]) JSONShape() reflect.Type { return reflect.TypeFor[map[string]T]() }

// UnmarshalJSONFrom reads an object; anything else is an error.
func (m *members[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if token.Kind() != '{' {
		return fmt.Errorf("a JSON %v where an object is needed", token.Kind())
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		one := member[T]{name: name.String()}
		if err := json.UnmarshalDecode(dec, &one.value); err != nil {
			return err
		}
		*m = append(*m, one)
	}
	_, err = dec.ReadToken()
	return err
}

// someText is the text of a member that must be there and say something.
func someText(name string, s *string) (string, error) {
	switch {
	case s == nil:
		return "", fmt.Errorf("member %q is missing or null; give it its text, or remove what holds it", name)
	case strings.TrimSpace(*s) == "":
		return "", fmt.Errorf("member %q is empty; give it its text, or remove what holds it", name)
	}
	return *s, nil
}
