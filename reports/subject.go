package reports

import (
	"slices"

	"assay/metrics"
	"assay/models"
)

// Suite is what reports need to know about a suite. Reports don't import package
// suites, so the harness fills this in.
type Suite struct {
	Name    string
	Title   string
	Text    string
	Metrics []metrics.Metric
	Judges  []string // who judged, as in the records
	Plot    Plot
}

// Plot says how a suite is drawn; suites of one Group share a figure.
type Plot struct {
	Group     string
	Metric    string
	Under     string
	Mark      Mark
	Reference float64
}

// Subject is what a report is about.
type Subject struct {
	Suites   []Suite // in report order
	Models   []models.Info
	Baseline string
}

// Suite finds a suite by name. An unknown one has only its name.
func (s *Subject) Suite(name string) Suite {
	for _, suite := range s.Suites {
		if suite.Name == name {
			return suite
		}
	}
	return Suite{Name: name, Title: name}
}

// Metric finds a metric. An unknown one has only its name.
func (s *Suite) Metric(name string) metrics.Metric {
	for _, m := range s.Metrics {
		if m.Name == name {
			return m
		}
	}
	return metrics.Metric{Name: name, Title: name, Hi: 1}
}

// title is a metric's title with its suite's: "SQuAD v2 / F1".
func (s *Subject) title(suite, metric string) string {
	view := s.Suite(suite)
	m := view.Metric(metric)
	if view.Title == m.Title {
		return view.Title
	}
	return view.Title + " / " + m.Title
}

// conditionsOf lists the conditions of estimates, in their order.
func conditionsOf(estimates []metrics.Estimate) []string {
	var out []string
	for _, e := range estimates {
		if !slices.Contains(out, e.Condition) {
			out = append(out, e.Condition)
		}
	}
	return out
}

// bySuite keeps the estimates of one suite.
func bySuite(estimates []metrics.Estimate, suite string) []metrics.Estimate {
	var out []metrics.Estimate
	for _, e := range estimates {
		if e.Suite == suite {
			out = append(out, e)
		}
	}
	return out
}
