package reports

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"assay/harness/leaf/plural"
	"assay/metrics"
)

// Published is a published value for a cell.
type Published struct {
	Suite, Metric, Condition, Model string
	Value                           float64
	Note                            string
}

// departs is the |z| beyond which a cell is marked: two-sided 5%.
const departs = 1.959963984540054

// PublishedTable shows each estimate beside the published value of the same cell,
// with z = (measured - published) / standard error. The published value counts as
// exact, so z reflects only the error of this sample. Where the standard error is
// 0 there is no z, and a cell departs if its interval excludes the published
// value. It is false where no cell has a published value.
func PublishedTable(s *Subject, estimates []metrics.Estimate, published []Published, source string) (Table, bool) {
	t := Table{ID: "published", Title: "Measured beside " + source, Columns: publishedColumns()}
	type key struct{ suite, metric, condition, model string }
	values := map[key]Published{}
	for _, p := range published {
		values[key{p.Suite, p.Metric, p.Condition, p.Model}] = p
	}
	var order, notes []string
	tallies := map[string]*tally{}
	for _, e := range estimates {
		p, ok := values[key{e.Suite, e.Metric, e.Condition, e.Model}]
		if !ok || e.Interval == nil {
			continue
		}
		title := s.title(e.Suite, e.Metric)
		if tallies[title] == nil {
			tallies[title] = &tally{}
			order = append(order, title)
		}
		if note := title + ": " + p.Note + "."; p.Note != "" && !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
		view := s.Suite(e.Suite)
		row, departing := publishedCells(e, p, Decimals(view.Metric(e.Metric)))
		tallies[title].add(departing)
		t.Rows = append(t.Rows, append(texts(title, e.Condition, e.Model), row...))
	}
	for _, title := range order {
		t.Notes = append(t.Notes, tallies[title].note(title))
	}
	t.Notes = append(t.Notes, notes...)
	return t, len(t.Rows) > 0
}

func publishedColumns() []Column {
	return []Column{
		{Name: "metric", Group: true}, {Name: "condition"}, {Name: "model"}, {Name: "measured [95%]", Align: Right},
		{Name: "se", Align: Right}, {Name: "published", Align: Right}, {Name: "z", Align: Right}, {Name: "mark"},
	}
}

func publishedCells(e metrics.Estimate, p Published, digits int) (row []Cell, departing bool) {
	z := Cell{Text: "-"}
	if e.SE > 0 {
		score := (e.Point - p.Value) / e.SE
		departing = math.Abs(score) > departs
		z = Cell{Text: strconv.FormatFloat(score, 'f', 2, 64), Raw: raw(score)}
	} else {
		departing = p.Value < e.Lo || p.Value > e.Hi
	}
	mark := Cell{}
	if departing {
		mark = Cell{Text: "departs", Tone: Marked}
	}
	return []Cell{
		IntervalCell(e.Interval, digits), {Text: number(e.SE, digits), Raw: raw(e.SE)},
		{Text: number(p.Value, digits), Raw: raw(p.Value)}, z, mark,
	}, departing
}

// tally counts the cells of a metric, and those that depart.
type tally struct{ cells, departing int }

func (n *tally) add(departing bool) {
	n.cells++
	if departing {
		n.departing++
	}
}

// note says what the count means. If all of several cells depart, that is not
// chance.
func (n *tally) note(title string) string {
	if n.cells > 1 && n.departing == n.cells {
		return fmt.Sprintf("%s: all %s depart from the published value by |z| > 1.96. "+
			"These items or their scoring differ from the published set's, so this does not reproduce the published values.", title, plural.Of(n.cells, "cell"))
	}
	return fmt.Sprintf("%s: %d of %s by |z| > 1.96 from the published value; chance alone gives about %.2g.",
		title, n.departing, departure(n.cells), 0.05*float64(n.cells))
}

func departure(cells int) string {
	return plural.Of(cells, "cell") + " " + plural.Word(cells, "departs", "depart")
}
