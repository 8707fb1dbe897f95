package reports

import (
	"slices"

	"assay/metrics"
)

// OverviewTable shows every model's difference from the baseline in one grid. It has
// a row for each condition of each suite's main metric and of each metric with a
// gate, and a column for each model. It is false for fewer than two models, where the
// headline is enough. Verdicts are tones only: the table is for a page, which adds a
// sign for each.
func OverviewTable(s *Subject, comparisons []metrics.Comparison, gates []metrics.Gate, baseline string) (Table, bool) {
	var models []string
	for _, c := range comparisons {
		if !slices.Contains(models, c.Model) {
			models = append(models, c.Model)
		}
	}
	if len(models) < 2 {
		return Table{}, false
	}
	t := Table{ID: "overview", Title: "Difference from " + baseline, Columns: []Column{{Name: "metric"}, {Name: "condition"}}}
	for _, m := range models {
		t.Columns = append(t.Columns, Column{Name: m, Align: Right})
	}
	type row struct{ suite, metric, condition string }
	at := map[row]int{}
	for _, c := range comparisons {
		view := s.Suite(c.Suite)
		if view.Plot.Metric != c.Metric && !gated(gates, c) {
			continue
		}
		key := row{c.Suite, c.Metric, c.Condition}
		i, seen := at[key]
		if !seen {
			i = len(t.Rows)
			at[key] = i
			title := s.title(c.Suite, c.Metric)
			if view.Metric(c.Metric).Direction == metrics.LowerIsBetter {
				title += " ↓"
			}
			cells := texts(title, c.Condition)
			for range models {
				cells = append(cells, Cell{Text: "-"})
			}
			t.Rows = append(t.Rows, cells)
		}
		t.Rows[i][2+slices.Index(models, c.Model)] = overviewCell(c, Decimals(view.Metric(c.Metric)))
	}
	t.Notes = []string{"✓ better, ✗ worse than " + baseline + " at 5% after adjustment over " + overWhat(comparisons) + "; unmarked differences are undecided. ↓ lower is better. -: not scored for both models."}
	return t, len(t.Rows) > 0
}

// overWhat says what the comparisons of several models are adjusted over.
func overWhat(comparisons []metrics.Comparison) string {
	paired := 0
	for _, c := range comparisons {
		if c.Interval != nil {
			paired++
		}
	}
	if f := comparisons[0].Family; f > 0 && f < paired {
		return "each model's own comparisons"
	}
	return "all comparisons"
}

// gated reports whether a gate applies to a comparison.
func gated(gates []metrics.Gate, c metrics.Comparison) bool {
	return slices.ContainsFunc(gates, func(g metrics.Gate) bool {
		return g.Suite == c.Suite && g.Metric == c.Metric && (g.Condition == "" || g.Condition == c.Condition)
	})
}

func overviewCell(c metrics.Comparison, digits int) Cell {
	switch {
	case c.PointsAlone:
		return Cell{Text: signed(c.Second-c.First, digits), Raw: raw(c.Second - c.First)}
	case c.Interval == nil:
		return Cell{Text: "-"}
	}
	cell := Cell{Text: signed(c.Point, digits), Raw: raw(c.Point)}
	switch c.Verdict {
	case metrics.Better:
		cell.Tone = Good
	case metrics.Worse:
		cell.Tone = Bad
	}
	return cell
}
