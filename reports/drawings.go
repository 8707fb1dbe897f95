package reports

import (
	"fmt"
	"slices"
	"strings"
)

// Drawing is a figure of a suite with panels of several metrics. By is a field whose values have
// panels of their own; "" for none.
type Drawing struct {
	ID, Title, By string
	Panels        []DrawingPanel
	Mark          Mark
}

// DrawingPanel shows one metric by model. Opposite shows the share without what the metric counts.
type DrawingPanel struct {
	Metric, Title string
	Opposite      bool
	Reference     float64
}

// mostColumns is how many panels a drawing has beside each other.
const mostColumns = 3

// DrawingFigure draws the estimates of a suite. Their values are those of the drawing's field. It is
// false if there is nothing to draw, or only one value.
func DrawingFigure(s *Subject, suite Suite, d Drawing, graded []Graded) (Figure, bool) {
	graded = d.shown(s, graded)
	values, conditions := distinct(graded, func(g *Graded) string { return g.Value }), distinct(graded, func(g *Graded) string { return g.Condition })
	f := Figure{ID: suite.Name + "-" + d.ID, Title: d.Title}
	if len(graded) == 0 || d.By != "" && len(values) < 2 {
		return f, false
	}
	a := NewAxis(s.Models, func(model string) bool {
		return slices.ContainsFunc(graded, func(g Graded) bool { return g.Model == model })
	})
	f.Series = a.Series
	for _, panel := range d.Panels {
		for _, condition := range conditions {
			for _, value := range values {
				p := panel.draw(&a, suite, d.Mark, graded, condition, value)
				if len(p.Points) == 0 {
					continue
				}
				p.Title = strings.Join(slices.DeleteFunc([]string{value, condition}, func(part string) bool { return part == "" }), ", ")
				f.Panels = append(f.Panels, p)
			}
		}
	}
	f.Columns = min(len(f.Panels), mostColumns)
	switch n := max(len(values), len(conditions)); {
	case n > 1:
		f.Columns = min(n, mostColumns)
	case len(f.Panels) == 4:
		f.Columns = 2
	}
	f.Caption = d.caption(suite, graded)
	return f, true
}

// shown are the estimates that the drawing shows.
func (d *Drawing) shown(s *Subject, graded []Graded) []Graded {
	shown := opposed(s, graded, func(g *Graded) string { return g.Baseline })
	return slices.DeleteFunc(shown, func(g Graded) bool {
		return !hasPoint(g.Estimate) || !slices.ContainsFunc(d.Panels, func(p DrawingPanel) bool { return p.Metric == g.Metric })
	})
}

// distinct lists what estimates are, each once, in order of appearance.
func distinct(graded []Graded, what func(*Graded) string) (all []string) {
	for i := range graded {
		if one := what(&graded[i]); !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

// draw is a panel without its title.
func (d *DrawingPanel) draw(a *Axis, suite Suite, mark Mark, graded []Graded, condition, value string) Panel {
	m := suite.Metric(d.Metric)
	p := Panel{XLabel: a.Label, YLabel: d.title(suite), X: a.X, Mark: a.Fit(mark)}
	if d.Reference != 0 {
		p.Reference = &d.Reference
	}
	for i := range graded {
		g := &graded[i]
		series, x, placed := a.At(g.Model)
		if g.Metric != d.Metric || g.Condition != condition || g.Value != value || !placed {
			continue
		}
		point := drawn(m, g.Estimate, series, x)
		if d.Opposite {
			point.Y, point.Lo, point.Hi = m.Lo+m.Hi-point.Y, m.Lo+m.Hi-point.Hi, m.Lo+m.Hi-point.Lo
		}
		p.Points = append(p.Points, point)
	}
	return p
}

func (d *DrawingPanel) title(suite Suite) string {
	if d.Title != "" {
		return d.Title
	}
	m := suite.Metric(d.Metric)
	return m.Title
}

// caption says what is drawn, from how many judgements, and who judged.
func (d *Drawing) caption(suite Suite, graded []Graded) string {
	var b strings.Builder
	for i := range d.Panels {
		p := &d.Panels[i]
		m := suite.Metric(p.Metric)
		if p.Opposite && slices.ContainsFunc(graded, func(g Graded) bool { return g.Metric == p.Metric }) {
			fmt.Fprintf(&b, "%q is the share of outputs without %q. ", p.title(suite), m.Title)
		}
	}
	opponents := distinct(graded, func(g *Graded) string { return g.Baseline })
	opponents = slices.DeleteFunc(opponents, func(name string) bool { return name == "" })
	if len(opponents) == 1 {
		fmt.Fprintf(&b, "Win rates are over %s; 0.5 means no difference. ", opponents[0])
	}
	var n []int
	cut := false
	for i := range graded {
		n = append(n, graded[i].N)
		if graded[i].Interval != nil {
			_, _, past := Within(suite.Metric(graded[i].Metric), graded[i].Interval)
			cut = cut || past
		}
	}
	fmt.Fprintf(&b, "Error bars are 95%% intervals, each from %s.", judgements(slices.Min(n), slices.Max(n)))
	if cut {
		b.WriteString(" " + CutNote)
	}
	if len(suite.Judges) > 0 {
		b.WriteString(" " + judgesNote(suite.Judges))
	}
	return b.String()
}
