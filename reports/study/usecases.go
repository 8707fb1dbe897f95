package study

import (
	"slices"

	"assay/metrics"
	"assay/metrics/names"
	"assay/reports"
)

// hallucination has a panel for each size, with the families side by side for each use
// case.
func (s *Study) hallucination() (reports.Figure, bool) {
	f := reports.Figure{ID: "hallucination", Title: "Closed-domain hallucination by use case", Columns: 2}
	axis := reports.NewAxis(s.Subject.Models, func(model string) bool {
		return slices.ContainsFunc(s.UseCases, func(e metrics.Estimate) bool { return e.Model == model && e.Interval != nil })
	})
	sizes := []string{""}
	f.Series = axis.Series
	if axis.Ordered {
		sizes = axis.X
	} else {
		f.Series = beside(&axis)
	}
	cases := useCases(s.UseCases)
	suite := s.Subject.Suite(names.World)
	metric := suite.Metric(names.GoldHallucinated)
	var n []int
	for i, size := range sizes {
		p := reports.Panel{Title: size, YLabel: "share of answers", X: cases, Mark: reports.Bars}
		for _, e := range s.UseCases {
			series, x, placed := axis.At(e.Model)
			if e.Interval == nil || !placed || axis.Ordered && x != i {
				continue
			}
			if !axis.Ordered {
				series = x
			}
			lo, hi, _ := reports.Within(metric, e.Interval)
			p.Points = append(p.Points, reports.Point{Series: series, X: slices.Index(cases, e.Condition), Y: e.Point, Lo: lo, Hi: hi})
			n = append(n, e.N)
		}
		f.Panels = append(f.Panels, p)
	}
	f.Caption = sentence("Share of answers that say something that is not in their passage, by the gold rules. The paper has one number for all such use cases: InstructGPT makes things up half as often as GPT-3, 21% against 41% (section 1).", s.errorBars(n))
	return f, len(n) > 0
}

// beside makes a series of each place on an axis, where the axis itself shows
// something other than models.
func beside(axis *reports.Axis) []reports.Series {
	var out []reports.Series
	for i, name := range axis.X {
		series := reports.Series{Name: name, Color: i}
		if len(axis.Series) == len(axis.X) {
			series.Color = axis.Series[i].Color
		}
		out = append(out, series)
	}
	return out
}

func useCases(estimates []metrics.Estimate) []string {
	var cases []string
	for _, e := range estimates {
		if e.Interval != nil && !slices.Contains(cases, e.Condition) {
			cases = append(cases, e.Condition)
		}
	}
	return cases
}
