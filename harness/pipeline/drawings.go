package pipeline

import (
	"slices"
	"strings"

	"assay/metrics"
	"assay/reports"
	"assay/suites"
)

// drawings are the figures of suites beside their plots, by suite: see [suites.Drawing]. A drawing
// by a field that nothing has is left out.
func (j *Judged) drawings(subject *reports.Subject, estimates []metrics.Estimate, o Options) (map[string][]reports.Figure, error) {
	figures := map[string][]reports.Figure{}
	for i := range j.suites {
		suite := &j.suites[i]
		if len(j.conditionsOf(suite.Name)) == 0 {
			continue
		}
		for _, d := range suite.Drawings {
			graded, err := j.drawn(suite.Name, &d, estimates, o)
			if err != nil {
				return nil, err
			}
			if f, ok := reports.DrawingFigure(subject, subject.Suite(suite.Name), drawing(d), graded); ok {
				figures[suite.Name] = append(figures[suite.Name], f)
			}
		}
	}
	return figures, nil
}

// drawn are the estimates of a drawing.
func (j *Judged) drawn(suite string, d *suites.Drawing, estimates []metrics.Estimate, o Options) (all []reports.Graded, err error) {
	if d.By == "" {
		for _, e := range estimates {
			if e.Suite == suite {
				all = append(all, reports.Graded{Condition: e.Condition, Estimate: e})
			}
		}
		return all, nil
	}
	value, _, err := Runs{Sources: j.sources, Suites: j.suites}.divider(d.By)
	if err != nil || value == nil {
		return nil, err
	}
	return j.graded(d.By, value, func(of *metrics.Judgement) bool {
		return of.Suite == suite && slices.ContainsFunc(d.Panels, func(p suites.Panel) bool { return p.Metric == of.Metric })
	}, o)
}

// graded are estimates by the values of a field, of the judgements that are wanted and have one.
func (j *Judged) graded(field string, value func(*metrics.Judgement) (string, bool), wanted func(*metrics.Judgement) bool, o Options) (all []reports.Graded, err error) {
	end := ", " + field + ": "
	divided, err := Runs{Sources: j.sources, Suites: j.suites}.divide(func(of *metrics.Judgement) (string, bool) {
		is, ok := value(of)
		return of.Condition + end + is, ok && wanted(of)
	}).Collect()
	if err != nil {
		return nil, err
	}
	for _, e := range Estimate(divided, o) {
		cell := Cell{e.Suite, e.Metric, e.Model, e.Condition}
		against := "against " + divided.opponent[cell] // as Collect ends conditions of several baselines
		condition, several := strings.CutSuffix(e.Condition, ", "+against)
		if !several || divided.opponent[cell] == "" {
			condition, against = e.Condition, ""
		}
		if at := strings.LastIndex(condition, end); at >= 0 {
			g := reports.Graded{Condition: condition[:at], Value: condition[at+len(end):], Estimate: e}
			if against != "" {
				g.Condition = joinConditions(g.Condition, against)
			}
			all = append(all, g)
		}
	}
	return all, nil
}

// drawing is a suite's drawing for reports, which don't import suites.
func drawing(d suites.Drawing) reports.Drawing {
	out := reports.Drawing{ID: d.ID, Title: d.Title, By: d.By, Mark: mark(d.Mark)}
	for _, p := range d.Panels {
		out.Panels = append(out.Panels, reports.DrawingPanel(p))
	}
	return out
}
