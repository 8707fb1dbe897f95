package outfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/leaf/outfile"
)

// A folder replaces an older one of its kind, and what a killed command left of one, but
// nothing else.
func TestCreateOver(t *testing.T) {
	for _, tt := range []struct {
		name    string
		entries []string
		fault   string
	}{
		{"nothing", nil, ""},
		{"a report", []string{"report.html", "figures/a.svg", "tables/a.csv"}, ""},
		{"killed", []string{".report.html.12345.tmp/figures/a.svg", "tables/a.csv"}, ""},
		{"a report and more", []string{"report.html", "mine.txt"}, "contains mine.txt, which assay did not write"},
		{"killed, and more", []string{".report.html.12345.tmp/report.html", "mine.txt"}, "contains mine.txt, which assay did not write"},
		{"no report", []string{"figures/mine.svg"}, "exists and is not a report"},
	} {
		out := filepath.Join(t.TempDir(), "exp[1")
		for _, e := range tt.entries {
			path := filepath.Join(out, e)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		staged, err := outfile.CreateOver(out, "report.html", "is not a report", "report.html", "figures", "tables")
		switch {
		case tt.fault != "":
			if err == nil || !strings.Contains(err.Error(), tt.fault) {
				t.Errorf("%s: error %v, want %q", tt.name, err, tt.fault)
			}
		case err != nil:
			t.Errorf("%s: %v", tt.name, err)
		default:
			if err := staged.Abort(); err != nil {
				t.Error(err)
			}
		}
	}
}
