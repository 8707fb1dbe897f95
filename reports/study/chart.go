package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/names"
	"assay/reports"
)

// chart describes one panel: a metric over models.
type chart struct {
	title     string
	suite     string // "" is the suite world
	label     string // label of the y axis; "" is the metric's title
	estimates []metrics.Estimate
	metric    string
	mark      reports.Mark
	reference float64 // 0 draws none
	lo, hi    float64 // ends of the y axis; if both are 0 it fits the data
}

func (c *chart) of() string { return cmp.Or(c.suite, names.World) }

// isWinRate reports whether this is a win rate, which is 0.5 for the baseline
// without any judgement.
func (c *chart) isWinRate() bool { return c.reference == 0.5 }

// draw puts charts with at least one point in one figure.
func (s *Study) draw(f reports.Figure, charts []chart) (reports.Figure, bool) {
	axis := reports.NewAxis(s.Subject.Models, func(model string) bool {
		return slices.ContainsFunc(charts, func(c chart) bool { return s.value(&c, model) != nil })
	})
	f.Series = axis.Series
	var n []int
	winRates, cut := false, false
	for _, c := range charts {
		p, past := s.panel(&axis, &c)
		if len(p.Points) == 0 {
			continue
		}
		cut = cut || past
		f.Panels = append(f.Panels, p)
		winRates = winRates || c.isWinRate()
		for _, m := range s.Subject.Models {
			if e := s.estimate(&c, m.Name); e != nil {
				n = append(n, e.N)
			}
		}
	}
	shareScale(f.Panels)
	f.Caption = sentence(f.Caption, s.errorBars(n))
	if cut {
		f.Caption = sentence(f.Caption, reports.CutNote)
	}
	if winRates {
		f.Caption = sentence(f.Caption, fmt.Sprintf("The baseline, %s, is at 0.5 by definition.", s.title(s.Baseline)))
	}
	return f, len(n) > 0
}

// shareScale gives panels of dots the same y axis, in whole tenths, so that they can be
// compared. The scale of bars is set where they are drawn.
func shareScale(panels []reports.Panel) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range panels {
		if p.Mark == reports.Bars || p.YMin < p.YMax {
			return
		}
		for _, at := range p.Points {
			lo, hi = min(lo, at.Lo), max(hi, at.Hi)
		}
		if p.Reference != nil {
			lo, hi = min(lo, *p.Reference), max(hi, *p.Reference)
		}
	}
	for i := range panels {
		panels[i].YMin, panels[i].YMax = math.Floor(10*lo)/10, math.Ceil(10*hi)/10
	}
}

// panel returns a chart's panel, and whether an interval in it was cut.
func (s *Study) panel(axis *reports.Axis, c *chart) (p reports.Panel, cut bool) {
	suite := s.Subject.Suite(c.of())
	p = reports.Panel{Title: c.title, XLabel: axis.Label, YLabel: c.label, X: axis.X, Mark: axis.Fit(c.mark), YMin: c.lo, YMax: c.hi}
	if p.YLabel == "" {
		p.YLabel = suite.Metric(c.metric).Title
	}
	if c.reference != 0 {
		p.Reference = &c.reference
	}
	measured := false
	for _, m := range s.Subject.Models {
		series, x, placed := axis.At(m.Name)
		v := s.value(c, m.Name)
		if !placed || v == nil {
			continue
		}
		measured = measured || s.estimate(c, m.Name) != nil
		lo, hi, past := reports.Within(suite.Metric(c.metric), v)
		cut = cut || past
		p.Points = append(p.Points, reports.Point{Series: series, X: x, Y: v.Point, Lo: lo, Hi: hi})
	}
	if !measured {
		p.Points = nil // the baseline alone says nothing
	}
	return p, cut
}

// estimate returns a chart's estimate for a model, or nil where there is none. A model
// has only one condition here, so the first estimate is the only one.
func (s *Study) estimate(c *chart, model string) *metrics.Estimate {
	return find(c.estimates, c.of(), c.metric, model)
}

// value is a model's interval. The baseline of a win rate is at 0.5, without an
// interval.
func (s *Study) value(c *chart, model string) *metrics.Interval {
	if e := s.estimate(c, model); e != nil {
		return e.Interval
	}
	if c.isWinRate() && model == s.Baseline {
		return &metrics.Interval{Point: 0.5, Lo: 0.5, Hi: 0.5}
	}
	return nil
}

// errorBars says what the intervals cover, and from how many judgements they are.
func (s *Study) errorBars(n []int) string {
	const bars = "Error bars are 95% intervals"
	if len(n) == 0 {
		return s.over(bars, "")
	}
	lo, hi := slices.Min(n), slices.Max(n)
	if lo == hi {
		return s.over(bars, fmt.Sprintf(", each from %s", plural.Of(lo, "judgement")))
	}
	return s.over(bars, fmt.Sprintf(", each from %d to %s", lo, plural.Of(hi, "judgement")))
}

// sentence joins sentences.
func sentence(before, after string) string {
	if before == "" {
		return after
	}
	return before + " " + after
}

// tables are the tables of some metrics of the suite world.
func (s *Study) tables(id, title string, wanted func(metric string) bool) []reports.Table {
	var out []reports.Table
	for _, from := range []struct {
		id, title string
		estimates []metrics.Estimate
	}{{"sampled", "temperature 1", s.Sampled}, {"greedy", "greedy", s.Greedy}} {
		var of []metrics.Estimate
		for _, e := range from.estimates {
			if e.Suite == names.World && wanted(e.Metric) {
				of = append(of, e)
			}
		}
		for _, t := range reports.EstimatesTables(s.Subject, of) {
			t.ID, t.Title = id+"-"+from.id, title+", "+from.title
			out = append(out, t)
		}
	}
	return out
}
