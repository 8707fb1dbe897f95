package table

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/ordered"
)

var errTruncated = errors.New("it ends too soon")

// mostDepth bounds how deep values are within values.
const mostDepth = 64

// rowValues bounds the values within a row: small ones take more memory than their text.
const rowValues = 2 << 20

// decoder reads JSON values, of which it takes so many.
type decoder struct {
	*jsontext.Decoder
	left int
}

// decode is a JSON value as a row holds it, of at most so many values within each other. A whole number that int64 can't hold is the text
// of its digits.
func decode(data []byte, most int) (any, error) {
	d := &decoder{jsontext.NewDecoder(bytes.NewBuffer(data)), most}
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, errors.New("something follows the value")
	}
	return v, nil
}

func (d *decoder) value(depth int) (any, error) {
	if depth > mostDepth {
		return nil, errors.New("too many levels of nesting")
	}
	if d.left--; d.left < 0 {
		return nil, errors.New("too many values")
	}
	token, err := d.ReadToken()
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return nil, errTruncated
	case err != nil:
		return nil, plainError(err)
	}
	switch token.Kind() {
	case 'n':
		return nil, nil
	case 't', 'f':
		return token.Bool(), nil
	case '"':
		return token.String(), nil
	case '0':
		return number(token.String()), nil
	case '[':
		list := []any{}
		for d.PeekKind() != ']' {
			one, err := d.value(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
		_, err := d.ReadToken()
		return list, plainError(err)
	}
	dict := &ordered.Dict{}
	for d.PeekKind() != '}' {
		name, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		key, _ := name.(string) // the decoder sees to it
		one, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		dict.Set(key, one)
	}
	_, err = d.ReadToken()
	return dict, plainError(err)
}

// plainError leaves out the library's own words.
func plainError(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok && e.Err != nil {
		return e.Err
	}
	return err
}

// number is a JSON number's value.
func number(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && text != "-0" {
		return n
	}
	if !strings.ContainsAny(text, ".eE") && text != "-0" {
		return text
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(x, 0) {
		return text
	}
	return x
}
