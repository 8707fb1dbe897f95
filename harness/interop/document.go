package interop

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

// longestText is how many bytes a text or a number in a document may have.
const longestText = 64 << 20

// document reads one JSON value that may be larger than the memory, member by member. Python's
// NaN counts as null, and its Infinity as a number that is not finite.
type document struct {
	*jsontext.Decoder
	path string
	in   *python
}

// newDocument starts to read a document.
func newDocument(path string, r io.Reader) (*document, error) {
	text, err := rows.NewText(path, r)
	if err != nil {
		return nil, err
	}
	in := &python{in: text}
	return &document{jsontext.NewDecoder(in, jsontext.AllowInvalidUTF8(true)), path, in}, nil
}

// line is the line of what was read last.
func (d *document) line() int { return d.in.line(d.InputOffset()) }

// fault gives an error the place of what was read last.
func (d *document) fault(err error) error {
	if err == nil || place.Known(err) {
		return err
	}
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("cut-off file: it ends in the middle of a value; get the complete file")
	} else if _, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		err = memberError(err)
	} else if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		err = wrongType(datafile.WrongType(semantic))
	}
	return place.At(d.path, d.line(), err)
}

// members passes on the names of an object's members. Each must read or skip the member's
// value.
func (d *document) members(each func(name string) error) error {
	return d.inside('{', "an object", func() error {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		return each(name.String())
	})
}

// kindName is the name of a kind of JSON value.
func kindName(k jsontext.Kind) string {
	switch k {
	case '[':
		return "array"
	case '{':
		return "object"
	case '"':
		return "string"
	case '0':
		return "number"
	}
	return k.String()
}

// elements calls each for the elements of an array, which must read or skip one.
func (d *document) elements(each func() error) error {
	return d.inside('[', "an array", each)
}

func (d *document) inside(open jsontext.Kind, what string, each func() error) error {
	begin, err := d.ReadToken()
	if err == nil && begin.Kind() != open {
		err = fmt.Errorf("this is a JSON %s, but %s is needed; get the file as the tool wrote it", kindName(begin.Kind()), what)
	}
	if err != nil {
		return d.fault(err)
	}
	for {
		switch kind := d.PeekKind(); kind {
		case '}', ']':
			_, err := d.ReadToken()
			return d.fault(err)
		case 0: // an error, which the next call gives
			_, err := d.ReadToken()
			if err == nil {
				err = io.ErrUnexpectedEOF
			}
			return d.fault(err)
		}
		if err := each(); err != nil {
			return d.fault(err)
		}
	}
}

// decode reads a value. Members that v has no field for are passed over.
func (d *document) decode(v any) error {
	return d.fault(json.UnmarshalDecode(d.Decoder, v, jsontext.AllowInvalidUTF8(true)))
}

// row reads a value that is kept in the memory. Behind one of the wrong type, which is a
// [wrongType], the next can be read.
func (d *document) row(v any) error {
	raw, err := d.ReadValue()
	if err == nil {
		err = decodeValue(raw, v)
	}
	return d.fault(err)
}

// wrongType is a value that is not of the type that is needed.
type wrongType string

func (e wrongType) Error() string { return string(e) + "; get a file as the tool wrote it" }

// skip passes over a value.
func (d *document) skip() error { return d.fault(d.SkipValue()) }

// end checks that nothing follows.
func (d *document) end() error {
	_, err := d.ReadToken()
	if err == io.EOF {
		return nil
	}
	if err == nil {
		err = errors.New("something follows the value's end; keep one value a file")
	}
	return d.fault(err)
}

// line is that of an offset, which must not be smaller than before.
func (p *python) line(offset int64) int {
	n := 0
	for n < len(p.ends) && p.ends[n] < offset {
		n++
	}
	p.before, p.ends = p.before+n, p.ends[n:]
	return p.before + 1
}

// wholeDocument reads a file that is one JSON object into v, and records it as a source.
func wholeDocument(path string, out Sink, v any) error {
	f, err := open(path, out.Progress())
	if err != nil {
		return err
	}
	defer f.Close()
	d, err := newDocument(path, rows.NewBounded(path, f, longestDocument))
	if err != nil {
		return err
	}
	if kind := d.PeekKind(); kind == 'n' || kind == '[' {
		return placed(path, 1, "this is a JSON %s, but an object is needed; get the file as the tool wrote it", kindName(kind))
	}
	if err := d.decode(v); err != nil {
		return err
	}
	if err := d.end(); err != nil {
		return err
	}
	out.Source(f.source())
	return nil
}

// isSemantic reports whether a value was read to its end and has a wrong type.
func isSemantic(err error) bool {
	_, ok := errors.AsType[wrongType](err)
	return ok
}
