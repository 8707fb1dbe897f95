package catalog

import (
	"fmt"
	"io"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
)

// The readers here hand a file's rows to a function, each with the line it starts
// on (the first is 1): see package rows. Whatever is wrong is a
// [place.Error]; so is the function's own error, which gets the row's place
// unless it has one.

// eachCSVRow reads a CSV file whose header has at least the columns, in any
// order. A file without rows is an error.
func eachCSVRow(path string, columns []string, row func(line int, r *rows.CSV) error) error {
	f, err := rows.OpenFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	table, err := rows.NewCSV(path, f, columns)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		err := table.Next()
		switch {
		case err == io.EOF && n == 0:
			return place.Errorf(path, 1, "a header and no rows; get the complete file")
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if err := row(table.Line(), table); err != nil {
			return place.Within(path, table.Line(), err)
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
	return fmt.Sprintf("%s, the first on line %d", plural.Of(t.n, "row"), t.first)
}
