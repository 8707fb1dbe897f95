package reports_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/metrics"
	"assay/reports"
)

func TestComparisonsTable(t *testing.T) {
	better, toxic := comparison("qa", "f1", "few", metrics.Better), comparison("qa", "toxic", "", metrics.Worse)
	toxic.PAdjusted, toxic.Detectable, better.EquivalentWithin = 0.04, 0, 0.28
	toxic.Interval = &metrics.Interval{Point: -0.00001, Lo: -0.1, Hi: 0.00001}
	table := reports.ComparisonsTable(subject("before", "after"), []metrics.Comparison{better, toxic, unpaired("fr", "bleu")})
	if want := "after against the baseline before"; table.Title != want {
		t.Errorf("title: got %q, want %q", table.Title, want)
	}
	want := [][]string{
		{"QA / F1", "few", "100", "0.400", "0.600", "+0.200 [+0.100, +0.300]", "<0.001", "0.140", "0.280", "better"},
		{"QA / Toxic", "", "100", "0.400", "0.600", "0.000 [-0.100, +0.000]", "0.040", "-", "-", "worse"},
		{"French / BLEU", "", "0", "-", "-", "not paired", "-", "-", "-", "undecided"},
	}
	if d := cmp.Diff(want, shown(table)); d != "" {
		t.Errorf("rows -want +got\n%s", d)
	}
	if got := []reports.Tone{table.Rows[0][9].Tone, table.Rows[1][9].Tone, table.Rows[2][9].Tone}; !cmp.Equal(got, []reports.Tone{reports.Good, reports.Bad, reports.Unsure}) {
		t.Errorf("tones: got %v", got)
	}
	wantNotes := []string{
		"Difference: model minus baseline, on the examples where both were scored. Its 95% interval is not adjusted.",
		"Verdict: at 5% after Holm's adjustment over 2 comparisons. Undecided does not mean equal.",
		"Detectable: the smallest true difference that this n detects with 80% power at 5%, before adjustment.",
		"Within: the two models are equivalent within this margin, by two one-sided tests at 5% before adjustment.",
		"Lower is better: QA / Toxic. Higher is better for all others.",
		"Intervals: paired t (test: t).",
		"Left out: 1 example scored only for before, 2 only for after (French / BLEU).",
	}
	if d := cmp.Diff(wantNotes, table.Notes); d != "" {
		t.Errorf("notes -want +got\n%s", d)
	}
}

func TestNeitherWayIsNoted(t *testing.T) {
	s := subject()
	s.Suites[0].Metrics[1].Direction = metrics.NeitherIsBetter
	notes := reports.ComparisonsTable(s, []metrics.Comparison{comparison("qa", "toxic", "few", metrics.Undecided)}).Notes
	if want := "Neither direction is better, so a difference is neither a gain nor a loss: QA / Toxic."; !slices.Contains(notes, want) {
		t.Errorf("notes %q, want %q among them", notes, want)
	}
}

func TestComparisonsTableOfOne(t *testing.T) {
	c := comparison("qa", "f1", "few", metrics.Better)
	c.Warnings = []string{"8 examples are few"}
	notes := strings.Join(reports.ComparisonsTable(subject(), []metrics.Comparison{c}).Notes, "\n")
	for want, count := range map[string]int{"Verdict: at 5%. Undecided": 1, "over 1 comparison": 0, "Warning: 8 examples are few (QA / F1 (few)).": 1, "Lower is better": 0} {
		if got := strings.Count(notes, want); got != count {
			t.Errorf("%q occurs %d times, want %d, in\n%s", want, got, count, notes)
		}
	}
}

func TestComparisonsTableOfSeveralModels(t *testing.T) {
	a, b := comparison("qa", "f1", "", metrics.Better), comparison("qa", "f1", "", metrics.Undecided)
	b.Model, b.Adjustment, a.Adjustment = "later", "bh", "bh"
	table := reports.ComparisonsTable(subject(), []metrics.Comparison{a, b})
	if table.Title != "Paired comparisons with the baseline before" || names(table)[2] != "compared" {
		t.Errorf("got %q with columns %q", table.Title, names(table))
	}
	if table.Rows[0][2].Text != "after" || table.Rows[1][2].Text != "later" {
		t.Errorf("rows don't name their models: %v", shown(table))
	}
	if !strings.Contains(strings.Join(table.Notes, "\n"), "Benjamini and Hochberg's adjustment over 2 comparisons") {
		t.Errorf("the adjustment is not named in %q", table.Notes)
	}
}

