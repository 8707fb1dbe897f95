package reports_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/metrics"
	"assay/reports"
)

func TestEstimatesLong(t *testing.T) {
	marked := estimate("qa", "f1", "a", "few", 0.5)
	marked.Answers = &metrics.Answers{All: 100, Cut: 4, Empty: 3, Filtered: 2, Failed: 1}
	marked.Opponent = &metrics.Answers{All: 90}
	table := reports.EstimatesLong([]metrics.Estimate{marked, unscored("qa", "f1", "b", "few")})
	wantNames := strings.Split("suite,metric,model,condition,point,se,lo,hi,confidence,method,n,clusters,unscored,answers,cut,empty,filtered,failed,"+
		"answers_opponent,cut_opponent,empty_opponent,filtered_opponent,failed_opponent", ",")
	if d := cmp.Diff(wantNames, names(table)); d != "" {
		t.Errorf("columns -want +got\n%s", d)
	}
	want := [][]string{
		{"qa", "f1", "a", "few", "0.5", "0.05", "0.4", "0.6", "0.95", "t", "100", "100", "0", "100", "4", "3", "2", "1", "90", "0", "0", "0", "0"},
		{"qa", "f1", "b", "few", "", "", "", "", "0.95", "none", "0", "0", "7", "", "", "", "", "", "", "", "", "", ""}, // an older run
	}
	if d := cmp.Diff(want, written(table)); d != "" {
		t.Errorf("rows -want +got\n%s", d)
	}
}

// A point without an interval is shown as one, and nothing stands for its interval.
func TestPointsWithoutInterval(t *testing.T) {
	alone := unscored("qa", "toxic", "b", "few")
	alone.Alone, alone.N, alone.Unscored = new(12.25), 30, 0
	estimates := []metrics.Estimate{estimate("qa", "toxic", "a", "few", 0.5), alone}
	if d := cmp.Diff([]string{"12.25", "", "", ""}, written(reports.EstimatesLong(estimates))[1][4:8]); d != "" {
		t.Errorf("long: -want +got\n%s", d)
	}
	rows := shown(reports.EstimatesTables(subject("a", "b"), estimates)[0])
	if d := cmp.Diff([]string{"few", "b", "12.250 (no interval)", "30"}, rows[1]); d != "" {
		t.Errorf("table: -want +got\n%s", d)
	}
	c := unpaired("qa", "toxic")
	c.N, c.PointsAlone, c.First, c.Second = 30, true, 12.25, 11
	both := []metrics.Comparison{comparison("qa", "f1", "few", metrics.Better), c}
	table := reports.ComparisonsTable(subject("before", "after"), both)
	if d := cmp.Diff([]string{"30", "12.250", "11.000", "-1.250 (no interval)", "-"}, shown(table)[1][2:7]); d != "" {
		t.Errorf("comparison: -want +got\n%s", d)
	}
	if d := cmp.Diff([]string{"12.25", "11", "-1.25", "", "", ""}, written(reports.ComparisonsLong(both))[1][5:11]); d != "" {
		t.Errorf("long comparison: -want +got\n%s", d)
	}
}

func TestLongNumbersReadBack(t *testing.T) {
	for _, x := range []float64{1.0 / 3, 0.1 + 0.2, 5e-324, -1e-17, 1e21, math.MaxFloat64, math.Copysign(0, -1), 37.9483920571} {
		e := estimate("qa", "f1", "a", "", 0)
		e.Interval = &metrics.Interval{Point: x, SE: x, Lo: x, Hi: x}
		c := comparison("qa", "f1", "", metrics.Better)
		c.First, c.Second, c.Interval, c.P, c.PAdjusted = x, x, e.Interval, x, x
		numbers := written(reports.EstimatesLong([]metrics.Estimate{e}))[0][4:8]
		long := written(reports.ComparisonsLong([]metrics.Comparison{c}))[0]
		for _, text := range slices.Concat(numbers, long[5:11], long[14:16]) {
			got, err := strconv.ParseFloat(text, 64)
			if err != nil || math.Float64bits(got) != math.Float64bits(x) {
				t.Errorf("%v is written as %s, which reads as %v (%v)", x, text, got, err)
			}
		}
	}
}

