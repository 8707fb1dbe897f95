package catalog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"assay/harness/leaf/place"
	"assay/suites/datafile"
)

// The readers here hand a file's rows to a function, each with the line it starts
// on (the first is 1): see package datafile. Whatever is wrong is a
// [place.Error]; so is the function's own error, which gets the row's place
// unless it has one.

// faultAt is a fault in a file. Line 0 means the file as a whole.
func faultAt(path string, line int, format string, args ...any) error {
	return &place.Error{File: path, Line: line, Err: fmt.Errorf(format, args...)}
}

// placed gives an error the place of a row, if it has none.
func placed(path string, line int, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*place.Error](err); ok {
		return err
	}
	return &place.Error{File: path, Line: line, Err: err}
}

// fileFault is an error of opening or reading. It names the path once.
func fileFault(path string, err error) error {
	if fault, ok := errors.AsType[*datafile.Fault](err); ok {
		return faultAt(path, fault.Line, "%w", fault.Err)
	}
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathErr.Err
	}
	return faultAt(path, 0, "%w; name a file that can be read", err)
}

func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileFault(path, err)
	}
	return f, nil
}

// openRows opens a file of text: see [datafile.Text].
func openRows(path string) (*os.File, *bufio.Reader, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, nil, err
	}
	in, err := datafile.Text(f)
	if err != nil {
		f.Close()
		return nil, nil, fileFault(path, err)
	}
	return f, in, nil
}

// eachCSVRow reads a CSV file whose header has at least the columns, in any
// order. A file without rows is an error.
func eachCSVRow(path string, columns []string, row func(line int, r *datafile.CSV) error) error {
	f, err := openFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	table, err := datafile.NewCSV(f, columns)
	if err != nil {
		return fileFault(path, err)
	}
	for rows := 0; ; rows++ {
		err := table.Next()
		switch {
		case err == io.EOF && rows == 0:
			return faultAt(path, 1, "a header and no rows; get the complete file")
		case err == io.EOF:
			return nil
		case err != nil:
			return fileFault(path, err)
		}
		if err := row(table.Line(), table); err != nil {
			return placed(path, table.Line(), err)
		}
	}
}

// tally counts rows for a notice.
type tally struct {
	n, first int
}

func (t *tally) add(line int) {
	if t.n == 0 {
		t.first = line
	}
	t.n++
}

func (t tally) String() string {
	if t.n == 1 {
		return fmt.Sprintf("the row of line %d", t.first)
	}
	return fmt.Sprintf("%d rows, the first on line %d", t.n, t.first)
}
