// Package csv renders tables for machines: a header, then unrounded values (RFC
// 4180, with LF as line end).
//
// Text is unchanged and reads back the same. A spreadsheet may run a field that
// begins with "=", "+", "-" or "@" as a formula. Such a field still gets no quote
// or space before it, because that would change the name of a model or condition.
// To open the file in a spreadsheet, import its columns as text.
package csv

import (
	"encoding/csv"
	"fmt"
	"io"

	"assay/harness/leaf/plural"
	"assay/reports"
)

// Write writes a table without its title and notes. A row with more or fewer
// cells than columns is an error.
func Write(w io.Writer, t reports.Table) error {
	out := csv.NewWriter(w)
	row := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		row[i] = c.Name
	}
	if err := out.Write(row); err != nil {
		return fmt.Errorf("table %s: %w", t.ID, err)
	}
	for i, cells := range t.Rows {
		if len(cells) != len(t.Columns) {
			return fmt.Errorf("table %s: row %d has %s under %s", t.ID, i+1, plural.Of(len(cells), "cell"), plural.Of(len(t.Columns), "column"))
		}
		row = row[:0]
		for _, c := range cells {
			row = append(row, c.Machine())
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("table %s: %w", t.ID, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("table %s: %w", t.ID, err)
	}
	return nil
}
