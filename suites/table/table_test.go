package table_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"assay/harness/leaf/ordered"
	"assay/harness/leaf/place"
	"assay/suites/table"
)

// write puts a file into a folder of its own.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// shown is a row in Go's words, with its line.
func shown(v any) string {
	switch v := v.(type) {
	case *ordered.Dict:
		var parts []string
		for name, value := range v.All() {
			parts = append(parts, name+"="+shown(value))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case []any:
		var parts []string
		for _, one := range v {
			parts = append(parts, shown(one))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case string:
		return fmt.Sprintf("%q", v)
	case nil:
		return "nil"
	}
	return fmt.Sprintf("%T(%v)", v, v)
}

func all(path string, o table.Options) (string, error) {
	var lines []string
	err := table.Each(path, o, func(r table.Row) error {
		lines = append(lines, fmt.Sprintf("%s:%d %s", filepath.Base(r.File), r.Line, shown(r.Dict)))
		return nil
	})
	return strings.Join(lines, "\n"), err
}

func packed(content string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, content)
	w.Close()
	return b.String()
}

func packedZ(content string) string {
	var b bytes.Buffer
	w, _ := zstd.NewWriter(&b)
	io.WriteString(w, content)
	w.Close()
	return b.String()
}

func TestEach(t *testing.T) {
	const lines = "{\"b\": 1, \"a\": [true, null, \"x\"]}\n\n{\"c\": {\"z\": -2.5, \"y\": {}}}\n"
	const asLines = "%[1]s:1 {b=int64(1) a=[bool(true) nil \"x\"]}\n%[1]s:3 {c={z=float64(-2.5) y={}}}"
	for _, tt := range []struct {
		name, content string
		o             table.Options
		want          string // %[1]s is the file's name
	}{
		{"a.jsonl", lines, table.Options{}, asLines},
		{"a.ndjson", lines, table.Options{}, asLines},
		{"lines.json", lines, table.Options{}, asLines},
		{"a.jsonl.gz", packed(lines), table.Options{}, asLines},
		{"a.JSONL.zst", packedZ(lines), table.Options{}, asLines},
		{"data", lines, table.Options{Format: table.Lines}, asLines},
		{"array.json", "[\n{\"b\": 1},\n\n{\"b\": \"2\"}]", table.Options{}, "%[1]s:2 {b=int64(1)}\n%[1]s:4 {b=\"2\"}"},
		{"doc.json", `{"version": 2, "data": {"rows": [{"a": 1}, {"a": 2}]}}`, table.Options{Under: "data.rows"}, "%[1]s:1 {a=int64(1)}\n%[1]s:2 {a=int64(2)}"},
		{"big.jsonl", `{"a": 9223372036854775807, "b": 9223372036854775808, "c": 1.0, "d": 1e400, "e": -0, "f": 2E2}`, table.Options{},
			`%[1]s:1 {a=int64(9223372036854775807) b="9223372036854775808" c=float64(1) d="1e400" e=float64(-0) f=float64(200)}`},
		{"a.csv", "id,text\r\n1,\"a,\"\"b\"\"\r\nc\"\r\n2,\r\n", table.Options{}, "%[1]s:2 {id=\"1\" text=\"a,\\\"b\\\"\\nc\"}\n%[1]s:4 {id=\"2\" text=\"\"}"},
		{"semi.csv", "\ufeffid;text\n1;a,b,c\n", table.Options{}, "%[1]s:2 {id=\"1\" text=\"a,b,c\"}"},
		{"bar.csv", "id;|text\n1|a\n", table.Options{Separator: '|'}, "%[1]s:2 {id;=\"1\" text=\"a\"}"},
		{"one.csv", "text\na\nb\n", table.Options{}, "%[1]s:2 {text=\"a\"}\n%[1]s:3 {text=\"b\"}"},
		{"a.tsv", "id, x\ttext\n1\ta, b\n", table.Options{}, "%[1]s:2 {id, x=\"1\" text=\"a, b\"}"},
		{"quotes.tsv", "id\ttext\tmore\n1\t\"open\t\n", table.Options{PlainQuotes: true}, "%[1]s:2 {id=\"1\" text=\"\\\"open\" more=\"\"}"},
		{"bare.csv", "1,\"a, b\"\n2,c\n", table.Options{Columns: []string{"id", "text"}}, "%[1]s:1 {id=\"1\" text=\"a, b\"}\n%[1]s:2 {id=\"2\" text=\"c\"}"},
	} {
		path := write(t, tt.name, tt.content)
		want := tt.want
		if strings.Contains(want, "%[1]s") {
			want = fmt.Sprintf(want, tt.name)
		}
		if got, err := all(path, tt.o); err != nil || got != want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", tt.name, err, got, want)
		}
	}
}

