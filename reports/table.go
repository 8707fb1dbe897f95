package reports

// Align is a column's alignment.
type Align int

const (
	Left Align = iota
	Right
)

// Tone is the meaning of a cell beyond its text. Renderers may colour or mark it,
// but the text alone must already say it.
type Tone int

const (
	Plain Tone = iota
	Good
	Bad
	Unsure
	Marked // a departure, a footnote
)

// Column heads a table's column.
type Column struct {
	Name  string
	Align Align
	// Wrap, which only a table's last column may set, allows a narrow renderer to break its texts
	// over several lines.
	Wrap bool
	// Group, which only a table's first column may set, allows a narrow renderer to
	// print a value that several rows share once, as a heading above them. Each row
	// still holds the value.
	Group bool
}

// Cell is one entry. Text is rounded for readers; Raw is what machine formats
// write, unrounded, and defaults to Text.
type Cell struct {
	Text string
	Raw  string
	Tone Tone
}

// Machine is the cell as machine formats write it.
func (c Cell) Machine() string {
	if c.Raw != "" {
		return c.Raw
	}
	return c.Text
}

// Table is a titled grid. Cells may hold text from models or files: renderers
// escape it for their medium.
type Table struct {
	ID      string // file name without extension
	Title   string
	Columns []Column
	Rows    [][]Cell
	Notes   []string // below the table, a line each
}
