package render

import (
	"io"
	"os"
	"path/filepath"

	"assay/harness/leaf/outfile"
	"assay/reports"
	"assay/reports/csv"
	"assay/reports/figure"
	"assay/reports/html"
)

// Page is the file of a report's folder that people open.
const Page = "report.html"

// Folders of a report, beside [Page].
const figuresDir, tablesDir = "figures", "tables"

// Figures counts the files of a report's figures, one for each figure and format.
func Figures(r reports.Report) int {
	n := 0
	for _, s := range r.Sections {
		n += len(s.Figures)
	}
	return n * len(figure.Formats())
}

// Report writes a report's folder: [Page], the figures in every format, and the tables. long
// are further tables, written as csv only. An older report in the folder is replaced. drawn
// is called after each file of a figure.
func Report(out string, r reports.Report, long []reports.Table, drawn func()) (err error) {
	staged, err := outfile.CreateOver(out, Page, "is not a report; choose another -o, or remove the folder", Page, figuresDir, tablesDir)
	if err != nil {
		return err
	}
	defer staged.End(&err)
	if err := writeFigures(filepath.Join(staged.Dir(), figuresDir), r, drawn); err != nil {
		return err
	}
	if err := writeTables(filepath.Join(staged.Dir(), tablesDir), r, long); err != nil {
		return err
	}
	err = outfile.Write(filepath.Join(staged.Dir(), Page), func(w io.Writer) error {
		return html.Write(w, r, html.Options{Draw: figure.SVGInline, FigureDir: figuresDir})
	})
	if err != nil {
		return err
	}
	return staged.Commit()
}

// writeFigures writes the figures into a new folder. The report's folder is synced as one.
func writeFigures(dir string, r reports.Report, drawn func()) error {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	for _, s := range r.Sections {
		for _, f := range s.Figures {
			for _, format := range figure.Formats() {
				data, err := figure.Render(f, format)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(dir, f.ID+"."+string(format)), data, 0o666); err != nil {
					return err
				}
				drawn()
			}
		}
	}
	return nil
}

// writeTables writes the report's tables in every format, and the long ones as csv, into a
// new folder.
func writeTables(dir string, r reports.Report, long []reports.Table) error {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	for _, s := range r.Sections {
		for _, t := range s.Tables {
			for _, f := range reportTables() {
				if err := writeTable(filepath.Join(dir, t.ID+f.Ext), func(w io.Writer) error { return f.Write(w, t, false) }); err != nil {
					return err
				}
			}
		}
	}
	for _, t := range long {
		if err := writeTable(filepath.Join(dir, t.ID+".csv"), func(w io.Writer) error { return csv.Write(w, t) }); err != nil {
			return err
		}
	}
	return nil
}

func writeTable(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := write(f); err != nil {
		return err
	}
	return f.Close()
}
