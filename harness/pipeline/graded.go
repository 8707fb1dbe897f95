package pipeline

import (
	"slices"
	"strings"

	"assay/metrics"
	"assay/reports"
)

// gradedFigures are the figures of suites whose examples have graded values
// ([suites.Suite.Grades]), by suite: the plotted metric by them.
func (j *Judged) gradedFigures(subject *reports.Subject, o Options) (map[string]reports.Figure, error) {
	figures := map[string]reports.Figure{}
	for _, suite := range j.suites {
		if suite.Grades == "" || len(j.conditionsOf(suite.Name)) == 0 {
			continue
		}
		runs := Runs{Sources: j.sources, Suites: j.suites}
		values, _, err := runs.valuesOf(suite.Grades)
		if err != nil {
			return nil, err
		}
		of := values[suite.Name]
		if len(of) == 0 {
			continue
		}
		end := ", " + suite.Grades + ": "
		divided, err := runs.divide(func(j *metrics.Judgement) (string, bool) {
			value, ok := of[j.Example]
			return j.Condition + end + value, ok && j.Suite == suite.Name && j.Metric == suite.Plot.Metric
		}).Collect()
		if err != nil {
			return nil, err
		}
		var graded []reports.Graded
		for _, e := range Estimate(divided, o) {
			if at := strings.LastIndex(e.Condition, end); at >= 0 {
				graded = append(graded, reports.Graded{Condition: e.Condition[:at], Value: e.Condition[at+len(end):], Estimate: e})
			}
		}
		slices.SortStableFunc(graded, func(a, b reports.Graded) int {
			return slices.Index(suite.Conditions, a.Condition) - slices.Index(suite.Conditions, b.Condition)
		})
		if f, ok := reports.GradedFigure(subject, subject.Suite(suite.Name), suite.Grades, graded); ok {
			figures[suite.Name] = f
		}
	}
	return figures, nil
}