// A family's detectable difference is in brackets, with its level in the notes.
func TestDetectableOfTheFamily(t *testing.T) {
	c := comparison("qa", "f1", "few", metrics.Better)
	for _, test := range []struct {
		family int
		of     float64
		want   string
	}{{1, 0.14, "0.140"}, {26, 0.1875, "0.140 (0.188)"}, {26, 0, "0.140 (-)"}} {
		c.Family, c.DetectableFamily = test.family, test.of
		table := reports.ComparisonsTable(subject(), []metrics.Comparison{c})
		got := table.Rows[0][slices.Index(names(table), "detectable")].Text
		if got != test.want {
			t.Errorf("family of %d, detectable %v: %q, want %q", test.family, test.of, got, test.want)
		}
		if notes := strings.Join(table.Notes, " "); strings.Contains(notes, "5%/26") != (test.family == 26) {
			t.Errorf("family of %d: notes %q", test.family, notes)
		}
	}
}

func TestComparisonsTableOfNothing(t *testing.T) {
	table := reports.ComparisonsTable(subject(), nil)
	if len(table.Rows) != 0 || !cmp.Equal(table.Notes, []string{"The two models have no common results to compare."}) {
		t.Errorf("got %+v", table)
	}
}

func TestComparisonsLong(t *testing.T) {
	c := comparison("qa", "f1", "few", metrics.Better)
	c.Unscored, c.Unpaired = [2]int{3, 4}, [2]int{5, 6}
	c.AnswersFirst, c.AnswersSecond = &metrics.Answers{All: 105, Cut: 1}, &metrics.Answers{All: 106, Empty: 2, Failed: 3}
	c.DetectableFamily = 0.1875
	undetectable := c
	c.EquivalentWithin = 0.284
	undetectable.Detectable, undetectable.DetectableFamily = 0, 0
	table := reports.ComparisonsLong([]metrics.Comparison{c, undetectable, unpaired("qa", "f1")})
	wantNames := strings.Split("suite,metric,condition,baseline,model,first,second,difference,se,lo,hi,confidence,method,test,p,p_adjusted,"+
		"adjustment,detectable,detectable_family,equivalent_within,n,clusters,unpaired_first,unpaired_second,unscored_first,unscored_second,verdict,"+
		"answers_first,cut_first,empty_first,filtered_first,failed_first,answers_second,cut_second,empty_second,filtered_second,failed_second", ",")
	if d := cmp.Diff(wantNames, names(table)); d != "" {
		t.Errorf("columns -want +got\n%s", d)
	}
	want := []string{
		"qa,f1,few,before,after,0.4,0.6,0.2,0.05,0.1,0.3,0.95,paired t,t,0.0001,0.0002,holm,0.14,0.1875,0.284,100,100,5,6,3,4,better,105,1,0,0,0,106,0,2,0,3",
		"qa,f1,few,before,after,0.4,0.6,0.2,0.05,0.1,0.3,0.95,paired t,t,0.0001,0.0002,holm,,,,100,100,5,6,3,4,better,105,1,0,0,0,106,0,2,0,3",
		"qa,f1,,before,after,,,,,,,0.95,none,none,,,holm,,,,0,0,1,2,0,0,undecided,,,,,,,,,,",
	}
	for i, row := range written(table) {
		if got := strings.Join(row, ","); got != want[i] {
			t.Errorf("row %d: got\n%s, want\n%s", i, got, want[i])
		}
	}
}

// TestEvenNote: a table explains why the baseline of a win rate over it has exactly
// 0.5.
func TestEvenNote(t *testing.T) {
	plain, even := comparison("qa", "f1", "few", metrics.Better), comparison("fr", "bleu", "", metrics.Worse)
	even.Even = true
	const want = "Judged against the baseline itself, so the baseline's value is 0.5 by definition: French / BLEU."
	if notes := reports.ComparisonsTable(subject(), []metrics.Comparison{plain, even, even}).Notes; !slices.Contains(notes, want) {
		t.Errorf("notes %q", notes)
	}
	if notes := strings.Join(reports.ComparisonsTable(subject(), []metrics.Comparison{plain}).Notes, " "); strings.Contains(notes, "even") {
		t.Errorf("notes %q", notes)
	}
}

func gate(suite, metric, condition string, v metrics.Verdict) metrics.GateResult {
	r := metrics.GateResult{Gate: metrics.Gate{Suite: suite, Metric: metric, Condition: condition, Margin: 0.05}, Verdict: v}
	if v == metrics.NotAttempted {
		r.Reason = "the run has no such suite"
		return r
	}
	r.GateBounds, r.N, r.Needed = &metrics.GateBounds{Difference: 0.01, Lower: -0.02, Upper: 0.04, Level: 0.025}, 100, "90"
	return r
}