func TestEstimatesTablesPivot(t *testing.T) {
	estimates := []metrics.Estimate{
		estimate("qa", "f1", "a", "zero", 0.5), estimate("qa", "toxic", "a", "zero", 0.25),
		estimate("qa", "f1", "a", "few", 0.625),
		estimate("qa", "f1", "b", "zero", 0.375), unscored("qa", "toxic", "b", "zero"),
		estimate("fr", "bleu", "a", "", 37.123),
		estimate("other", "m", "a", "", 0.5),
	}
	tables := reports.EstimatesTables(subject("a", "b"), estimates)
	if len(tables) != 3 {
		t.Fatalf("got %d tables, want 3: a suite that the subject doesn't have gets one too", len(tables))
	}
	qa := tables[0]
	if d := cmp.Diff([]string{"condition", "model", "F1", "Toxic", "n", "unscored"}, names(qa)); d != "" {
		t.Errorf("columns -want +got\n%s", d)
	}
	want := [][]string{
		{"zero", "a", "0.500 [0.400, 0.600]", "0.250 [0.150, 0.350]", "100", "0"},
		{"zero", "b", "0.375 [0.275, 0.475]", "not scored", "100", "0-7"},
		{"few", "a", "0.625 [0.525, 0.725]", "not judged", "100", "0"},
	}
	if d := cmp.Diff(want, shown(qa)); d != "" {
		t.Errorf("rows -want +got\n%s", d)
	}
	wantNotes := []string{
		"F1: 95% interval by t; higher is better.",
		"Toxic: 95% interval by t; lower is better.",
		"Judge: exact.",
		"Warning: Toxic: nothing was scored: there is no estimate (b under zero).",
	}
	if d := cmp.Diff(wantNotes, qa.Notes); d != "" {
		t.Errorf("notes -want +got\n%s", d)
	}
	if d := cmp.Diff([][]string{{"a", "37.12 [37.02, 37.22]", "100"}}, shown(tables[1])); d != "" {
		t.Errorf("suite without conditions -want +got\n%s", d)
	}
	if tables[2].ID != "estimates-other" || tables[2].Title != "other" {
		t.Errorf("unknown suite: got %q, %q", tables[2].ID, tables[2].Title)
	}
}

// A suite of many metrics has a row for each and a column for each model. What several
// metrics have in common appears once.
func TestEstimatesTablesWide(t *testing.T) {
	s := subject("sft", "ppo")
	var estimates []metrics.Estimate
	for i, m := range []string{"f1", "b", "c", "d", "e", "f", "g"} {
		for j, model := range []string{"ppo", "sft"} {
			e := estimate("qa", m, model, "zero", float64(i+j)/10)
			e.Warnings = []string{"few"}
			if m == "g" {
				e.Baseline = "sft"
			}
			if m != "g" || model == "ppo" {
				estimates = append(estimates, e)
			}
		}
	}
	table := reports.EstimatesTables(s, estimates)[0]
	if d := cmp.Diff([]string{"metric", "sft", "ppo", "n"}, names(table)); d != "" {
		t.Errorf("columns -want +got\n%s", d)
	}
	rows := shown(table)
	if len(rows) != 7 || table.Title != "QA (zero)" || rows[0][0] != "F1" || rows[0][1] != "0.100 [0.000, 0.200]" || rows[0][2] != "0.000 [-0.100, 0.100]" || rows[6][1] != "opponent" {
		t.Errorf("%s, rows %q", table.Title, rows)
	}
	want := []string{
		"F1, b, c, d, e, f, g: 95% interval by t; higher is better.", "Judge: exact.", "Opponent: sft.",
		"Warning: F1, b, c, d, e, f: few (ppo under zero, sft under zero).", "Warning: g: few (ppo under zero).",
	}
	if d := cmp.Diff(want, table.Notes); d != "" {
		t.Errorf("notes -want +got\n%s", d)
	}
}

func TestEstimatesTablesMachineCells(t *testing.T) {
	table := reports.EstimatesTables(subject("a"), []metrics.Estimate{estimate("fr", "bleu", "a", "", 1.0/3)})[0]
	if got, want := table.Rows[0][1].Machine(), "0.3333333333333333 [0.2333333333333333, 0.43333333333333335]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEstimatesTablesNotes(t *testing.T) {
	var estimates []metrics.Estimate
	for _, model := range []string{"a", "b", "c", "d", "e"} {
		e := estimate("win", "win", model, "", 0.5)
		e.Baseline, e.Warnings = "z", []string{"8 examples are few"}
		estimates = append(estimates, e)
	}
	estimates[0].Unscored, estimates[0].WorstCase = 3, &metrics.Bounds{Lo: 0.45, Hi: 0.55}
	estimates[2].Corrected = &metrics.Corrected{Point: 0.512, Lo: 0.25, Hi: 0.75, Sensitivity: 0.8, Specificity: 0.9}
	got := reports.EstimatesTables(subject("a"), estimates)[0].Notes
	want := []string{
		"Win rate: 95% interval by t; higher is better.",
		"Opponent: z.",
		"a, Win rate: 3 unscored; with all of them at one end of the scale it would be between 0.450 and 0.550.",
		"c, Win rate: the judge's share of yes, corrected by Rogan-Gladen, is 0.512 [0.250, 0.750] (sensitivity 0.80, specificity 0.90); comparisons and gates don't use it.",
		"Warning: Win rate: 8 examples are few (a, b, c, 2 more).",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	estimates[1].Baseline = "y"
	got = reports.EstimatesTables(subject("a"), estimates)[0].Notes
	if d := cmp.Diff([]string{"Opponent: z (a, c, d, e).", "Opponent: y (b)."}, got[1:3]); d != "" {
		t.Errorf("two opponents: -want +got\n%s", d)
	}
}
