package interop

import (
	"errors"
	"io"
	"slices"
	"strings"

	"assay/harness/leaf/place"
)

// ReadOutputs reads recorded outputs by their instruction ([suites.Instruction]), from a
// file in AlpacaEval's format: one JSON array of {instruction, input, output, generator}.
// If a generator is named, only its outputs are read. Otherwise the file must have a
// single generator.
func ReadOutputs(path, generator string) (map[string]string, error) {
	f, err := open(path, io.Discard)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	outputs := map[string]string{}
	var generators []string
	err = jsonArray(path, f, func(line int, value []byte) error {
		row, err := decodeAlpaca(path, line, value)
		if err != nil {
			return err
		}
		by := deref(row.Generator)
		if !slices.Contains(generators, by) {
			generators = append(generators, by)
		}
		if generator != "" && by != generator {
			return nil
		}
		if row.Output == nil {
			err = nullMember(absent{"output", "an element has instruction and output"}, value)
			return place.At(path, line, err)
		}
		input, err := row.text()
		if err != nil {
			return place.At(path, line, nullMember(err, value))
		}
		several := generator == "" && len(generators) > 1 // an error, below
		if old, ok := outputs[input]; ok && old != *row.Output && !several {
			return place.At(path, line, errors.New("an earlier output has the same instruction and input; remove one of the two"))
		}
		outputs[input] = *row.Output
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(generators) == 0:
		return nil, place.At(path, 1, errors.New("the array is empty; get a complete copy of the file"))
	case len(outputs) == 0 && slices.Equal(generators, []string{""}):
		return nil, place.Errorf(path, 1, "no output of %q: the outputs name no generator; write replay:%s without #", generator, path)
	case len(outputs) == 0:
		return nil, place.Errorf(path, 1, "no output of %q; the file has those of %s", generator, strings.Join(generators, ", "))
	case generator == "" && len(generators) > 1:
		return nil, place.Errorf(path, 1, "the file has outputs of %s; choose one as replay:%s#NAME", strings.Join(generators, ", "), path)
	}
	return outputs, nil
}