// The file was written by pyarrow: nested.parquet has two row groups, lists in lists, lists of
// structs, and absent values at each level. What is wanted is what
// pyarrow.parquet.read_table(...).to_pylist() gives.
func TestParquet(t *testing.T) {
	const want = `nested.parquet:1 {question="How many?" id=int64(1) answers={text=["3" "three"] answer_start=[int64(0) int64(7)]} choices=["a" "b"] score=float64(0.5) ok=bool(true) day="2024-02-29" at="2024-02-29T12:30:15.25Z" price="-12.50" tags=[["x"] []] meta={k=[{a=int64(1) b="é"}]}}
nested.parquet:2 {question=nil id=int64(2) answers={text=[] answer_start=[]} choices=nil score=nil ok=bool(false) day=nil at=nil price=nil tags=[] meta=nil}
nested.parquet:3 {question="" id=int64(-3) answers=nil choices=[nil "z"] score=float64(-1e+300) ok=nil day="1969-12-31" at="1969-12-31T23:59:59Z" price="0.01" tags=[[] ["y" "z"]] meta={k=[]}}`
	got, err := all(filepath.Join("testdata", "nested.parquet"), table.Options{})
	if err != nil || got != want {
		t.Errorf("%v\ngot\n%s\nwant\n%s", err, got, want)
	}
}

