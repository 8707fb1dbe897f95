package table_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/leaf/place"
	"assay/suites/table"
)

// Whatever a file holds, reading ends, and an error has a place and one line.
func FuzzEach(f *testing.F) {
	nested, err := os.ReadFile(filepath.Join("testdata", "nested.parquet"))
	if err != nil {
		f.Fatal(err)
	}
	for i, content := range []string{"{\"a\": 1}\n", "[{\"a\": [1, {}]}]", "a,b\n1,\"2\"\n", "a\tb\n1\t2\n", string(nested), `{"data": [{"a": 1}]}`} {
		f.Add(content, byte(i))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content string, kind byte) {
		o := table.Options{Format: table.Formats()[int(kind)%len(table.Formats())], PlainQuotes: kind&64 != 0}
		if kind&32 != 0 && o.Format == table.JSON {
			o.Under = "data"
		}
		name := []string{"f", "f.gz", "f.zst"}[int(kind)/64%3]
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		err := table.Each(path, o, func(r table.Row) error {
			if r.Dict == nil || r.Line < 1 {
				t.Errorf("row %+v", r)
			}
			return nil
		})
		if err != nil && (!place.Known(err) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("error %q", err)
		}
	})
}
