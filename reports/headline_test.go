package reports_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/metrics"
	"assay/reports"
)

// said is a headline without its table.
type said struct {
	Text, Word string
	Tone       reports.Tone
	Lines      []string
}

func of(h reports.Headline) said { return said{h.Text, h.Word, h.Tone, h.Lines} }

func TestComparisonHeadline(t *testing.T) {
	better, worse := comparison("qa", "f1", "few", metrics.Better), comparison("fr", "bleu", "", metrics.Worse)
	open := comparison("qa", "toxic", "", metrics.Undecided)
	wider := open
	wider.Family = 309
	other := open
	other.Verdict = metrics.Differs
	apart := open
	apart.Interval, apart.N = nil, 0
	equal := open
	equal.Interval = nil
	odd := better
	odd.AnswersDiffer = true
	tests := []struct {
		comparisons []metrics.Comparison
		want        said
	}{
		{[]metrics.Comparison{better, open}, said{"after against before: better on 1, worse on 0, undecided on 1 of 2", "better", reports.Good, []string{"Better: QA / F1 (few)"}}},
		{[]metrics.Comparison{worse}, said{"after against before: better on 0, worse on 1, undecided on 0 of 1", "worse", reports.Bad, []string{"Worse: French / BLEU"}}},
		{[]metrics.Comparison{better, worse}, said{"after against before: better on 1, worse on 1, undecided on 0 of 2", "mixed", reports.Unsure,
			[]string{"Better: QA / F1 (few)", "Worse: French / BLEU"}}},
		{[]metrics.Comparison{open}, said{"after against before: better on 0, worse on 0, undecided on 1 of 1", "undecided", reports.Unsure, nil}},
		{[]metrics.Comparison{wider}, said{"after against before: better on 0, worse on 0, undecided on 1 of 1; adjusted over the 309 comparisons of all models", "undecided", reports.Unsure, nil}},
		{[]metrics.Comparison{open, other}, said{"after against before: better on 0, worse on 0, different on 1, undecided on 1 of 2", "undecided", reports.Unsure,
			[]string{"Differs, where neither direction is better: QA / Toxic"}}},
		{[]metrics.Comparison{open, odd}, said{"after against before: better on 1, worse on 0, undecided on 1 of 2", "better", reports.Good,
			[]string{"Better: QA / F1 (few)", "Warning: one model has many more cut, empty, filtered or failed answers, and the difference may come from these: QA / F1 (few)"}}},
		{[]metrics.Comparison{open, apart}, said{"after against before: better on 0, worse on 0, undecided on 1 of 1; not paired on 1", "undecided", reports.Unsure, nil}},
		{[]metrics.Comparison{open, equal, apart}, said{"after against before: better on 0, worse on 0, undecided on 1 of 1; not paired on 1; no interval on 1", "undecided", reports.Unsure, nil}},
		{nil, said{"after against before: no common results to compare", "undecided", reports.Unsure, nil}},
	}
	for _, tt := range tests {
		got := reports.ComparisonHeadline(subject(), tt.comparisons, "before", "after")
		if d := cmp.Diff(tt.want, of(got)); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
		if got.Details == nil || len(got.Details.Rows) != len(tt.comparisons) {
			t.Errorf("%q: no table of its comparisons as details", got.Text)
		}
	}
}

