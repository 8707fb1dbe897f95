package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/metrics"
	"assay/models"
)

// EstimatesLong is the machine table of estimates: one row each, unrounded, in
// the order given. A number that does not exist is an empty field.
func EstimatesLong(estimates []metrics.Estimate) Table {
	t := Table{ID: "estimates", Title: "Estimates"}
	names := []string{"suite", "metric", "model", "condition", "point", "se", "lo", "hi", "confidence", "method", "n", "clusters", "unscored"}
	for _, name := range slices.Concat(names, answerColumns(""), answerColumns("_opponent")) {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	for _, e := range estimates {
		row := []Cell{{Text: e.Suite}, {Text: e.Metric}, {Text: e.Model}, {Text: e.Condition}}
		switch {
		case e.Alone != nil:
			row = append(row, Cell{Text: raw(*e.Alone)}, Cell{}, Cell{}, Cell{})
		case e.Interval == nil:
			row = append(row, Cell{}, Cell{}, Cell{}, Cell{})
		default:
			for _, x := range []float64{e.Point, e.SE, e.Lo, e.Hi} {
				row = append(row, Cell{Text: raw(x)})
			}
		}
		row = append(row, Cell{Text: raw(e.Confidence)}, Cell{Text: e.Method},
			Cell{Text: strconv.Itoa(e.N)}, Cell{Text: strconv.Itoa(e.Clusters)}, Cell{Text: strconv.Itoa(e.Unscored)})
		row = slices.Concat(row, answerCells(e.Answers), answerCells(e.Opponent))
		t.Rows = append(t.Rows, row)
	}
	return t
}

// EstimatesTables are the tables for readers: one a suite, with a row for each
// condition and model and a column for each metric. Where that would be wider than
// a page, there is a row for each metric and a column for each model. Models are in
// the subject's order. Suites that the subject doesn't have come last, under their
// bare names.
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
			tables = append(tables, suiteTable(s, s.Suite(name), of))
		}
	}
	return tables
}

// mostMetrics is how many columns of numbers fit on a page.
const mostMetrics = 6

// grid is a suite's estimates by row and column.
type grid struct {
	conditions []string
	models     []string
	metrics    []metrics.Metric
	cells      map[gridKey]metrics.Estimate
	opponents  map[gridKey]bool // the models that preferences compare with
	named      bool             // some condition has a name
	unscored   bool             // some estimate has judgements without a value
}

type gridKey struct{ condition, model, metric string }

func newGrid(s *Subject, suite Suite, estimates []metrics.Estimate) *grid {
	g := &grid{conditions: conditionsOf(estimates), metrics: usedMetrics(suite, estimates), cells: map[gridKey]metrics.Estimate{}, opponents: map[gridKey]bool{}}
	for _, e := range estimates {
		if !slices.Contains(g.models, e.Model) {
			g.models = append(g.models, e.Model)
		}
		g.cells[gridKey{e.Condition, e.Model, e.Metric}] = e
		g.opponents[gridKey{e.Condition, e.Baseline, e.Metric}] = true
		g.unscored = g.unscored || e.Unscored > 0
	}
	place := func(name string) int {
		if i := slices.IndexFunc(s.Models, func(m models.Info) bool { return m.Name == name }); i >= 0 {
			return i
		}
		return len(s.Models)
	}
	slices.SortStableFunc(g.models, func(a, b string) int { return place(a) - place(b) })
	g.named = len(g.conditions) > 1 || g.conditions[0] != ""
	return g
}

func suiteTable(s *Subject, suite Suite, estimates []metrics.Estimate) Table {
	t := Table{ID: "estimates-" + suite.Name, Title: suite.Title}
	g := newGrid(s, suite, estimates)
	wide := len(g.metrics) > mostMetrics && len(g.models) <= len(g.metrics)
	if wide && g.named && len(g.conditions) == 1 { // one column less, to save width
		t.Title += " (" + g.conditions[0] + ")"
		g.named = false
	}
	if g.named {
		t.Columns = append(t.Columns, Column{Name: "condition", Group: true})
	}
	if wide {
		g.byMetric(&t)
	} else {
		g.byModel(&t)
	}
	t.Notes = estimateNotes(suite, estimates, g.metrics)
	return t
}

// side is a model or a metric as a table's row or column.
type side struct{ name, title string }

func (g *grid) sides() (models, metrics []side) {
	for _, m := range g.models {
		models = append(models, side{m, m})
	}
	for _, m := range g.metrics {
		metrics = append(metrics, side{m.Name, m.Title})
	}
	return models, metrics
}

// byModel has a row for each condition and model.
func (g *grid) byModel(t *Table) {
	models, metrics := g.sides()
	g.fill(t, "model", models, metrics, func(condition, row, column string) gridKey { return gridKey{condition, row, column} })
}

// byMetric has a row for each condition and metric.
func (g *grid) byMetric(t *Table) {
	models, metrics := g.sides()
	g.fill(t, "metric", metrics, models, func(condition, row, column string) gridKey { return gridKey{condition, column, row} })
}

// fill gives a table its columns and rows. name heads the rows' titles.
func (g *grid) fill(t *Table, name string, rows, columns []side, key func(condition, row, column string) gridKey) {
	t.Columns = append(t.Columns, Column{Name: name})
	for _, c := range columns {
		t.Columns = append(t.Columns, Column{Name: c.title, Align: Right})
	}
	g.count(t)
	for _, condition := range g.conditions {
		for _, r := range rows {
			var keys []gridKey
			for _, c := range columns {
				keys = append(keys, key(condition, r.name, c.name))
			}
			g.row(t, condition, r.title, keys)
		}
	}
}

