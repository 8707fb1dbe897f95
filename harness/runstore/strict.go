package runstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/metrics"
)

// checkEstimate requires the key that every estimate has, and one point at most.
func checkEstimate(e *metrics.Estimate) error {
	if e.Suite == "" || e.Metric == "" || e.Model == "" {
		return errors.New("estimate without a suite, a metric or a model")
	}
	if e.Interval != nil && e.Alone != nil {
		return errors.New("estimate with both an interval and a point_alone; only a point without an interval is alone")
	}
	return nil
}

// refuseNull fails on a null anywhere in a record. The library would read it as a
// zero, and no record is written with one.
func refuseNull(line []byte) error {
	dec := jsontext.NewDecoder(bytes.NewReader(line))
	for {
		token, err := dec.ReadToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return plain(err)
		}
		if token.Kind() == 'n' {
			return fmt.Errorf("%s is null; leave the member out where there is no value", member(dec.StackPointer()))
		}
	}
}

// plain removes the library's name and Go's types from a decoding error.
func plain(err error) error {
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		where := member(semantic.JSONPointer)
		switch {
		case errors.Is(err, json.ErrUnknownName):
			return fmt.Errorf("unknown %s; remove it, or use the version of assay that wrote the file", where)
		case semantic.Err != nil:
			return &Damage{fmt.Errorf("%s: %w", where, semantic.Err), repeatIt}
		}
		return &Damage{fmt.Errorf("%s: a JSON %v does not belong there", where, semantic.JSONKind), repeatIt}
	}
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return fmt.Errorf("%s appears twice; remove one of the two", member(syntactic.JSONPointer))
		}
		if errors.Is(syntactic.Err, io.ErrUnexpectedEOF) {
			return &Damage{fmt.Errorf("the line ends in the middle of the record (byte %d)", syntactic.ByteOffset), "fix the line or " + repeatIt}
		}
		return &Damage{fmt.Errorf("not a JSON record (byte %d): %w", syntactic.ByteOffset, syntactic.Err), "fix the line or " + repeatIt}
	}
	return err
}

// member names the place of a pointer, on one line whatever it holds.
func member(p jsontext.Pointer) string {
	if p == "" {
		return "record"
	}
	return fmt.Sprintf("member %q", strings.TrimPrefix(string(p), "/"))
}
