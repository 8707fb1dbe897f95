package reports_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/metrics"
	"assay/reports"
)

func published(suite, metric, condition, model string, value float64) reports.Published {
	return reports.Published{Suite: suite, Metric: metric, Condition: condition, Model: model, Value: value}
}

func TestPublishedTable(t *testing.T) {
	sure := estimate("qa", "f1", "c", "few", 0)
	sure.Interval = &metrics.Interval{Point: 0, SE: 0, Lo: 0, Hi: 0.037}
	estimates := []metrics.Estimate{
		estimate("qa", "f1", "a", "few", 0.5), estimate("qa", "f1", "b", "few", 0.5), sure,
		estimate("qa", "f1", "not published", "few", 0.5), unscored("qa", "f1", "d", "few"),
		estimate("fr", "bleu", "a", "", 30), estimate("fr", "bleu", "b", "", 30),
	}
	values := []reports.Published{
		published("qa", "f1", "few", "a", 0.45), published("qa", "f1", "few", "b", 0.7), published("qa", "f1", "few", "c", 0.02), published("qa", "f1", "few", "d", 0.5),
		published("fr", "bleu", "", "a", 40), published("fr", "bleu", "", "b", 20), published("fr", "bleu", "", "not measured", 20),
	}
	values[4].Note = "read off a figure"
	table, ok := reports.PublishedTable(subject(), estimates, values, "Table 1")
	if !ok {
		t.Fatal("no table")
	}
	want := [][]string{
		{"QA / F1", "few", "a", "0.500 [0.400, 0.600]", "0.050", "0.450", "1.00", ""},
		{"QA / F1", "few", "b", "0.500 [0.400, 0.600]", "0.050", "0.700", "-4.00", "departs"},
		{"QA / F1", "few", "c", "0.000 [0.000, 0.037]", "0.000", "0.020", "-", ""},
		{"French / BLEU", "", "a", "30.00 [29.90, 30.10]", "0.05", "40.00", "-200.00", "departs"},
		{"French / BLEU", "", "b", "30.00 [29.90, 30.10]", "0.05", "20.00", "200.00", "departs"},
	}
	if d := cmp.Diff(want, shown(table)); d != "" {
		t.Errorf("rows -want +got\n%s", d)
	}
	wantNotes := []string{
		"QA / F1: 1 of 3 cells depart by |z| > 1.96 from the published value; chance alone gives about 0.15.",
		"French / BLEU: all 2 cells depart from the published value by |z| > 1.96. These items or their scoring differ from the published set's, so this does not reproduce the published values.",
		"French / BLEU: read off a figure.",
	}
	if d := cmp.Diff(wantNotes, table.Notes); d != "" {
		t.Errorf("notes -want +got\n%s", d)
	}
}

func TestPublishedTableOfOneCell(t *testing.T) {
	zero := estimate("qa", "f1", "a", "", 0)
	zero.Interval = &metrics.Interval{Point: 0, Lo: 0, Hi: 0.037}
	table, _ := reports.PublishedTable(subject(), []metrics.Estimate{zero}, []reports.Published{published("qa", "f1", "", "a", 0.5)}, "x")
	if got := table.Rows[0][7].Text; got != "departs" {
		t.Errorf("a value outside an interval with no standard error: got %q, want departs", got)
	}
	want := []string{"QA / F1: 1 of 1 cell departs by |z| > 1.96 from the published value; chance alone gives about 0.05."}
	if d := cmp.Diff(want, table.Notes); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestPublishedTableWhereNothingMeets(t *testing.T) {
	if _, ok := reports.PublishedTable(subject(), []metrics.Estimate{estimate("qa", "f1", "a", "", 0.5)}, []reports.Published{published("qa", "f1", "", "b", 0.5)}, "x"); ok {
		t.Error("a table without a common cell")
	}
}
