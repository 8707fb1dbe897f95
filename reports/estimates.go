package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/metrics"
)

// EstimatesLong is the machine table of estimates: one row each, unrounded, in
// the order given. A number that does not exist is an empty field.
func EstimatesLong(estimates []metrics.Estimate) Table {
	t := Table{ID: "estimates", Title: "Estimates"}
	for _, name := range []string{"suite", "metric", "model", "condition", "point", "se", "lo", "hi", "confidence", "method", "n", "clusters", "unscored"} {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	for _, e := range estimates {
		row := []Cell{{Text: e.Suite}, {Text: e.Metric}, {Text: e.Model}, {Text: e.Condition}}
		if e.Interval == nil {
			row = append(row, Cell{}, Cell{}, Cell{}, Cell{})
		} else {
			for _, x := range []float64{e.Point, e.SE, e.Lo, e.Hi} {
				row = append(row, Cell{Text: raw(x)})
			}
		}
		row = append(row, Cell{Text: raw(e.Confidence)}, Cell{Text: e.Method},
			Cell{Text: strconv.Itoa(e.N)}, Cell{Text: strconv.Itoa(e.Clusters)}, Cell{Text: strconv.Itoa(e.Unscored)})
		t.Rows = append(t.Rows, row)
	}
	return t
}

// EstimatesTables are the tables that people read: one a suite, a row for each
// condition and model, a column for each metric. Suites that the subject doesn't
// name come last, under their bare names.
func EstimatesTables(s *Subject, estimates []metrics.Estimate) []Table {
	var names []string
	for _, suite := range s.Suites {
		names = append(names, suite.Name)
	}
	for _, e := range estimates {
		if !slices.Contains(names, e.Suite) {
			names = append(names, e.Suite)
		}
	}
	var tables []Table
	for _, name := range names {
		if of := bySuite(estimates, name); len(of) > 0 {
			tables = append(tables, suiteTable(s.Suite(name), of))
		}
	}
	return tables
}

func suiteTable(suite Suite, estimates []metrics.Estimate) Table {
	t := Table{ID: "estimates-" + suite.Name, Title: suite.Title}
	type key struct{ condition, model string }
	var rows []key
	cells := map[key]map[string]metrics.Estimate{}
	for _, e := range estimates {
		k := key{e.Condition, e.Model}
		if cells[k] == nil {
			cells[k] = map[string]metrics.Estimate{}
			rows = append(rows, k)
		}
		cells[k][e.Metric] = e
	}
	conditions := conditionsOf(estimates)
	slices.SortStableFunc(rows, func(a, b key) int {
		return slices.Index(conditions, a.condition) - slices.Index(conditions, b.condition)
	})
	named := len(conditions) > 1 || conditions[0] != ""
	if named {
		t.Columns = append(t.Columns, Column{Name: "condition", Group: true})
	}
	t.Columns = append(t.Columns, Column{Name: "model"})
	used := usedMetrics(suite, estimates)
	for _, m := range used {
		t.Columns = append(t.Columns, Column{Name: m.Title, Align: Right})
	}
	t.Columns = append(t.Columns, Column{Name: "n", Align: Right})
	unscored := slices.ContainsFunc(estimates, func(e metrics.Estimate) bool { return e.Unscored > 0 })
	if unscored {
		t.Columns = append(t.Columns, Column{Name: "unscored", Align: Right})
	}
	for _, k := range rows {
		var row []Cell
		if named {
			row = append(row, Cell{Text: k.condition})
		}
		row = append(row, Cell{Text: k.model})
		row = append(row, metricCells(used, cells[k])...)
		row = append(row, countCells(used, cells[k], unscored)...)
		t.Rows = append(t.Rows, row)
	}
	t.Notes = estimateNotes(suite, estimates, used)
	return t
}

// usedMetrics are those of the estimates, in the suite's order; what it doesn't have comes
// last.
func usedMetrics(suite Suite, estimates []metrics.Estimate) []metrics.Metric {
	var used []metrics.Metric
	for _, m := range suite.Metrics {
		if slices.ContainsFunc(estimates, func(e metrics.Estimate) bool { return e.Metric == m.Name }) {
			used = append(used, m)
		}
	}
	for _, e := range estimates {
		m := suite.Metric(e.Metric)
		if !slices.ContainsFunc(used, func(u metrics.Metric) bool { return u.Name == m.Name }) {
			used = append(used, m)
		}
	}
	return used
}

func metricCells(used []metrics.Metric, of map[string]metrics.Estimate) []Cell {
	var row []Cell
	for _, m := range used {
		e, ok := of[m.Name]
		switch {
		case !ok:
			row = append(row, Cell{Text: "not judged"})
		case e.Interval == nil:
			row = append(row, Cell{Text: "not scored", Tone: Unsure})
		default:
			row = append(row, IntervalCell(e.Interval, Decimals(m)))
		}
	}
	return row
}

// countCells shows n, and unscored, over the row's metrics: a range where they
// differ.
func countCells(used []metrics.Metric, of map[string]metrics.Estimate, unscored bool) []Cell {
	var n, missing []int
	for _, m := range used {
		if e, ok := of[m.Name]; ok {
			n, missing = append(n, e.N), append(missing, e.Unscored)
		}
	}
	row := []Cell{{Text: span(n)}}
	if unscored {
		row = append(row, Cell{Text: span(missing)})
	}
	return row
}

func span(n []int) string {
	lo, hi := slices.Min(n), slices.Max(n)
	if lo == hi {
		return strconv.Itoa(lo)
	}
	return fmt.Sprintf("%d-%d", lo, hi)
}

// estimateNotes tell confidence and method of each metric, worst cases and
// warnings. A warning that many rows share is said once.
func estimateNotes(suite Suite, estimates []metrics.Estimate, used []metrics.Metric) []string {
	var notes []string
	for _, m := range used {
		var methods []string
		for _, e := range estimates {
			if e.Metric == m.Name && e.Interval != nil && !slices.Contains(methods, e.Method) {
				methods = append(methods, e.Method)
			}
		}
		if len(methods) > 0 {
			notes = append(notes, fmt.Sprintf("%s: 95%% interval by %s; %s.", m.Title, strings.Join(methods, " or "), m.Direction))
		}
	}
	if len(suite.Judges) > 0 {
		notes = append(notes, "Judged by "+strings.Join(suite.Judges, ", ")+".")
	}
	notes = append(notes, opponentNotes(estimates)...)
	for _, e := range estimates {
		if e.WorstCase != nil && e.Interval != nil {
			d := Decimals(suite.Metric(e.Metric))
			notes = append(notes, fmt.Sprintf("%s, %s: %d unscored; were they all at one end of the scale, it would be from %s to %s.",
				about(e), suite.Metric(e.Metric).Title, e.Unscored, number(e.WorstCase.Lo, d), number(e.WorstCase.Hi, d)))
		}
	}
	return append(notes, warningNotes(suite, estimates)...)
}

// opponentNotes say whom preferences were asked against.
func opponentNotes(estimates []metrics.Estimate) []string {
	var all folded
	for _, e := range estimates {
		if e.Baseline != "" {
			all.add(e.Baseline, e.Model)
		}
	}
	if len(all.order) == 1 {
		return []string{"Opponent: " + all.order[0] + "."}
	}
	return all.notes("Opponent: ")
}

// warningNotes says each warning once, with the rows that it is about.
func warningNotes(suite Suite, estimates []metrics.Estimate) []string {
	var all folded
	for _, e := range estimates {
		for _, w := range e.Warnings {
			all.add(suite.Metric(e.Metric).Title+": "+w, about(e))
		}
	}
	return all.notes("Warning: ")
}

func about(e metrics.Estimate) string {
	if e.Condition == "" {
		return e.Model
	}
	return e.Model + " under " + e.Condition
}