func TestGatesTable(t *testing.T) {
	within, ignored := gate("qa", "toxic", "", metrics.Pass), gate("qa", "f1", "zero", metrics.Inconclusive)
	within.Within = true
	ignored.Unscored, ignored.Needed, ignored.Reason = metrics.UnscoredIgnored, "none: the difference is at the margin", "3 pairs unscored on at least one side: ignored, as the gate says"
	table := reports.GatesTable(subject(), []metrics.GateResult{gate("qa", "f1", "few", metrics.Pass), gate("fr", "bleu", "zero", metrics.NotAttempted), within, ignored})
	want := [][]string{
		{"QA / F1", "few", "100", "0.050", "+0.010 [-0.020, +0.040]", "90", "pass"},
		{"French / BLEU", "zero", "0", "0.05", "-", "-", "not attempted"},
		{"QA / Toxic", "", "100", "0.050", "+0.010 [-0.020, +0.040]", "90", "pass (significant loss within the margin)"},
		{"QA / F1", "zero", "100", "0.050", "+0.010 [-0.020, +0.040]", "none", "inconclusive (unscored ignored)"},
	}
	if d := cmp.Diff(want, shown(table)); d != "" {
		t.Errorf("rows -want +got\n%s", d)
	}
	wantNotes := []string{
		"Not attempted: French / BLEU (zero): the run has no such suite.",
		"QA / F1 (zero): no number of examples decides it (the difference is at the margin).",
		"Warning: QA / F1 (zero): 3 pairs unscored on at least one side: ignored, as the gate says.",
	}
	if d := cmp.Diff(wantNotes, table.Notes[:3]); d != "" {
		t.Errorf("notes -want +got\n%s", d)
	}
	if text := strings.Join(table.Notes, " "); !strings.Contains(text, "after Holm's adjustment over the 3 gates") || !strings.Contains(text, "every unscored pair, unless the gate ignores unscored pairs.") {
		t.Errorf("notes %q", text)
	}
	if text := strings.Join(reports.GatesTable(subject(), []metrics.GateResult{ignored}).Notes, " "); strings.Contains(text, "worst possible") || !strings.Contains(text, "Unscored pairs are ignored") {
		t.Errorf("every gate ignores unscored pairs: %q", text)
	}
	same, apart := gate("qa", "f1", "few", metrics.Pass), gate("qa", "toxic", "", metrics.Differs)
	same.Equivalent, apart.Equivalent = true, true
	equal := reports.GatesTable(subject(), []metrics.GateResult{same, apart})
	if row := shown(equal)[0]; row[3] != "±0.050" || row[6] != "pass (equivalent)" || equal.Rows[1][6].Tone != reports.Bad || !strings.Contains(strings.Join(equal.Notes, " "), "two one-sided tests") {
		t.Errorf("equivalence: %v, %v, notes %q", row, equal.Rows[1][6], equal.Notes)
	}
	one := strings.Join(reports.GatesTable(subject(), []metrics.GateResult{gate("qa", "f1", "", metrics.Pass)}).Notes, " ")
	if strings.Contains(one, "Holm") {
		t.Errorf("one gate is adjusted: %s", one)
	}
}

// TestGatedLong: every gate is in the machine table once, beside its comparison where
// there is one.
func TestGatedLong(t *testing.T) {
	pass, absent, ignored := gate("qa", "f1", "few", metrics.Pass), gate("fr", "bleu", "zero", metrics.NotAttempted), gate("qa", "f1", "", metrics.Loss)
	for _, r := range []*metrics.GateResult{&pass, &absent, &ignored} {
		r.Baseline, r.Model = "before", "after"
	}
	pass.Open, pass.Worst, pass.Best, pass.P, pass.Equivalent = 2, new(-0.03), new(0.045), new(0.01), true
	ignored.Unscored = metrics.UnscoredIgnored
	comparisons := []metrics.Comparison{
		{Suite: "qa", Metric: "f1", Condition: "few", Baseline: "before", Model: "after"},
		{Suite: "qa", Metric: "toxic", Condition: "few", Baseline: "before", Model: "after"},
	}
	table := reports.GatedLong(comparisons, []metrics.GateResult{pass, absent, ignored})
	rows := written(table)
	plain := len(reports.ComparisonsLong(comparisons).Columns)
	want := [][]string{
		{"0.05", "true", "0.01", "-0.02", "0.04", "0.025", "0.01", "worst", "2", "-0.03", "0.045", "100", "90", "pass", "false", ""},
		make([]string, 16),
		{"0.05", "false", "", "", "", "", "", "worst", "", "", "", "0", "", "not attempted", "false", "the run has no such suite"},
		{"0.05", "false", "0.01", "-0.02", "0.04", "0.025", "", "ignore", "0", "", "", "100", "90", "loss", "false", ""},
	}
	if len(rows) != 4 || len(table.Columns) != plain+16 || table.Columns[plain+13].Name != "gate_verdict" {
		t.Fatalf("%d rows, columns %q", len(rows), names(table))
	}
	for i, row := range rows {
		if d := cmp.Diff(want[i], row[plain:]); d != "" {
			t.Errorf("row %d -want +got\n%s", i, d)
		}
	}
	if rows[2][0] != "fr" || rows[2][4] != "after" || rows[3][1] != "f1" {
		t.Errorf("rows of gates alone: %q, %q", rows[2][:5], rows[3][:5])
	}
	if d := cmp.Diff(written(reports.ComparisonsLong(comparisons)), written(reports.GatedLong(comparisons, nil))); d != "" {
		t.Errorf("without gates -want +got\n%s", d)
	}
}
