package study_test

import (
	"os"
	"path/filepath"
	"testing"

	"assay/reports"
	"assay/reports/figure"
	"assay/reports/html"
)

// Every figure can be drawn, and the page can be written. With STUDY_OUT set to a folder,
// the pages and pictures are kept there for viewing.
func TestPagesAreDrawn(t *testing.T) {
	for name, s := range map[string]reports.Report{"whole": full(t).Report(), "small": small(t).Report()} {
		dir := t.TempDir()
		if out := os.Getenv("STUDY_OUT"); out != "" {
			dir = filepath.Join(out, name)
		}
		if err := os.MkdirAll(filepath.Join(dir, "figures"), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, section := range s.Sections {
			for _, f := range section.Figures {
				png, err := figure.Render(f, figure.PNG)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				if err := os.WriteFile(filepath.Join(dir, "figures", f.ID+".png"), png, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		page, err := os.Create(filepath.Join(dir, "report.html"))
		if err != nil {
			t.Fatal(err)
		}
		if err := html.Write(page, s, html.Options{Draw: figure.SVGInline}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := page.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