// count adds the column of n and, if anything is unscored, the column of unscored.
func (g *grid) count(t *Table) {
	t.Columns = append(t.Columns, Column{Name: "n", Align: Right})
	if g.unscored {
		t.Columns = append(t.Columns, Column{Name: "unscored", Align: Right})
	}
}

// row adds a row if there is an estimate for it. n and unscored are those of its cells,
// as a range where they differ. A cell where nothing was scored counts for n only if no
// cell was scored.
func (g *grid) row(t *Table, condition, name string, keys []gridKey) {
	var row []Cell
	if g.named {
		row = append(row, Cell{Text: condition})
	}
	row = append(row, Cell{Text: name})
	scored := slices.ContainsFunc(keys, func(k gridKey) bool { return g.cells[k].N > 0 })
	var n, missing []int
	for _, k := range keys {
		e, ok := g.cells[k]
		if ok {
			missing = append(missing, e.Unscored)
		}
		if ok && (e.N > 0 || !scored) {
			n = append(n, e.N)
		}
		row = append(row, g.cell(k, e, ok))
	}
	if missing == nil {
		return
	}
	row = append(row, Cell{Text: span(n)})
	if g.unscored {
		row = append(row, Cell{Text: span(missing)})
	}
	t.Rows = append(t.Rows, row)
}

func (g *grid) cell(k gridKey, e metrics.Estimate, ok bool) Cell {
	switch {
	case !ok && g.opponents[k]:
		return Cell{Text: "opponent"}
	case !ok:
		return Cell{Text: "not judged"}
	case e.Interval == nil && e.Alone == nil:
		return Cell{Text: "not scored", Tone: Unsure}
	}
	i := slices.IndexFunc(g.metrics, func(m metrics.Metric) bool { return m.Name == k.metric })
	if e.Alone != nil {
		return Cell{Text: number(*e.Alone, Decimals(g.metrics[i])) + " (no interval)", Raw: raw(*e.Alone), Tone: Unsure}
	}
	return IntervalCell(e.Interval, Decimals(g.metrics[i]))
}

// usedMetrics are the metrics of the estimates, in the suite's order. Metrics that the
// suite doesn't have come last.
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

func span(n []int) string {
	lo, hi := slices.Min(n), slices.Max(n)
	if lo == hi {
		return strconv.Itoa(lo)
	}
	return fmt.Sprintf("%d-%d", lo, hi)
}

// estimateNotes give the confidence and method of each metric, worst cases and
// warnings. A warning that many rows share appears once.
func estimateNotes(suite Suite, estimates []metrics.Estimate, used []metrics.Metric) []string {
	var how folded
	for _, m := range used {
		var methods []string
		for _, e := range estimates {
			if e.Metric == m.Name && e.Interval != nil && !slices.Contains(methods, e.Method) {
				methods = append(methods, e.Method)
			}
		}
		if len(methods) > 0 {
			how.add(fmt.Sprintf("95%% interval by %s; %s.", strings.Join(methods, "; or by "), m.Direction), m.Title)
		}
	}
	var notes []string
	for _, text := range how.order {
		notes = append(notes, enumerated(how.rows[text])+": "+text)
	}
	if len(suite.Judges) > 0 {
		notes = append(notes, judgesNote(suite.Judges))
	}
	notes = append(notes, opponentNotes(estimates)...)
	notes = append(notes, answerNotes(suite, estimates)...)
	for _, e := range estimates {
		if e.WorstCase != nil && e.Interval != nil {
			d := Decimals(suite.Metric(e.Metric))
			notes = append(notes, fmt.Sprintf("%s, %s: %d unscored; with all of them at one end of the scale it would be between %s and %s.",
				about(e), suite.Metric(e.Metric).Title, e.Unscored, number(e.WorstCase.Lo, d), number(e.WorstCase.Hi, d)))
		}
	}
	notes = append(notes, correctedNotes(suite, estimates)...)
	return append(notes, warningNotes(suite, estimates)...)
}

// correctedNotes give what a judge's share is without its errors. It is no estimate of the table, so that
// nobody gates on it by mistake.
func correctedNotes(suite Suite, estimates []metrics.Estimate) (notes []string) {
	for _, e := range estimates {
		if c := e.Corrected; c != nil {
			m := suite.Metric(e.Metric)
			d := Decimals(m)
			notes = append(notes, fmt.Sprintf("%s, %s: the judge's share of yes, corrected by Rogan-Gladen, is %s [%s, %s] (sensitivity %s, specificity %s); comparisons and gates don't use it.",
				about(e), m.Title, number(c.Point, d), number(c.Lo, d), number(c.Hi, d), number(c.Sensitivity, 2), number(c.Specificity, 2)))
		}
	}
	return notes
}

// judgesNote names judges.
func judgesNote(judges []string) string {
	if len(judges) == 1 {
		return "Judge: " + judges[0] + "."
	}
	return "Judges: " + strings.Join(judges, ", ") + "."
}

// opponentNotes say which models preferences compare with.
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

// warningNotes gives each warning once, with its metrics and rows.
func warningNotes(suite Suite, estimates []metrics.Estimate) []string {
	var all, same folded
	for _, e := range estimates {
		for _, w := range e.Warnings {
			all.add(suite.Metric(e.Metric).Title+": "+w, about(e))
		}
	}
	for _, e := range estimates {
		title := suite.Metric(e.Metric).Title
		for _, w := range e.Warnings {
			same.add(fmt.Sprintf("%s (%s).", w, listed(all.rows[title+": "+w])), title)
		}
	}
	var notes []string
	for _, text := range same.order {
		notes = append(notes, "Warning: "+enumerated(same.rows[text])+": "+text)
	}
	return notes
}

func about(e metrics.Estimate) string {
	if e.Condition == "" {
		return e.Model
	}
	return e.Model + " under " + e.Condition
}
