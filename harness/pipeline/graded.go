package pipeline

import (
	"slices"

	"assay/metrics"
	"assay/reports"
)

// gradedFigures are the figures of suites whose examples have graded values
// ([suites.Suite.Grades]), by suite: the plotted metric by them.
func (j *Judged) gradedFigures(subject *reports.Subject, o Options) (map[string][]reports.Figure, error) {
	figures := map[string][]reports.Figure{}
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
		graded, err := j.graded(suite.Grades, func(j *metrics.Judgement) (string, bool) {
			value, ok := of[j.Example]
			return value, ok
		}, func(j *metrics.Judgement) bool { return j.Suite == suite.Name && j.Metric == suite.Plot.Metric }, o)
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(graded, func(a, b reports.Graded) int {
			return slices.Index(suite.Conditions, a.Condition) - slices.Index(suite.Conditions, b.Condition)
		})
		if f, ok := reports.GradedFigure(subject, subject.Suite(suite.Name), suite.Grades, graded); ok {
			figures[suite.Name] = append(figures[suite.Name], f)
		}
	}
	return figures, nil
}
