package reports_test

import (
	"slices"
	"strings"
	"testing"

	"assay/metrics"
	"assay/reports"
)

func TestOddAnswers(t *testing.T) {
	for _, tt := range []struct {
		answers *metrics.Answers
		want    string
	}{
		{nil, ""},
		{&metrics.Answers{All: 7}, ""},
		{&metrics.Answers{All: 40, Cut: 12, Empty: 1}, "12 of 40 cut (30%), 1 empty (2.5%)"},
		{&metrics.Answers{All: 3, Filtered: 1, Failed: 2}, "1 of 3 filtered (33.3%), 2 failed (66.7%)"},
	} {
		if got := reports.OddAnswers(tt.answers); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.answers, got, tt.want)
		}
	}
}

// Each model with an odd answer has one note, which names its metrics where they differ.
func TestTablesReportOddAnswers(t *testing.T) {
	odd := func(e metrics.Estimate, a metrics.Answers) metrics.Estimate { e.Answers = &a; return e }
	cut := metrics.Answers{All: 20, Cut: 5}
	fewer := metrics.Answers{All: 10, Cut: 4}
	preferred := odd(estimate("qa", "f1", "c", "", 0.5), metrics.Answers{All: 4})
	preferred.Baseline, preferred.Opponent = "sft", &metrics.Answers{All: 4, Empty: 3}
	tables := reports.EstimatesTables(subject("a", "b", "c"), []metrics.Estimate{
		odd(estimate("qa", "f1", "a", "", 0.5), cut), odd(estimate("qa", "toxic", "a", "", 0.25), cut),
		odd(estimate("qa", "f1", "b", "", 0.5), cut), odd(estimate("qa", "toxic", "b", "", 0.25), fewer),
		preferred,
	})
	for _, want := range []string{
		"Answers of a: 5 of 20 cut (25%).",
		"Answers of b: 5 of 20 cut (25%). Metrics: F1.", "Answers of b: 4 of 10 cut (40%). Metrics: Toxic.",
		"Answers of the opponent sft: 3 of 4 empty (75%). Metrics: F1.",
	} {
		if !slices.Contains(tables[0].Notes, want) {
			t.Errorf("no note %q in %q", want, tables[0].Notes)
		}
	}
	if strings.Contains(strings.Join(tables[0].Notes, "\n"), "Answers of c:") {
		t.Errorf("a model with ordinary answers has a note: %q", tables[0].Notes)
	}

	c := comparison("qa", "f1", "", metrics.Better)
	c.AnswersFirst, c.AnswersSecond = &metrics.Answers{All: 20}, &cut
	table := reports.ComparisonsTable(subject(), []metrics.Comparison{c, comparison("qa", "toxic", "", metrics.Undecided)})
	if want := "Answers: before: none cut, empty, filtered or failed; after: 5 of 20 cut (25%). Metrics: QA / F1."; !slices.Contains(table.Notes, want) {
		t.Errorf("no note %q in %q", want, table.Notes)
	}
}
