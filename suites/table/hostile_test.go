package table_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"assay/harness/leaf/place"
	"assay/suites/table"
)

// allocated is how many bytes reading a file allocates, and its error.
func allocated(path string, o table.Options) (uint64, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := table.Each(path, o, func(table.Row) error { return nil })
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, err
}

// A page that lies about its size or its number of values ends in rows or in one line, and takes little memory.
func TestParquetLies(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("testdata", "nested.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lie.parquet")
	for _, at := range []int{176, 374, 583, 572, 1485, 1683, 1927} { // sizes and counts in headers of pages, of compressed data, and the schema's length
		for _, lie := range [][]byte{{0xff}, {0xfe, 0xff, 0xff, 0xff, 0x0f}, {0xfc, 0xff, 0xff, 0x7f}} {
			content := bytes.Clone(whole)
			copy(content[at:], lie)
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
			n, err := allocated(path, table.Options{MostBytes: 1 << 20})
			if n > 64<<20 {
				t.Errorf("byte %d as %x: %d MiB allocated", at, lie, n>>20)
			}
			if err != nil && (!place.Known(err) || strings.Contains(err.Error(), "\n")) {
				t.Errorf("byte %d as %x: error %q", at, lie, err)
			}
		}
	}
}

// endless gives a text again and again, up to a size.
type endless struct {
	head, text string
	left       int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p, e.head)
	e.head = e.head[n:]
	for n < len(p) {
		n += copy(p[n:], e.text)
	}
	e.left -= n
	return n, nil
}

// A row without an end, packed into some kilobytes, and rows of very many small values are refused
// before they fill the memory.
func TestHugeRows(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		name, head, text, want string
		under                  string
	}{
		{"text.jsonl.zst", `{"a": "`, "xxxxxxxxxxxxxxxx", ":1: a row of more than 1 MiB", ""},
		{"text.csv.zst", "a,b\n\"", "xxxxxxxxxxxxxxxx", ":1: a row of more than 1 MiB", ""},
		{"values.json.zst", `[{"a": [0`, ",0,0,0,0", "a row of more than 1 MiB", ""},
		{"document.json.zst", `{"d": [0`, ",0,0,0,0", "a row of more than 1 MiB", "d"},
		{"lists.jsonl.zst", `{"a": [[]`, ",[],[],[]", "a row of more than 1 MiB", ""},
	} {
		path := filepath.Join(dir, tt.name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z, _ := zstd.NewWriter(f, zstd.WithEncoderLevel(zstd.SpeedFastest))
		if _, err := io.Copy(z, &endless{tt.head, tt.text, 64 << 20}); err != nil {
			t.Fatal(err)
		}
		if z.Close() != nil || f.Close() != nil {
			t.Fatal("the file can't be written")
		}
		n, err := allocated(path, table.Options{MostBytes: 1 << 20, Under: tt.under})
		if err == nil || !place.Known(err) || !strings.HasPrefix(err.Error(), path) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if n > 48<<20 {
			t.Errorf("%s: %d MiB allocated", tt.name, n>>20)
		}
	}
	// Within the bound of bytes, the values are counted.
	for name, content := range map[string]string{
		"many.jsonl": `{"a": [0` + strings.Repeat(",0", 3<<20) + `]}`,
		"many.json":  `[{"a": [[]` + strings.Repeat(",[]", 3<<20) + `]}]`,
	} {
		path := write(t, name, content)
		if _, err := allocated(path, table.Options{}); err == nil || !strings.Contains(err.Error(), "too many values") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Rows within rows: lists on the way, *, what is around a row, and the rows before it.
func TestRowsWithinRows(t *testing.T) {
	const squad = `{"version": "2", "data": [{"title": "A", "tags": [1], "paragraphs": [{"context": "c1", "qas": [{"id": 1}, {"id": 2, "title": "own"}]}, {"context": "c2", "qas": []}]}, {"title": "B", "paragraphs": [{"context": "c3", "qas": [{"id": 3}]}]}]}`
	const drop = `{"p1": {"passage": "x", "qa_pairs": [{"q": 1}]}, "p2": {"passage": "y", "qa_pairs": [{"q": 2}, {"q": 3}]}}`
	for _, tt := range []struct{ content, under, want string }{
		{squad, "data.paragraphs.qas", `d.json:1 {version="2" title="A" context="c1" before=[] id=int64(1)}
d.json:2 {version="2" title="own" context="c1" before=[{id=int64(1)}] id=int64(2)}
d.json:3 {version="2" title="B" context="c3" before=[] id=int64(3)}`},
		{drop, "*.qa_pairs", `d.json:1 {key="p1" passage="x" before=[] q=int64(1)}
d.json:2 {key="p2" passage="y" before=[] q=int64(2)}
d.json:3 {key="p2" passage="y" before=[{q=int64(2)}] q=int64(3)}`},
	} {
		if got, err := all(write(t, "d.json", tt.content), table.Options{Under: tt.under}); err != nil || got != tt.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", tt.under, err, got, tt.want)
		}
	}
	for under, want := range map[string]string{"data.paragraphs.none": `no member "none", which under: data.paragraphs.none names; use`, "data.title": "under: data.title names a member that is no array", "*.qas": `no member "qas"`, "data.tags": `is no object`} {
		if _, err := all(write(t, "d.json", squad), table.Options{Under: under}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", under, err, want)
		}
	}
	// The rows before a row are its list's last 100, however long the list is.
	var rows strings.Builder
	for i := range 300 {
		fmt.Fprintf(&rows, `,{"id": %d}`, i)
	}
	longest := 0
	err := table.Each(write(t, "d.json", `{"a": [{"b": [`+rows.String()[1:]+`]}]}`), table.Options{Under: "a.b"}, func(r table.Row) error {
		before, _ := r.Get("before")
		longest = max(longest, len(before.([]any)))
		return nil
	})
	if err != nil || longest != 100 {
		t.Errorf("at most %d rows before, %v", longest, err)
	}
}
