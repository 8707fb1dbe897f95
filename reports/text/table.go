package text

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"assay/reports"
)

// Write writes a table for a terminal: title, columns, notes. color marks cells by
// their tone. Each value of a grouped first column appears once, as a heading
// above the rows that share it.
func Write(w io.Writer, t reports.Table, color bool) error {
	if t.Title != "" {
		if _, err := fmt.Fprintln(w, bold(Clean(t.Title), color)); err != nil {
			return err
		}
	}
	if len(t.Rows) > 0 {
		if err := writeRows(w, t, color); err != nil {
			return fmt.Errorf("table %s: %w", t.ID, err)
		}
	}
	for _, n := range t.Notes {
		for _, line := range wrap(Clean(n)) {
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeRows draws the columns with tablewriter, then inserts the headings between
// the lines and trims trailing spaces.
func writeRows(w io.Writer, t reports.Table, color bool) error {
	columns := make([]reports.Column, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = reports.Column{Name: Clean(c.Name), Align: c.Align, Wrap: c.Wrap, Group: c.Group}
	}
	rows := make([][]string, len(t.Rows))
	for i, cells := range t.Rows {
		for _, c := range cells {
			rows[i] = append(rows[i], paint(Clean(c.Text), c.Tone, color))
		}
	}
	var headings []string
	if len(columns) > 1 && columns[0].Group {
		columns, rows, headings = grouped(columns, rows)
	}
	if columns[len(columns)-1].Wrap {
		rows, headings = wrapped(columns, rows, headings)
	}
	names := 1
	if width(columns, rows) > noteWidth {
		names = foldNames(columns, rows)
	}
	rendition := tw.Rendition{
		Borders: tw.BorderNone,
		Symbols: tw.NewSymbols(tw.StyleLight),
		Settings: tw.Settings{
			Lines:      tw.Lines{ShowHeaderLine: tw.On, ShowTop: tw.Off, ShowBottom: tw.Off, ShowFooterLine: tw.Off},
			Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off},
		},
	}
	var drawn bytes.Buffer
	if err := draw(&drawn, columns, rows, renderer.NewBlueprint(rendition)); err != nil {
		return err
	}
	head := names + 1 // the columns' names and the rule
	for i, line := range strings.Split(strings.TrimSuffix(drawn.String(), "\n"), "\n") {
		if row := i - head; row >= 0 && row < len(headings) && headings[row] != "" {
			if _, err := fmt.Fprintln(w, " "+bold(headings[row], color)); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// painted matches what paint and bold put around a text.
var painted = regexp.MustCompile("\x1b\\[[0-9;]*m")

// cellWidths are the widths of the columns' widest cells, in characters.
func cellWidths(columns []reports.Column, rows [][]string) []int {
	widths := make([]int, len(columns))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(painted.ReplaceAllString(cell, "")))
		}
	}
	return widths
}

// width is a table's width, with the spaces around its cells.
func width(columns []reports.Column, rows [][]string) int {
	sum := 0
	for i, w := range cellWidths(columns, rows) {
		sum += max(w, utf8.RuneCountInString(columns[i].Name)) + 2
	}
	return sum
}

// foldNames breaks the names of columns between words where they are wider than
// the cells below, and returns how many lines they take. All names end on the last
// line.
func foldNames(columns []reports.Column, rows [][]string) int {
	lines := make([][]string, len(columns))
	most := 1
	for i, w := range cellWidths(columns, rows) {
		for _, word := range strings.Fields(columns[i].Name) {
			last := len(lines[i]) - 1
			if last >= 0 && utf8.RuneCountInString(lines[i][last])+1+utf8.RuneCountInString(word) <= w {
				lines[i][last] += " " + word
			} else {
				lines[i] = append(lines[i], word)
			}
		}
		most = max(most, len(lines[i]))
	}
	for i := range columns {
		for len(lines[i]) < most {
			lines[i] = slices.Insert(lines[i], 0, " ")
		}
		columns[i].Name = strings.Join(lines[i], "\n")
	}
	return most
}

// grouped folds the first column into the second. headings holds, for the first
// row of each group, the value that the group shares. A group of one row with
// nothing in its second column needs no heading; its value moves there.
func grouped(columns []reports.Column, rows [][]string) ([]reports.Column, [][]string, []string) {
	first := reports.Column{Name: columns[0].Name + ", " + columns[1].Name}
	folded := append([]reports.Column{first}, columns[2:]...)
	headings := make([]string, len(rows))
	out := make([][]string, len(rows))
	for i, row := range rows {
		starts := i == 0 || rows[i-1][0] != row[0]
		alone := starts && (i+1 == len(rows) || rows[i+1][0] != row[0])
		label := "  " + row[1]
		switch {
		case alone && row[1] == "":
			label = row[0]
		case starts:
			headings[i] = row[0]
		}
		out[i] = append([]string{label}, row[2:]...)
	}
	return folded, out, headings
}

// leastWrapped is the least width of a column whose texts are broken over lines.
const leastWrapped = 30

// wrapped breaks the texts of the last column between words, so that the table is no wider than a
// note. Further lines are rows with nothing in the other columns, and no heading.
func wrapped(columns []reports.Column, rows [][]string, headings []string) (out [][]string, above []string) {
	last := len(columns) - 1
	most := max(leastWrapped, noteWidth-width(columns[:last], shortened(rows, last))-2)
	for i, row := range rows {
		line, lines := "", []string(nil)
		for _, word := range strings.Fields(row[last]) {
			if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > most {
				lines, line = append(lines, line), ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		for k, line := range append(lines, line) {
			next, heading := make([]string, len(row)), ""
			if k == 0 {
				copy(next, row)
				if headings != nil {
					heading = headings[i]
				}
			}
			next[last] = line
			out, above = append(out, next), append(above, heading)
		}
	}
	return out, above
}

func shortened(rows [][]string, n int) (out [][]string) {
	for _, row := range rows {
		out = append(out, row[:n])
	}
	return out
}

// draw runs tablewriter: no wrapping, no change to headers, one line a row.
func draw(w io.Writer, columns []reports.Column, rows [][]string, r tw.Renderer) error {
	align := make(tw.Alignment, len(columns))
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = c.Name
		align[i] = tw.AlignLeft
		if c.Align == reports.Right {
			align[i] = tw.AlignRight
		}
	}
	table := tablewriter.NewTable(w,
		tablewriter.WithRenderer(r),
		tablewriter.WithAlignment(align),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
	)
	table.Header(header)
	for _, row := range rows {
		if err := table.Append(row); err != nil {
			return err
		}
	}
	return table.Render()
}

// noteWidth is where a note breaks. It is fixed, so that equal tables give equal
// bytes on every terminal.
const noteWidth = 100

// wrap breaks a note between words, and indents all lines but the first.
func wrap(note string) []string {
	var lines []string
	line := " "
	for _, word := range strings.Fields(note) {
		if len([]rune(line))+1+len([]rune(word)) > noteWidth && strings.TrimSpace(line) != "" {
			lines = append(lines, line)
			line = "   "
		}
		line += " " + word
	}
	return append(lines, line)
}

func bold(s string, color bool) string {
	if !color {
		return s
	}
	return "\x1b[1m" + s + "\x1b[0m"
}

// paint colours a cell by its tone. The text says the same without colour.
func paint(s string, tone reports.Tone, color bool) string {
	code := map[reports.Tone]string{reports.Good: "32", reports.Bad: "31", reports.Unsure: "33", reports.Marked: "35"}[tone]
	if !color || code == "" || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
