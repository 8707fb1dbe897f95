package tex_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"assay/reports"
	"assay/reports/tex"
)

func TestEscape(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"special characters", `a_b & 50% of $5 #1 {x}`, `a\_b \& 50\% of \$5 \#1 \{x\}`},
		{"backslash", `\input{x}`, `\textbackslash{}input\{x\}`},
		{"tilde, caret, bar", "~^|", `\textasciitilde{}\textasciicircum{}\textbar{}`},
		{"comparison signs", "<0.001>", `\textless{}0.001\textgreater{}`},
		{"quotes", "\"a\" 'b' `c`", `{''}a{''} '{}b'{} \textasciigrave{}c\textasciigrave{}`},
		{"numbers", "-0.300 [-0.401, -0.204]", "$-$0.300 [$-$0.401, $-$0.204]"},
		{"hyphens", "ppo-ptx-175b --flag", "ppo-ptx-175b -{}-flag"},
		{"symbols", "≥ ≤ — “x” 3×", `$\geq$ $\leq$ --- {` + "``" + `}x{''} 3$\times$`},
		{"Latin", "naïve Łódź", "naïve Łódź"},
		{"beyond the fonts", "中\u200bð", "[U+4E2D][U+00F0]"},
		{"controls", "a\nb\tc\x1bd\u00a0e", "a b c d e"},
		{"invalid UTF-8", "\xff", "[U+FFFD]"},
	}
	for _, tt := range tests {
		if got := tex.Escape(tt.in); got != tt.want {
			t.Errorf("%s: Escape(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func sample(rows int) reports.Table {
	t := reports.Table{ID: "sample_1", Title: "100% of $\\alpha$_1",
		Columns: []reports.Column{{Name: "metric", Group: true}, {Name: "condition"}, {Name: "n", Align: reports.Right}, {Name: "verdict"}},
		Notes:   []string{"First #1.", "Second & last."}}
	for i := range rows {
		t.Rows = append(t.Rows, []reports.Cell{{Text: fmt.Sprintf("m_%d", i/2)}, {Text: []string{"a", "b"}[i%2]}, {Text: "5"}, {Text: "pass"}})
	}
	return append0(t)
}

// append0 ends the table with a row that starts with a bracket.
func append0(t reports.Table) reports.Table {
	t.Rows = append(t.Rows, []reports.Cell{{Text: "[alone]"}, {}, {Text: "1"}, {Text: "*"}})
	return t
}

func write(t *testing.T, table reports.Table) string {
	t.Helper()
	var b strings.Builder
	if err := tex.Write(&b, table); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteGroups(t *testing.T) {
	got := write(t, sample(2))
	for _, want := range []string{
		"\\begin{tabular}{lrl}\n\\toprule\nmetric, condition & n & verdict \\\\\n\\midrule\n",
		"\\multicolumn{3}{l}{m\\_0} \\\\\n\\quad a & 5 & pass \\\\\n\\quad b & 5 & pass \\\\\n{}[alone] & 1 & * \\\\\n\\bottomrule\n",
		"\\caption{100\\% of \\$\\textbackslash{}alpha\\$\\_1}\\label{tab:sample-1}",
		"First \\#1.\n\\newline\nSecond \\& last.\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "m\\_0"); n != 1 {
		t.Errorf("the heading occurs %d times, want 1", n)
	}
}

func TestWriteLongTables(t *testing.T) {
	if got := write(t, sample(39)); strings.Contains(got, "longtable") {
		t.Error("40 rows are a longtable")
	}
	got := write(t, sample(40))
	if !strings.Contains(got, "\\begin{longtable}{lrl}") || strings.Contains(got, "\\begin{table}") {
		t.Errorf("41 rows are no longtable:\n%.300s", got)
	}
	if n := strings.Count(got, "metric, condition & n & verdict"); n != 2 {
		t.Errorf("the header occurs %d times, want 2: first and later pages", n)
	}
}

// TestCompiles runs pdflatex, where it is installed, over hostile text in every
// place: every Latin letter, every printable ASCII character and more.
func TestCompiles(t *testing.T) {
	pdflatex, err := exec.LookPath("pdflatex")
	if err != nil {
		t.Skip("no pdflatex to compile the tables with")
	}
	var hostile strings.Builder
	for r := rune(0); r < 0x250; r++ {
		hostile.WriteRune(r)
	}
	hostile.WriteString(" ≥≤±×−→≈–—…‘’“” 中 🗼 \u202e \xff ?` !` -- --- \\\\ \\end{document} [x] *")
	column := []reports.Column{{Name: "metric", Group: true}, {Name: "[" + hostile.String()[200:240]}, {Name: "n", Align: reports.Right}}
	var document strings.Builder
	document.WriteString("\\documentclass{article}\n\\usepackage{booktabs,graphicx,longtable}\n\\begin{document}\n")
	for _, rows := range []int{0, 3, 60} {
		table := reports.Table{ID: "x", Title: hostile.String(), Columns: column, Notes: []string{hostile.String(), "[x]", "* y"}}
		for i := range rows {
			table.Rows = append(table.Rows, []reports.Cell{{Text: hostile.String()[:20+i]}, {Text: "[" + hostile.String()}, {Text: "*-1"}})
		}
		document.WriteString(write(t, table))
	}
	document.WriteString("\\end{document}\n")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.tex"), []byte(document.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(pdflatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "t.tex")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out[max(0, len(out)-1500):])
	}
	if strings.Contains(string(out), "Missing character") {
		t.Errorf("characters are missing:\n%s", out)
	}
}
