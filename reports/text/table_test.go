package text_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/width"

	"assay/reports"
	"assay/reports/text"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sample has groups, a group without a second label, tones, both alignments and a
// note longer than a line.
func sample() reports.Table {
	row := func(metric, condition, n, difference, verdict string, tone reports.Tone) []reports.Cell {
		return []reports.Cell{{Text: metric}, {Text: condition}, {Text: n}, {Text: difference}, {Text: verdict, Tone: tone}}
	}
	return reports.Table{
		ID: "sample", Title: "after against the baseline before",
		Columns: []reports.Column{{Name: "metric", Group: true}, {Name: "condition"}, {Name: "n", Align: reports.Right},
			{Name: "difference [95%]", Align: reports.Right}, {Name: "verdict"}},
		Rows: [][]reports.Cell{
			row("SQuAD v2 F1", "zeroshot", "100", "-0.148 [-0.243, -0.053]", "worse", reports.Bad),
			row("SQuAD v2 F1", "fewshot", "100", "+0.207 [+0.096, +0.318]", "better", reports.Good),
			row("WMT 2015 French to English BLEU", "", "60", "+0.02 [-4.42, +4.79]", "undecided", reports.Unsure),
			row("DROP F1", "few_shot | 3", "8", "0.000 [-0.086, +0.086]", "undecided", reports.Unsure),
		},
		Notes: []string{
			"Difference: model minus baseline on the examples that both were scored on; its interval is a 95% one, not adjusted.",
			"Warning: only 8 examples; this method needs about 10 (DROP F1 (few_shot | 3)).",
		},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s: -want +got (rewrite with -update)\n%s", path, d)
	}
}

func terminal(t *testing.T, table reports.Table, color bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := text.Write(&b, table, color); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteGolden(t *testing.T) {
	golden(t, "plain.txt", []byte(terminal(t, sample(), false)))
	golden(t, "color.txt", []byte(terminal(t, sample(), true)))
	var b bytes.Buffer
	if err := text.Markdown(&b, sample()); err != nil {
		t.Fatal(err)
	}
	golden(t, "table.md", b.Bytes())
}

func TestWriteLines(t *testing.T) {
	out := terminal(t, sample(), false)
	for i, line := range strings.Split(out, "\n") {
		if strings.TrimRight(line, " ") != line {
			t.Errorf("line %d ends in spaces: %q", i+1, line)
		}
		if n := len([]rune(line)); n > 100 {
			t.Errorf("line %d is %d wide: %q", i+1, n, line)
		}
	}
	if got := strings.Count(out, "SQuAD v2 F1"); got != 1 {
		t.Errorf("the heading of two rows is printed %d times, want 1", got)
	}
}

func TestWriteColorOnlyWhenAsked(t *testing.T) {
	if out := terminal(t, sample(), false); strings.Contains(out, "\x1b") {
		t.Errorf("escape sequence without color:\n%q", out)
	}
	colored := terminal(t, sample(), true)
	for _, want := range []string{"\x1b[31mworse\x1b[0m", "\x1b[32mbetter\x1b[0m", "\x1b[33mundecided\x1b[0m"} {
		if !strings.Contains(colored, want) {
			t.Errorf("no %q in\n%q", want, colored)
		}
	}
	plain := strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "").Replace(colored)
	if d := cmp.Diff(terminal(t, sample(), false), plain); d != "" {
		t.Errorf("color changes more than color: -plain +colored\n%s", d)
	}
}

func TestWriteHostileCells(t *testing.T) {
	const hostile = "evil\x1b]0;title\x07\x1b[2J\u202eabc\u2066\n\r\tx\u200b\u009b31m"
	table := reports.Table{ID: "x", Title: hostile, Columns: []reports.Column{{Name: hostile}, {Name: "b"}},
		Rows: [][]reports.Cell{{{Text: hostile}, {Text: "y"}}}, Notes: []string{hostile}}
	grouped := table
	grouped.Columns = []reports.Column{{Name: hostile, Group: true}, {Name: "b"}}
	for _, table := range []reports.Table{table, grouped} {
		out := terminal(t, table, false)
		if i := strings.IndexAny(out, "\x1b\x07\r\t\u202e\u2066\u200b\u009b"); i >= 0 {
			t.Errorf("%q reaches the terminal in %q", out[i:i+1], out)
		}
		if !strings.Contains(out, "evil]0;title[2Jabc") {
			t.Errorf("the visible text is gone from %q", out)
		}
	}
}

// columns is how many cells of a terminal a text takes: two for a wide character.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

