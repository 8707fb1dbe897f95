// Package rowstest reads tables for tests with the standard library alone, so that tests of
// assay's own readers have something to compare with.
package rowstest

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"
)

// Table reads a CSV file: its header, and each further row by column.
func Table(t testing.TB, path string) (header []string, rows []map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for _, record := range records[1:] {
		row := make(map[string]string, len(record))
		for i, field := range record {
			row[records[0][i]] = field
		}
		rows = append(rows, row)
	}
	return records[0], rows
}

// Number is a cell's number.
func Number(t testing.TB, cell string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
