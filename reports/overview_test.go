package reports_test

import (
	"strings"
	"testing"

	"assay/metrics"
	"assay/reports"
)

func TestOverviewTable(t *testing.T) {
	s := reports.Subject{Suites: []reports.Suite{{
		Name: "quiz", Title: "Quiz", Plot: reports.Plot{Metric: "f1"},
		Metrics: []metrics.Metric{{Name: "f1", Title: "F1", Hi: 1}, {Name: "em", Title: "EM", Hi: 1}},
	}}}
	difference := func(model, metric string, d float64, v metrics.Verdict) metrics.Comparison {
		return metrics.Comparison{Suite: "quiz", Metric: metric, Condition: "few", Baseline: "base", Model: model, Interval: &metrics.Interval{Point: d}, Verdict: v}
	}
	all := []metrics.Comparison{
		difference("up", "f1", 0.25, metrics.Better), difference("up", "em", 0.5, metrics.Better),
		difference("down", "f1", -0.125, metrics.Worse),
		difference("same", "f1", 0.01, metrics.Undecided),
		{Suite: "quiz", Metric: "f1", Condition: "few", Baseline: "base", Model: "none", Verdict: metrics.Undecided},
	}
	table, ok := reports.OverviewTable(&s, all, nil, "base")
	if !ok || len(table.Rows) != 1 {
		t.Fatalf("%v, %d rows; want the main metric's one row", ok, len(table.Rows))
	}
	want := []reports.Cell{
		{Text: "Quiz / F1"}, {Text: "few"},
		{Text: "+0.250", Raw: "0.25", Tone: reports.Good}, {Text: "-0.125", Raw: "-0.125", Tone: reports.Bad},
		{Text: "+0.010", Raw: "0.01"}, {Text: "-"},
	}
	for i, w := range want {
		if got := table.Rows[0][i]; got != w {
			t.Errorf("column %s: %+v, want %+v", table.Columns[i].Name, got, w)
		}
	}
	if !strings.Contains(table.Notes[0], "over all comparisons") {
		t.Errorf("note %q", table.Notes[0])
	}
	for i := range all {
		all[i].Family = 2
	}
	if own, _ := reports.OverviewTable(&s, all, nil, "base"); !strings.Contains(own.Notes[0], "over each model's own comparisons") {
		t.Errorf("note %q", own.Notes[0])
	}
	if _, ok := reports.OverviewTable(&s, all[:2], nil, "base"); ok {
		t.Error("an overview of one model")
	}
	gates := []metrics.Gate{{Suite: "quiz", Metric: "em", Margin: 0.1}, {Suite: "quiz", Metric: "f1", Condition: "zero", Margin: 0.1}}
	s.Suites[0].Metrics[1].Direction = metrics.LowerIsBetter
	table, _ = reports.OverviewTable(&s, all, gates, "base")
	if len(table.Rows) != 2 || table.Rows[1][0].Text != "Quiz / EM ↓" {
		t.Errorf("with a gate on EM: %+v", table.Rows)
	}
}
