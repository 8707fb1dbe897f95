// Package tex renders tables as LaTeX with the rules of the booktabs package.
//
// A table of up to 40 rows floats, and shrinks where it is wider than the text. A
// longer one breaks over pages. A first column that groups rows becomes headings
// above them.
package tex

import (
	"fmt"
	"io"
	"strings"

	"assay/reports"
)

// longest is how many rows still fit a page; a longer table is a longtable.
const longest = 40

// Write writes a table with caption, label and notes. A comment lists the packages
// that it needs.
func Write(w io.Writer, t reports.Table) error {
	var b strings.Builder
	switch {
	case len(t.Rows) == 0:
		fmt.Fprintf(&b, "\\paragraph{%s}\n", Escape(t.Title))
		notes(&b, t.Notes)
	case len(t.Rows) > longest:
		long(&b, t)
	default:
		float(&b, t)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func float(b *strings.Builder, t reports.Table) {
	b.WriteString("% needs \\usepackage{booktabs,graphicx}\n\\begin{table}\n\\centering\n")
	caption(b, t)
	b.WriteString("\n\\smallskip\n\\small\n\\setlength{\\tabcolsep}{4pt}\n\\resizebox{\\ifdim\\width>\\linewidth \\linewidth\\else \\width\\fi}{!}{%\n")
	fmt.Fprintf(b, "\\begin{tabular}{%s}\n\\toprule\n", spec(t))
	header(b, t)
	b.WriteString("\\midrule\n")
	rows(b, t)
	b.WriteString("\\bottomrule\n\\end{tabular}}\n")
	notes(b, t.Notes)
	b.WriteString("\\end{table}\n")
}

func long(b *strings.Builder, t reports.Table) {
	b.WriteString("% needs \\usepackage{booktabs,longtable}\n\\begingroup\n\\scriptsize\n\\setlength{\\tabcolsep}{3pt}\n")
	fmt.Fprintf(b, "\\begin{longtable}{%s}\n", spec(t))
	caption(b, t)
	b.WriteString(" \\\\\n\\toprule\n")
	header(b, t)
	b.WriteString("\\midrule\n\\endfirsthead\n\\toprule\n")
	header(b, t)
	b.WriteString("\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n")
	rows(b, t)
	b.WriteString("\\end{longtable}\n\\endgroup\n")
	notes(b, t.Notes)
}

func caption(b *strings.Builder, t reports.Table) {
	fmt.Fprintf(b, "\\caption{%s}\\label{tab:%s}", Escape(t.Title), label(t.ID))
}

// groups reports whether the first column becomes headings.
func groups(t reports.Table) bool { return len(t.Columns) > 1 && t.Columns[0].Group }

func spec(t reports.Table) string {
	var b strings.Builder
	for i, c := range t.Columns {
		switch {
		case i == 0 && groups(t):
		case c.Align == reports.Right:
			b.WriteByte('r')
		default:
			b.WriteByte('l')
		}
	}
	return b.String()
}

func header(b *strings.Builder, t reports.Table) {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = Escape(c.Name)
	}
	if groups(t) {
		names[1] = names[0] + ", " + names[1]
		names = names[1:]
	}
	line(b, names)
}

func rows(b *strings.Builder, t reports.Table) {
	for i, row := range t.Rows {
		cells := make([]string, len(row))
		for j, c := range row {
			cells[j] = Escape(c.Text)
		}
		if groups(t) {
			starts := i == 0 || t.Rows[i-1][0].Text != row[0].Text
			alone := starts && (i+1 == len(t.Rows) || t.Rows[i+1][0].Text != row[0].Text)
			switch {
			case alone && cells[1] == "":
				cells[1] = cells[0]
			case starts:
				fmt.Fprintf(b, "\\multicolumn{%d}{l}{%s} \\\\\n", len(t.Columns)-1, cells[0])
				fallthrough
			default:
				cells[1] = `\quad ` + cells[1]
			}
			cells = cells[1:]
		}
		line(b, cells)
	}
}

// line ends a row. A "[" at the start of a row would be read as the argument of
// the "\\" before it.
func line(b *strings.Builder, cells []string) {
	s := strings.Join(cells, " & ")
	if strings.HasPrefix(s, "[") || strings.HasPrefix(s, "*") {
		s = "{}" + s
	}
	b.WriteString(s + " \\\\\n")
}

// notes are one small paragraph each, flush left.
func notes(b *strings.Builder, notes []string) {
	if len(notes) == 0 {
		return
	}
	b.WriteString("\\par\\smallskip\n\\begingroup\\footnotesize\\raggedright\\noindent\n")
	for i, n := range notes {
		if i > 0 {
			b.WriteString("\\newline\n")
		}
		b.WriteString(Escape(n) + "\n")
	}
	b.WriteString("\\par\\endgroup\n")
}

func label(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, id)
}
