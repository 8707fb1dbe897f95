package catalog

import (
	"errors"
	"fmt"

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
	err = read(in)
	if foreign, ok := errors.AsType[*rows.Foreign](err); ok && foreign.CSV {
		return fmt.Errorf("%w; to run models on a file of your own, name it under data: in a suite file, and that file in the plan (assay suite new NAME.yaml)", err)
	}
	return err
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
			return place.Errorf(path, line, "%w; %s", datafile.Explain(err), remedy)
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
