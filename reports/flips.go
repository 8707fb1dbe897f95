package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/harness/leaf/plural"
)

// Flips says what turned from right to wrong, or back, between two models.
type Flips struct {
	Suite     string `json:"suite"`
	Metric    string `json:"metric"`
	Condition string `json:"condition"`
	// Graded is true of a metric that isn't right or wrong: its values rise and fall.
	Graded bool `json:"graded,omitempty"`
	FlipCount
	Categories []FlipCount `json:"categories,omitempty"`
	Items      []Flip      `json:"items,omitempty"` // lost ones first
	Left       int         `json:"left,omitempty"`  // flips that are not in Items
}

// FlipCount counts examples by what became of them.
type FlipCount struct {
	Category string `json:"category,omitempty"`
	N        int    `json:"n"`
	Lost     int    `json:"lost"`   // right to wrong, or worse
	Gained   int    `json:"gained"` // wrong to right, or better
	Kept     int    `json:"kept"`   // right for both, or equal
	Failed   int    `json:"failed"` // wrong for both
}

// Flip is an example that turned. Texts are untrusted.
type Flip struct {
	Example    string    `json:"example"`
	OwnID      string    `json:"id,omitempty"` // what the data call the example
	Category   string    `json:"category,omitempty"`
	Gained     bool      `json:"gained"`
	First      float64   `json:"first"`
	Second     float64   `json:"second"`
	Input      string    `json:"input,omitempty"`
	References []string  `json:"references,omitempty"`
	Outputs    [2]Output `json:"outputs"`
}

// Turned names the two directions: lost and gained.
func (f *Flips) Turned() (lost, gained string) {
	if f.Graded {
		return "worse", "better"
	}
	return "right to wrong", "wrong to right"
}

// Heading is the metric with its suite and condition.
func (f *Flips) Heading(s *Subject) string { return s.cellTitle(f.Suite, f.Metric, f.Condition) }

// FlipCountsTable counts what turned, a row for each comparison.
func FlipCountsTable(s *Subject, all []Flips) Table {
	t := Table{ID: "flips", Title: "What turned", Columns: flipColumns(Column{Name: "metric", Group: true}, Column{Name: "condition"})}
	for _, f := range all {
		t.Rows = append(t.Rows, append(texts(s.title(f.Suite, f.Metric), f.Condition), f.cells(f.Graded)...))
	}
	t.Notes = []string{"Right: good in more than half of an example's judgements. A metric that isn't right or wrong counts examples whose value became worse or better, and those that are equal."}
	if len(all) == 0 {
		t.Notes = []string{"No comparison of the two models has examples that could turn."}
	}
	return t
}

// FlipCategoriesTable counts what turned in one comparison by category; ok is false if there
// are no categories.
func FlipCategoriesTable(s *Subject, f Flips) (t Table, ok bool) {
	if len(f.Categories) < 2 {
		return Table{}, false
	}
	t = Table{ID: "flips-by-category", Title: "By category: " + f.Heading(s), Columns: flipColumns(Column{Name: "category"})}
	still := FlipCount{}
	for _, c := range f.Categories {
		if c.Lost+c.Gained == 0 {
			still.N += c.N
			still.Kept++
			continue
		}
		name := c.Category
		if name == "" {
			name = "none"
		}
		t.Rows = append(t.Rows, append(texts(name), c.cells(f.Graded)...))
	}
	if still.Kept > 0 {
		t.Notes = []string{fmt.Sprintf("Nothing turned in %d more of the categories, with %s.", still.Kept, plural.Of(still.N, "example"))}
	}
	return t, true
}

func flipColumns(names ...Column) []Column {
	for _, name := range []string{"n", "right to wrong", "wrong to right", "both right", "both wrong"} {
		names = append(names, Column{Name: name, Align: Right})
	}
	return names
}

func (c *FlipCount) cells(graded bool) []Cell {
	n := strconv.Itoa
	if graded {
		return texts(n(c.N), n(c.Lost)+" worse", n(c.Gained)+" better", n(c.Kept)+" equal", "-")
	}
	row := texts(n(c.N), n(c.Lost), n(c.Gained), n(c.Kept), n(c.Failed))
	if c.Lost > 0 {
		row[1].Tone = Bad
	}
	if c.Gained > 0 {
		row[2].Tone = Good
	}
	return row
}

// FlipText is how much of a text a table of flips shows, in characters.
const FlipText = 300

// FlipsTable lists the examples of one comparison that turned, with the texts side by side.
func FlipsTable(s *Subject, f Flips, baseline, model string) Table {
	t := Table{ID: "flipped", Title: f.Title(s), Columns: []Column{{Name: "turned"}, {Name: "category"}, {Name: "input"}, {Name: baseline}, {Name: model}}}
	named := slices.ContainsFunc(f.Items, func(item Flip) bool { return item.OwnID != "" })
	if named {
		t.Columns = slices.Insert(t.Columns, 1, Column{Name: "id"})
	}
	lost, gained := f.Turned()
	view := s.Suite(f.Suite)
	digits := Decimals(view.Metric(f.Metric))
	for _, item := range f.Items {
		turned, tone := lost, Bad
		if item.Gained {
			turned, tone = gained, Good
		}
		t.Rows = append(t.Rows, []Cell{{Text: turned, Tone: tone}, {Text: item.Category}, {Text: Shortened(item.Input, FlipText)},
			item.cell(0, item.First, f.Graded, digits), item.cell(1, item.Second, f.Graded, digits)})
		if last := len(t.Rows) - 1; named {
			t.Rows[last] = slices.Insert(t.Rows[last], 1, Cell{Text: item.OwnID})
		}
	}
	if f.Left > 0 {
		t.Notes = []string{fmt.Sprintf("%d more turned.", f.Left)}
	}
	return t
}

// Title says how many examples of one comparison turned.
func (f *Flips) Title(s *Subject) string {
	lost, gained := f.Turned()
	return fmt.Sprintf("%s: %d %s, %d %s, of %d", f.Heading(s), f.Lost, lost, f.Gained, gained, f.N)
}

func (f *Flip) cell(side int, value float64, graded bool, digits int) Cell {
	c := answerCell(f.Outputs[side])
	c.Raw, c.Text = c.Text, Shortened(c.Text, FlipText)
	if graded {
		c.Text = number(value, digits) + ": " + c.Text
	}
	return c
}

// Shortened is a text on one line, with at most so many characters.
func Shortened(text string, most int) string {
	line := strings.Join(strings.Fields(text), " ")
	if runes := []rune(line); len(runes) > most {
		return strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	return line
}

// FlipsLong is the machine table of flips, with the texts as they are.
func FlipsLong(all []Flips, baseline, model string) Table {
	t := Table{ID: "flips", Title: "Flips"}
	for _, name := range []string{"suite", "metric", "condition", "baseline", "model", "example", "id", "category", "turned", "first", "second", "input", "references", "output_first", "output_second", "missing_first", "missing_second"} {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	for _, f := range all {
		lost, gained := f.Turned()
		for _, item := range f.Items {
			turned := lost
			if item.Gained {
				turned = gained
			}
			t.Rows = append(t.Rows, texts(f.Suite, f.Metric, f.Condition, baseline, model, item.Example, item.OwnID, item.Category, turned, raw(item.First), raw(item.Second),
				item.Input, strings.Join(item.References, "\n"), item.Outputs[0].Text, item.Outputs[1].Text, item.Outputs[0].Missing, item.Outputs[1].Missing))
		}
	}
	return t
}
