package interop

import (
	"io"
	"slices"
	"strconv"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
)

// csvTable reads a CSV file by column name.
type csvTable struct {
	*rows.CSV
	path string
}

// newCSVTable reads the header and checks that it has the columns.
func newCSVTable(path string, r io.Reader, columns []string) (*csvTable, error) {
	t, err := rows.NewCSV(path, r, columns)
	if err != nil {
		return nil, err
	}
	return &csvTable{t, path}, nil
}

// getAll reads several columns of the current row.
func (t *csvTable) getAll(names ...string) map[string]string {
	fields := make(map[string]string, len(names))
	for _, name := range names {
		fields[name] = t.Get(name)
	}
	return fields
}

// probability reads a number from 0 to 1. An empty field is missing, never 0.
func (t *csvTable) probability(name string) (value float64, ok bool, err error) {
	s := t.Get(name)
	if slices.Contains([]string{"", "nan", "NaN", "None", "null"}, s) {
		return 0, false, nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= 0 && v <= 1) {
		return 0, false, place.Errorf(t.path, t.FieldLine(name), "column %s: %q is not a number from 0 to 1; leave it empty if there is no score", name, s)
	}
	return v, true, nil
}
