package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/models"
)

// Graded is an estimate over the examples that have one value of an ordered field, such as
// the prompts whose toxicity is from 0.3 to 0.4.
type Graded struct {
	Value     string // values are in the order of their text
	Condition string
	metrics.Estimate
}

// GradedFigure draws a suite's plotted metric by the values of a field: a panel for each
// condition, a line for each model. Where more models than [mostLines] were measured, only
// the largest of each family is drawn, as in the paper's Figure 39 (arXiv numbers). It is
// false where there are fewer than two values.
func GradedFigure(s *Subject, suite Suite, field string, graded []Graded) (Figure, bool) {
	m := suite.Metric(suite.Plot.Metric)
	f := Figure{ID: suite.Name + "-by-" + field, Title: fmt.Sprintf("%s by the prompt's %s", suite.Title, field)}
	var values, conditions, used []string
	for i := range graded {
		g := &graded[i]
		if g.Interval == nil {
			continue
		}
		for _, list := range []struct {
			all *[]string
			one string
		}{{&values, g.Value}, {&conditions, g.Condition}, {&used, g.Model}} {
			if !slices.Contains(*list.all, list.one) {
				*list.all = append(*list.all, list.one)
			}
		}
	}
	if len(values) < 2 {
		return f, false
	}
	slices.Sort(values)
	drawn := lines(s.Models, used)
	for _, name := range drawn {
		f.Series = append(f.Series, Series{Name: name, Color: len(f.Series)})
	}
	for _, condition := range conditions {
		p := Panel{Title: condition, XLabel: field + " of the prompt", YLabel: m.Title, X: values, Mark: Lines}
		for i := range graded {
			g := &graded[i]
			series := slices.Index(drawn, g.Model)
			if g.Condition != condition || g.Interval == nil || series < 0 {
				continue
			}
			lo, hi, _ := Within(m, g.Interval)
			p.Points = append(p.Points, Point{Series: series, X: slices.Index(values, g.Value), Y: g.Point, Lo: lo, Hi: hi})
		}
		slices.SortStableFunc(p.Points, func(a, b Point) int { return cmp.Or(cmp.Compare(a.Series, b.Series), cmp.Compare(a.X, b.X)) })
		f.Panels = append(f.Panels, p)
	}
	f.Columns = min(len(f.Panels), 3)
	f.Caption = gradedCaption(graded, values, field)
	if left := len(used) - len(drawn); left > 0 {
		f.Caption += fmt.Sprintf(" Of each family only the largest model is drawn; %s in the table by %s.", plural.Of(left, "other model"), field)
	}
	return f, true
}

// gradedCaption says how many judgements each value has, since few make a wide interval.
func gradedCaption(graded []Graded, values []string, field string) string {
	var parts []string
	for _, value := range values {
		var n []int
		for i := range graded {
			if graded[i].Value == value && graded[i].Interval != nil {
				n = append(n, graded[i].N)
			}
		}
		lo, hi := slices.Min(n), slices.Max(n)
		count := fmt.Sprint(lo)
		if hi > lo {
			count = fmt.Sprintf("%d to %d", lo, hi)
		}
		parts = append(parts, value+": "+count)
	}
	return fmt.Sprintf("Error bars are 95%% intervals. Judgements per point by %s: %s.", field, strings.Join(parts, ", "))
}

// mostLines is how many lines a panel can have before their colours repeat.
const mostLines = 8

// lines are the models to draw: all, or the largest of each family.
func lines(all []models.Info, used []string) []string {
	if len(used) <= mostLines {
		return used
	}
	largest := map[string]models.Info{}
	for _, m := range all {
		if slices.Contains(used, m.Name) && m.Parameters >= largest[m.Family].Parameters {
			largest[m.Family] = m
		}
	}
	return slices.DeleteFunc(slices.Clone(used), func(name string) bool {
		return !slices.ContainsFunc(all, func(m models.Info) bool { return m.Name == name && largest[m.Family].Name == name })
	})
}