func TestWriteAlignsWideCharacters(t *testing.T) {
	table := reports.Table{ID: "x", Columns: []reports.Column{{Name: "model"}, {Name: "n"}},
		Rows: [][]reports.Cell{{{Text: "東京モデル"}, {Text: "@1"}}, {{Text: "plain"}, {Text: "@2"}}, {{Text: "한국어-7b"}, {Text: "@3"}}}}
	var at []int
	for _, line := range strings.Split(terminal(t, table, false), "\n") {
		if before, _, ok := strings.Cut(line, "@"); ok {
			at = append(at, columns(before))
		}
	}
	if len(at) != 3 || at[0] != at[1] || at[1] != at[2] {
		t.Errorf("second column starts at %v, want one place for three rows", at)
	}
}

func TestWriteWithoutRows(t *testing.T) {
	got := terminal(t, reports.Table{Title: "Paired comparisons", Notes: []string{"Nothing in common."}}, false)
	if want := "Paired comparisons\n  Nothing in common.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Grüße, 東京", "Grüße, 東京"},
		{"line ends", "a\r\nb\tc\u2028d", "a  b c d"},
		{"escape", "\x1b[31mred\x1b[0m", "[31mred[0m"},
		{"C1 and delete", "a\u009bb\x7fc", "abc"},
		{"direction", "a\u202eb\u2069c\u061cd\u200fe", "abcde"},
		{"zero width, tags, byte order mark", "a\u200bb\U000e0041c\ufeffd", "abcd"},
		{"joiners stay", "👩\u200d🔬 \u06cc\u200c\u06cc", "👩\u200d🔬 \u06cc\u200c\u06cc"},
		{"invalid UTF-8 shows", "a\xffb", "a\ufffdb"},
	}
	for _, tt := range tests {
		if got := text.Clean(tt.in); got != tt.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

// Long names of columns don't make a table wider than its cells need, once it is
// too wide. The names of a narrow table stay on one line.
func TestLongNamesAreFolded(t *testing.T) {
	table := reports.Table{
		Columns: []reports.Column{{Name: "condition", Group: true}, {Name: "model"}},
		Rows:    [][]reports.Cell{{{Text: "plain"}, {Text: "a"}}, {{Text: "plain"}, {Text: "b", Tone: reports.Bad}}},
	}
	for range 4 {
		table.Columns = append(table.Columns, reports.Column{Name: "Word similarity to true answers, BLEU", Align: reports.Right})
		for i := range table.Rows {
			table.Rows[i] = append(table.Rows[i], reports.Cell{Text: "0.325 [0.201, 0.480]", Tone: reports.Good})
		}
	}
	var wide bytes.Buffer
	if err := text.Write(&wide, table, true); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(wide.String(), "\n")
	want := []string{
		" condition,    Word similarity to    Word similarity to    Word similarity to    Word similarity to",
		" model         true answers, BLEU    true answers, BLEU    true answers, BLEU    true answers, BLEU",
	}
	if diff := cmp.Diff(want, lines[:2]); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if !strings.Contains(lines[3], "plain") || !strings.Contains(lines[4], "0.325") {
		t.Errorf("the heading is not above its rows:\n%s", wide.String())
	}
	table.Columns = table.Columns[:3]
	for i := range table.Rows {
		table.Rows[i] = table.Rows[i][:3]
	}
	var narrow bytes.Buffer
	if err := text.Write(&narrow, table, false); err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(narrow.String(), "\n"); !strings.Contains(first, "condition, model") || !strings.Contains(first, "answers, BLEU") {
		t.Errorf("a narrow table's names are folded: %q", first)
	}
}

// A last column that may wrap breaks between words. Its further lines are in no group of their own.
func TestWrappedColumn(t *testing.T) {
	words := strings.TrimSpace(strings.Repeat("word ", 30))
	table := reports.Table{Columns: []reports.Column{{Name: "group", Group: true}, {Name: "a"}, {Name: "b", Wrap: true}}, Rows: [][]reports.Cell{
		{{Text: "one"}, {Text: "x"}, {Text: words}}, {{Text: "two"}, {Text: "y"}, {Text: "short"}}, {{Text: "two"}, {Text: strings.Repeat("z", 90)}, {Text: words}}}}
	var b strings.Builder
	if err := text.Write(&b, table, false); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	if n := strings.Count(got, "word"); n != 60 {
		t.Errorf("%d words, want 60:\n%s", n, got)
	}
	if strings.Count(got, "\n one\n") != 1 || strings.Count(got, "\n two\n") != 1 {
		t.Errorf("headings:\n%s", got)
	}
	for _, line := range strings.Split(got, "\n") {
		if n := len([]rune(strings.TrimRight(line, " "))); n > 130 {
			t.Errorf("a line of %d: %s", n, line)
		}
	}
}
