package reports_test

import (
	"assay/metrics"
	"assay/models"
	"assay/reports"
)

// subject has one suite with conditions, one without, and one of preferences.
func subject(names ...string) *reports.Subject {
	s := &reports.Subject{
		Suites: []reports.Suite{
			{
				Name: "qa", Title: "QA", Judges: []string{"exact"},
				Metrics: []metrics.Metric{
					{Name: "f1", Title: "F1", Kind: metrics.Mean, Hi: 1},
					{Name: "toxic", Title: "Toxic", Direction: metrics.LowerIsBetter, Hi: 1},
				},
				Plot: reports.Plot{Group: "nlp", Metric: "f1", Mark: reports.Lines},
			},
			{
				Name: "fr", Title: "French", Judges: []string{"bleu-13a"},
				Metrics: []metrics.Metric{{Name: "bleu", Title: "BLEU", Kind: metrics.FunctionOfSums, Hi: 100}},
				Plot:    reports.Plot{Group: "nlp", Metric: "bleu", Mark: reports.Lines},
			},
			{
				Name: "win", Title: "Win rate",
				Metrics: []metrics.Metric{{Name: "win", Title: "Win rate", Even: new(0.5), Kind: metrics.Mean, Hi: 1}},
				Plot:    reports.Plot{Group: "win", Metric: "win", Mark: reports.Dots, Reference: 0.5},
			},
		},
	}
	for _, name := range names {
		s.Models = append(s.Models, models.ParseName(name))
	}
	return s
}

// estimate has a point with an interval 0.1 to each side.
func estimate(suite, metric, model, condition string, point float64) metrics.Estimate {
	return metrics.Estimate{
		Suite: suite, Metric: metric, Model: model, Condition: condition,
		Interval:   &metrics.Interval{Point: point, SE: 0.05, Lo: point - 0.1, Hi: point + 0.1},
		Confidence: 0.95, Method: "t", N: 100, Clusters: 100,
	}
}

// unscored is an estimate without a number.
func unscored(suite, metric, model, condition string) metrics.Estimate {
	return metrics.Estimate{Suite: suite, Metric: metric, Model: model, Condition: condition,
		Confidence: 0.95, Method: "none", Unscored: 7, Warnings: []string{"nothing was scored: there is no estimate"}}
}

// comparison is a difference of 0.2 with its interval from 0.1 to 0.3.
func comparison(suite, metric, condition string, v metrics.Verdict) metrics.Comparison {
	return metrics.Comparison{
		Suite: suite, Metric: metric, Condition: condition, Baseline: "before", Model: "after",
		First: 0.4, Second: 0.6, Interval: &metrics.Interval{Point: 0.2, SE: 0.05, Lo: 0.1, Hi: 0.3},
		Confidence: 0.95, Method: "paired t", Test: "t", P: 0.0001, PAdjusted: 0.0002, Adjustment: "holm", Detectable: 0.14,
		N: 100, Clusters: 100, Verdict: v,
	}
}

// unpaired is a comparison without any pairs.
func unpaired(suite, metric string) metrics.Comparison {
	return metrics.Comparison{Suite: suite, Metric: metric, Baseline: "before", Model: "after", Confidence: 0.95,
		Method: "none", Test: "none", P: 1, PAdjusted: 1, Adjustment: "holm", Unpaired: [2]int{1, 2}, Verdict: metrics.Undecided}
}

func names(t reports.Table) []string {
	var out []string
	for _, c := range t.Columns {
		out = append(out, c.Name)
	}
	return out
}

// shown are a table's rows as readers see them; written, as machines do.
func shown(t reports.Table) [][]string {
	return cells(t, func(c reports.Cell) string { return c.Text })
}

func written(t reports.Table) [][]string { return cells(t, reports.Cell.Machine) }

func cells(t reports.Table, of func(reports.Cell) string) [][]string {
	var out [][]string
	for _, row := range t.Rows {
		var texts []string
		for _, c := range row {
			texts = append(texts, of(c))
		}
		out = append(out, texts)
	}
	return out
}