func TestEachRefuses(t *testing.T) {
	long := strings.Repeat("x", 600_000)
	small := table.Options{MostBytes: 1 << 18}
	for _, tt := range []struct {
		name, content string
		o             table.Options
		line          int
		want          string
	}{
		{"a.txt", "x", table.Options{}, 0, "the file's ending is none of .jsonl"},
		{"a.xlsx", "PK\x03\x04", table.Options{}, 0, "this is a spreadsheet; save the sheet as CSV"},
		{"A.XLS", "x", table.Options{}, 0, "this is a spreadsheet; save the sheet as CSV"},
		{"a.jsonl", "{\"a\": 1}\n{\"a\": }\n", table.Options{}, 2, "not valid JSON"},
		{"twice.jsonl", "{\"a\": 1, \"a\": 2}", table.Options{}, 1, "not valid JSON: duplicate object member name"},
		{"text.jsonl", "{\"a\": 1}\n\"b\"\n", table.Options{}, 2, "a row must be a JSON object"},
		{"two.jsonl", "{\"a\": 1} {\"a\": 2}\n", table.Options{}, 1, "something follows the value"},
		{"deep.jsonl", strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100), table.Options{}, 1, "too many levels"},
		{"doc.json", "{\n\"data\": []}", table.Options{}, 1, "name the member that holds its rows in the field under"},
		{"doc.json", `{"data": {"rows": 1}}`, table.Options{Under: "data.row"}, 0, `no member "row"`},
		{"doc.json", `{"data": {"rows": 1}}`, table.Options{Under: "data.rows"}, 0, "under: data.rows names a member that is no array"},
		{"doc.csv", "a\n", table.Options{Under: "data"}, 0, "under: data is for JSON documents, but the file is read as csv; remove under:"},
		{"a.csv", "id,text\n1\n", table.Options{}, 2, "malformed row: 1 field where the header has 2"},
		{"latin.csv", "id,text\n1,caf\xe9\n", table.Options{}, 2, "column text is no valid UTF-8"},
		{"empty.csv", "", table.Options{}, 1, "the file is empty"},
		{"twice.csv", "a,a\n", table.Options{}, 1, `column "a" appears twice`},
		{"quotes.tsv", "id\ttext\n1\ta \"b\" c\n", table.Options{}, 2, "if quotes are part of the text, name the file in the suite file as {file: quotes.tsv, quotes: text}"},
		{"wide.tsv", "a\tb\n1\t2\t3\n", table.Options{PlainQuotes: true}, 2, "3 fields where there are 2 columns"},
		{"book.data", "PK\x03\x04[Content_Types].xml xl/workbook.xml", table.Options{}, 1, "this is an Excel workbook (xlsx); save the sheet as CSV in UTF-8"},
		{"notes.txt", "a,b\n", table.Options{}, 0, "the file's ending is none of .jsonl"},
		{"bad.gz.csv.gz", "no gzip", table.Options{}, 0, "this is no gzip file"},
		{"cut.csv.gz", packed("a,b\n1,2\n")[:20], table.Options{}, 0, "damaged file"},
		{"cut.jsonl.zst", packedZ("{\"a\": 1}\n")[:12], table.Options{}, 0, "damaged file"},
		{"a.parquet", "PAR1 is not all", table.Options{}, 0, "no Parquet file"},
		{"long.jsonl", "{\"a\": 1}\n{\"a\": \"" + long + "\"}\n", small, 2, "a row of more than 262144 bytes"},
		{"long.json", "[{\"a\": 1},\n {\"a\": \"" + long + "\"}]", small, 2, "a row of more than 262144 bytes"},
		{"long.csv", "a\n1\n\"" + long + "\"\n", small, 3, "a row of more than 262144 bytes"},
		{"long.tsv", "a\n1\n" + long + "\n", table.Options{MostBytes: 1 << 18, PlainQuotes: true}, 3, "a row of more than 262144 bytes"},
		{"bomb.jsonl.gz", packed("{\"a\": \"" + strings.Repeat("x", 1<<22)), small, 1, "a row of more than 262144 bytes"},
	} {
		path := write(t, tt.name, tt.content)
		_, err := all(path, tt.o)
		at, ok := place.Of(err)
		if !ok || !strings.Contains(err.Error(), tt.want) || at.File != path || at.Line != tt.line || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v; want line %d and %q", tt.name, err, tt.line, tt.want)
		}
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"b-2.csv": "a\n3\n", "b-1.csv": "a\n1\n2\n", "README.md": "#", ".hidden.csv": "a\n9\n", "c.jsonl": "{\"a\": \"4\"}\n", "sub/x.csv": "a\n8\n",
	} {
		path := filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const want = "b-1.csv:2 {a=\"1\"}\nb-1.csv:3 {a=\"2\"}\nb-2.csv:2 {a=\"3\"}"
	if got, err := all(filepath.Join(dir, "b-*.csv"), table.Options{}); err != nil || got != want {
		t.Errorf("a glob: %v\n%s", err, got)
	}
	if _, err := all(dir, table.Options{}); err == nil || !strings.Contains(err.Error(), "b-1.csv and c.jsonl are of two formats; name one file, or a pattern such as *.csv") {
		t.Errorf("a folder of two formats: %v", err)
	}
	os.Remove(filepath.Join(dir, "c.jsonl"))
	if got, err := all(dir, table.Options{}); err != nil || got != want {
		t.Errorf("a folder: %v\n%s", err, got)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "none.csv"):   "check the path",
		filepath.Join(dir, "*.parquet"):  "no file matches this pattern",
		filepath.Join(dir, "[b"):         "a malformed pattern",
		filepath.Join(dir, "sub", "sub"): "check the path",
	} {
		if _, err := table.Files(path, table.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func TestReader(t *testing.T) {
	path := write(t, "a.jsonl", "{\"a\": 1}\n{\"a\": 2}\n{\"a\": }\n")
	r, err := table.Open(path, table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for want := range int64(2) {
		row, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := row.Get("a"); got != want+1 {
			t.Errorf("a is %v, want %d", got, want+1)
		}
	}
	for range 2 {
		if _, err := r.Next(); err == nil || !strings.Contains(err.Error(), path+":3: not valid JSON") {
			t.Errorf("error %v", err)
		}
	}
	stopped, err := table.Open(path, table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	stopped.Next()
	stopped.Close()
	if _, err := stopped.Next(); err != io.EOF {
		t.Errorf("a closed reader: %v", err)
	}
}

// An error of the caller has the row's place, and ends reading.
func TestEachStops(t *testing.T) {
	for _, path := range []string{write(t, "a.jsonl", "{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3}\n"), filepath.Join("testdata", "nested.parquet")} {
		n := 0
		cause := errors.New("odd")
		err := table.Each(path, table.Options{}, func(r table.Row) error {
			if n++; n == 2 {
				return cause
			}
			return nil
		})
		if at, ok := place.Of(err); n != 2 || !errors.Is(err, cause) || !ok || at.Line != 2 {
			t.Errorf("%s: %d rows, %v", path, n, err)
		}
	}
}

func ExampleEach() {
	dir, _ := os.MkdirTemp("", "table")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "tickets.csv")
	os.WriteFile(path, []byte("id,question,answer\n7,Where is my parcel?,tracking\n"), 0o644)
	err := table.Each(path, table.Options{}, func(r table.Row) error {
		answer, _ := r.Get("answer")
		fmt.Println(r.Line, r.Names(), answer)
		return nil
	})
	fmt.Println(err)
	// Output:
	// 2 [id question answer] tracking
	// <nil>
}
