package interop

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/ordered"
	"assay/suites/table"
)

// parquet reads a Parquet file's rows. Its line is the number of the row.
func (s *scoreTable) parquet(ctx context.Context, path string) error {
	_, err := parquetRows(ctx, path, s.opt, s.out, func(r table.Row) error {
		row, err := s.fields(r.Dict)
		if err == nil {
			err = s.row(path, r.Line, row)
		}
		return err
	})
	return err
}

// fields takes the columns of a row.
func (s *scoreTable) fields(d *ordered.Dict) (*scoreRow, error) {
	row := new(scoreRow)
	there := 0
	for i := range scoreColumns {
		name := s.own.column(i)
		v, ok := d.Get(name)
		if !ok {
			if i < neededColumns {
				return nil, fmt.Errorf("no column %q; a score has %s, under these names or those of --column", name, strings.Join(scoreColumns[:neededColumns], ", "))
			}
			continue
		}
		there++
		s.found[i] = true
		switch v := v.(type) {
		case nil:
		case string:
			if !utf8.ValidString(v) {
				return nil, fmt.Errorf("column %q is no valid UTF-8; write it as text", name)
			}
			row[i] = v
		case bool:
			row[i] = truth(i, v)
		case float64:
			row[i] = strconv.FormatFloat(v, 'g', -1, 64)
		case int:
			row[i] = strconv.Itoa(v)
		case int64:
			row[i] = strconv.FormatInt(v, 10)
		default:
			return nil, fmt.Errorf("column %q holds neither texts nor numbers; write it as one of these", name)
		}
	}
	if there < d.Len() {
		for _, name := range d.Names() {
			s.other(name)
		}
	}
	return row, nil
}