func TestGateHeadline(t *testing.T) {
	pass, regress := gate("qa", "f1", "few", metrics.Pass), gate("qa", "toxic", "", metrics.Regress)
	loss, within := gate("qa", "f1", "", metrics.Loss), pass
	within.Within, within.Unscored = true, metrics.UnscoredIgnored
	open, absent := gate("fr", "bleu", "", metrics.Inconclusive), gate("win", "win", "", metrics.NotAttempted)
	tests := []struct {
		gates []metrics.GateResult
		want  said
	}{
		{[]metrics.GateResult{pass, pass}, said{"Gates, after against before: 2 of 2 pass", "pass", reports.Good, nil}},
		{[]metrics.GateResult{pass, open}, said{"Gates, after against before: 1 of 2 is inconclusive, 1 passes", "inconclusive", reports.Unsure, []string{"Inconclusive: French / BLEU"}}},
		{[]metrics.GateResult{absent, open}, said{"Gates, after against before: 1 of 2 has no scores to compare, 1 is inconclusive", "not attempted", reports.Unsure,
			[]string{"Not attempted: Win rate", "Inconclusive: French / BLEU"}}},
		{[]metrics.GateResult{pass, absent, regress, open}, said{"Gates, after against before: 1 of 4 regresses, 1 has no scores to compare, 1 is inconclusive, 1 passes", "regress", reports.Bad,
			[]string{"Regress: QA / Toxic", "Not attempted: Win rate", "Inconclusive: French / BLEU"}}},
		{[]metrics.GateResult{open, loss}, said{"Gates, after against before: 1 of 2 shows a loss, 1 is inconclusive", "loss", reports.Bad, []string{"Loss: QA / F1", "Inconclusive: French / BLEU"}}},
		{[]metrics.GateResult{loss, loss, pass}, said{"Gates, after against before: 2 of 3 show a loss, 1 passes", "loss", reports.Bad, []string{"Loss: QA / F1; QA / F1"}}},
		{[]metrics.GateResult{within, pass}, said{"Gates, after against before: 2 of 2 pass", "pass", reports.Good,
			[]string{"Passes with a significant loss within the margin: QA / F1 (few)", "Unscored answers are ignored: QA / F1 (few)"}}},
		{nil, said{"Gates, after against before: none", "not attempted", reports.Unsure, nil}},
	}
	for _, tt := range tests {
		got := reports.GateHeadline(subject(), tt.gates, "before", "after")
		if d := cmp.Diff(tt.want, of(got)); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
		if got.Details == nil || len(got.Details.Rows) != len(tt.gates) {
			t.Errorf("%q: no table of its gates as details", got.Text)
		}
	}
}

func TestPreferenceHeadlines(t *testing.T) {
	over := func(model string, point float64) metrics.Estimate {
		e := estimate("win", "win", model, "", point)
		e.Baseline = "z"
		return e
	}
	missing := over("c", 0.5)
	missing.Unscored, missing.Condition = 1, "few"
	alone := estimate("win", "win", "no opponent", "", 0.9)
	empty := unscored("win", "win", "none", "")
	empty.Baseline = "z"
	var got []said
	for _, h := range reports.PreferenceHeadlines(subject(), []metrics.Estimate{over("a", 0.7), over("b", 0.3), missing, alone, empty, estimate("qa", "f1", "a", "", 0.9)}) {
		got = append(got, of(h))
	}
	want := []said{
		{"Win rate of a over z: 0.700 [0.600, 0.800], n = 100", "better", reports.Good, nil},
		{"Win rate of b over z: 0.300 [0.200, 0.400], n = 100", "worse", reports.Bad, nil},
		{"Win rate (few) of c over z: 0.500 [0.400, 0.600], n = 100", "undecided", reports.Unsure, []string{"1 judgement without a value."}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// The length-controlled win rate of the same cell stands beside a win rate.
func TestPreferenceHeadlinesLengthControlled(t *testing.T) {
	suite := reports.Suite{Name: "w", Metrics: []metrics.Metric{{Name: "win_rate", Title: "Win rate", Hi: 1, Even: new(0.5)}}}
	suite.Plot.Metric = "win_rate"
	of := func(metric, model, condition, baseline string, point float64) metrics.Estimate {
		e := estimate("w", metric, model, condition, point)
		e.Baseline = baseline
		return e
	}
	const controlled = "length_controlled_win_rate"
	unscored := of("win_rate", "b", "", "z", 0.9)
	unscored.Unscored = 2
	all := []metrics.Estimate{
		of("win_rate", "a", "", "z", 0.7), unscored, of("win_rate", "a", "few", "z", 0.6),
		of(controlled, "b", "", "z", 0.4), of(controlled, "a", "", "y", 0.1), of(controlled, "a", "", "z", 0.3),
	}
	var lines [][]string
	for _, h := range reports.PreferenceHeadlines(&reports.Subject{Suites: []reports.Suite{suite}}, all) {
		lines = append(lines, h.Lines)
	}
	want := [][]string{{"With outputs of equal length: 0.300 [0.200, 0.400]."}, {"With outputs of equal length: 0.400 [0.300, 0.500].", "2 judgements without a value."}, nil}
	if d := cmp.Diff(want, lines); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
