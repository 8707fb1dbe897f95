package table_test

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"assay/suites/table"
)

// Times and numbers of two bytes are what pyarrow reads, in the forms of ISO 8601. The files are
// pyarrow 26's, of columns pa.timestamp("us"), pa.time32("ms"), pa.time64("us") and pa.float16(); int96.parquet is
// written with use_deprecated_int96_timestamps=True.
func TestParquetTypes(t *testing.T) {
	rows := map[string][]table.Row{}
	for _, name := range []string{"times.parquet", "int96.parquet"} {
		if err := table.Each(filepath.Join("testdata", name), table.Options{}, func(r table.Row) error {
			rows[name] = append(rows[name], r)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		file, column string
		want         []any
	}{
		{"times.parquet", "stamp", []any{"2026-02-03T04:05:06.789Z", "1969-12-31T23:59:59.5Z", nil}},
		{"int96.parquet", "old", []any{"2026-02-03T04:05:06.789Z", "1969-12-31T23:59:59.5Z", nil}},
		{"times.parquet", "clock_ms", []any{"01:02:03.004", "00:00:00", nil}},
		{"times.parquet", "clock_us", []any{"23:59:59.999999", "12:00:00", nil}},
		{"times.parquet", "half", []any{0.333251953125, -2.0, 6.103515625e-05}},
		{"times.parquet", "tiny", []any{5.960464477539063e-08, 65504.0, math.Inf(-1)}},
	} {
		var got []any
		for _, r := range rows[tt.file] {
			v, _ := r.Dict.Get(tt.column)
			got = append(got, v)
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s, %s: %v, want %v", tt.file, tt.column, got, tt.want)
		}
	}
}

// A table without rows is read, and one with two columns of a name is refused: only one of them could
// be.
func TestParquetColumns(t *testing.T) {
	read := func(name string) (n int, err error) {
		return n, table.Each(filepath.Join("testdata", name), table.Options{}, func(table.Row) error { n++; return nil })
	}
	if n, err := read("empty.parquet"); n != 0 || err != nil {
		t.Errorf("empty: %d rows, error %v", n, err)
	}
	if _, err := read("twice.parquet"); err == nil || !strings.Contains(err.Error(), `twice.parquet: column "a" appears twice; remove one of the two`) {
		t.Errorf("twice: %v", err)
	}
}
