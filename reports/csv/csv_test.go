package csv_test

import (
	stdcsv "encoding/csv"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/reports"
	"assay/reports/csv"
)

// hostile are fields that a careless writer breaks.
func hostile() []string {
	return []string{"plain", "", " spaces ", `"quoted"`, `a"b`, "comma, here", "two\nlines", "tab\there", "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-0.5", "東京 🗼", `\.`}
}

func hostileTable() reports.Table {
	t := reports.Table{ID: "hostile", Columns: []reports.Column{{Name: "a, b"}, {Name: `"c"`}}, Notes: []string{"not written"}, Title: "not written"}
	for _, s := range hostile() {
		t.Rows = append(t.Rows, []reports.Cell{{Text: s}, {Text: "shown", Raw: s}})
	}
	return t
}

func TestWriteReadsBack(t *testing.T) {
	var b strings.Builder
	if err := csv.Write(&b, hostileTable()); err != nil {
		t.Fatal(err)
	}
	got, err := stdcsv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"a, b", `"c"`}}
	for _, s := range hostile() {
		raw := s
		if s == "" {
			raw = "shown" // an empty Raw defaults to the text
		}
		want = append(want, []string{s, raw})
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// Python's csv module reads the same fields.
func TestWriteReadsBackInPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 to read the file with")
	}
	path := t.TempDir() + "/t.csv"
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := csv.Write(f, hostileTable()); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	const script = `import csv, json, sys
print(json.dumps([r[0] for r in csv.reader(open(sys.argv[1], encoding="utf-8", newline=""), strict=True)][1:] == json.loads(sys.argv[2])))`
	quoted := make([]string, 0, len(hostile()))
	for _, s := range hostile() {
		quoted = append(quoted, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s)+`"`)
	}
	out, err := exec.Command(python, "-c", script, path, "["+strings.Join(quoted, ",")+"]").CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "true" {
		t.Errorf("Python reads different fields: %s (%v)", out, err)
	}
}

func TestWriteRefusesRaggedRows(t *testing.T) {
	table := reports.Table{ID: "x", Columns: []reports.Column{{Name: "a"}, {Name: "b"}}, Rows: [][]reports.Cell{{{Text: "1"}, {Text: "2"}}, {{Text: "1"}}}}
	err := csv.Write(&strings.Builder{}, table)
	if want := "table x: row 2 has 1 cell under 2 columns"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteReportsErrors(t *testing.T) {
	if err := csv.Write(full{}, hostileTable()); !errors.Is(err, errFull) {
		t.Errorf("got %v, want %v", err, errFull)
	}
}
