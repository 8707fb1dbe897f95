package reports

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics"
)

// Figures draws each group of suites as one figure, as the paper does: families as
// colours, sizes on the x axis. Where a model's family or size is unknown, the
// models' names are on the x axis.
func Figures(s *Subject, estimates []metrics.Estimate) []Figure {
	var groups []string
	for _, suite := range s.Suites {
		if g := suite.Plot.Group; g != "" && !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	var figures []Figure
	estimates = opposedOf(s, estimates)
	for _, g := range groups {
		var members []Suite
		for _, suite := range s.Suites {
			if suite.Plot.Group == g && len(bySuite(estimates, suite.Name)) > 0 {
				members = append(members, suite)
			}
		}
		if len(members) == 0 {
			continue
		}
		if f := groupFigure(s, g, members, estimates); len(f.Panels) > 0 {
			figures = append(figures, f)
		}
	}
	return figures
}

// groupFigure has a panel for each suite and condition, and a row for each
// condition where several suites share the figure.
func groupFigure(s *Subject, group string, members []Suite, estimates []metrics.Estimate) Figure {
	used := map[string]bool{}
	for _, suite := range members {
		for _, e := range bySuite(estimates, suite.Name) {
			used[e.Model] = true
		}
	}
	a := NewAxis(s.Models, func(model string) bool { return used[model] })
	f := Figure{ID: group, Title: members[0].Title, Series: a.Series}
	if len(members) > 1 {
		f.Title = groupTitle(group, members)
	}
	for i, condition := range rowsOf(members, estimates) {
		row := 0
		for _, suite := range members {
			of := bySuite(estimates, suite.Name)
			wanted := condition
			if i == 0 && slices.Equal(conditionsOf(of), []string{""}) {
				wanted = "" // it has no conditions: one panel, in the first row
			}
			if p := panel(&a, suite, wanted, of, len(members) > 1); len(p.Points) > 0 {
				f.Panels = append(f.Panels, p)
				row++
			}
		}
		f.Columns = max(f.Columns, row)
	}
	if len(members) == 1 {
		f.Columns = min(len(f.Panels), 3)
	}
	if under := members[0].Plot.Under; under != "" {
		m := members[0].Metric(under)
		f.Under = m.Title
	}
	f.Caption = caption(members, estimates)
	return f
}

// rowsOf lists the conditions of all members. The empty condition is among them
// only where a suite has it beside others, or no suite has any other.
func rowsOf(members []Suite, estimates []metrics.Estimate) []string {
	var rows []string
	for _, suite := range members {
		conditions := conditionsOf(bySuite(estimates, suite.Name))
		for _, c := range conditions {
			if (c != "" || len(conditions) > 1) && !slices.Contains(rows, c) {
				rows = append(rows, c)
			}
		}
	}
	if len(rows) == 0 {
		return []string{""}
	}
	return rows
}

// groupTitle names a figure that several suites share.
func groupTitle(group string, members []Suite) string {
	if group == "public-nlp" {
		return "Public NLP data sets"
	}
	var titles []string
	for _, suite := range members {
		titles = append(titles, suite.Title)
	}
	return strings.Join(titles, ", ")
}

func panel(a *Axis, suite Suite, condition string, estimates []metrics.Estimate, shared bool) Panel {
	m := suite.Metric(suite.Plot.Metric)
	p := Panel{Title: condition, XLabel: a.Label, YLabel: m.Title, X: a.X, Mark: a.Fit(suite.Plot.Mark)}
	if shared {
		p.Title = suite.Title
		if condition != "" {
			p.Title += ", " + condition
		}
	}
	if suite.Plot.Reference != 0 {
		p.Reference = &suite.Plot.Reference
	}
	under := map[string]metrics.Estimate{}
	for _, e := range estimates {
		if e.Condition == condition && e.Metric == suite.Plot.Under && hasPoint(e) {
			under[e.Model] = e
		}
	}
	for _, e := range estimates {
		series, x, placed := a.At(e.Model)
		if e.Condition != condition || e.Metric != suite.Plot.Metric || !hasPoint(e) || !placed {
			continue
		}
		point := drawn(m, e, series, x)
		if u, ok := under[e.Model]; ok {
			beneath := drawn(suite.Metric(suite.Plot.Under), u, series, x)
			point.Under = &beneath
		}
		p.Points = append(p.Points, point)
	}
	return p
}

// opposed are the estimates of a suite that figures show. Of preferences over several baselines,
// these are the ones over the report's, if some are; tables have them all.
func opposed[T any](s *Subject, all []T, baseline func(*T) string) []T {
	of := func(name string) bool {
		return slices.ContainsFunc(all, func(e T) bool { return baseline(&e) == name })
	}
	if s.Baseline == "" || !of(s.Baseline) {
		return slices.Clone(all)
	}
	return slices.DeleteFunc(slices.Clone(all), func(e T) bool {
		name := baseline(&e)
		return name != "" && name != s.Baseline
	})
}

// opposedOf are the estimates of all suites that figures show.
func opposedOf(s *Subject, estimates []metrics.Estimate) (shown []metrics.Estimate) {
	for _, suite := range s.Suites {
		shown = append(shown, opposed(s, bySuite(estimates, suite.Name), func(e *metrics.Estimate) string { return e.Baseline })...)
	}
	return shown
}

func hasPoint(e metrics.Estimate) bool { return e.Interval != nil || e.Alone != nil }

// drawn is an estimate as a point of a figure. A point without an interval has no error bar.
func drawn(m metrics.Metric, e metrics.Estimate, series, x int) Point {
	if e.Alone != nil {
		return Point{Series: series, X: x, Y: *e.Alone, Lo: *e.Alone, Hi: *e.Alone}
	}
	lo, hi, _ := Within(m, e.Interval)
	return Point{Series: series, X: x, Y: e.Point, Lo: lo, Hi: hi}
}

// caption says what is drawn, from how many judgements, and who judged.
func caption(members []Suite, estimates []metrics.Estimate) string {
	var b strings.Builder
	var n []int
	var judges, titles []string
	cut, alone := false, false
	for _, suite := range members {
		for _, j := range suite.Judges {
			if !slices.Contains(judges, j) {
				judges = append(judges, j)
			}
		}
		for _, e := range bySuite(estimates, suite.Name) {
			if e.Metric != suite.Plot.Metric && e.Metric != suite.Plot.Under {
				continue
			}
			alone = alone || e.Alone != nil
			if e.Interval == nil {
				continue
			}
			_, _, past := Within(suite.Metric(e.Metric), e.Interval)
			cut = cut || past
			if e.Metric == suite.Plot.Metric {
				n = append(n, e.N)
			}
		}
		m := suite.Metric(suite.Plot.Metric)
		titles = append(titles, suite.Title+" / "+m.Title)
	}
	if len(members) > 1 {
		b.WriteString(strings.Join(titles, "; ") + ". ")
	}
	if under := members[0].Plot.Under; under != "" {
		m, u := members[0].Metric(members[0].Plot.Metric), members[0].Metric(under)
		fmt.Fprintf(&b, "Grey bars: %s; coloured bars inside: %s. ", inSentence(u.Title), inSentence(m.Title))
	}
	b.WriteString(noDifference(members, estimates))
	b.WriteString("Error bars are 95% intervals")
	if len(n) > 0 {
		fmt.Fprintf(&b, ", each from %s", judgements(slices.Min(n), slices.Max(n)))
	}
	b.WriteByte('.')
	if alone {
		b.WriteString(" A point without an error bar has no interval; the table says why.")
	}
	if cut {
		b.WriteString(" " + CutNote)
	}
	if len(judges) > 0 {
		b.WriteString(" " + judgesNote(judges))
	}
	return b.String()
}

// noDifference explains the dashed line.
func noDifference(members []Suite, estimates []metrics.Estimate) string {
	if members[0].Plot.Reference == 0 {
		return ""
	}
	var opponents []string
	for _, suite := range members {
		for _, e := range bySuite(estimates, suite.Name) {
			if e.Metric == suite.Plot.Metric && e.Baseline != "" && !slices.Contains(opponents, e.Baseline) {
				opponents = append(opponents, e.Baseline)
			}
		}
	}
	if len(opponents) != 1 {
		return "The dashed line means no difference. "
	}
	return "The dashed line means no difference from " + opponents[0] + ". "
}

func judgements(lo, hi int) string {
	if lo == hi {
		return plural.Of(lo, "judgement")
	}
	return fmt.Sprintf("%d to %s", lo, plural.Of(hi, "judgement"))
}

// inSentence is a title within a sentence: "Truthful" becomes lower case, "BLEU"
// and "F1" don't.
func inSentence(title string) string {
	if len(title) > 1 && title[1] >= 'a' && title[1] <= 'z' {
		return strings.ToLower(title[:1]) + title[1:]
	}
	return title
}
