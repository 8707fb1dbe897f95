package reports

import (
	"fmt"
	"strconv"

	"assay/metrics"
)

// GatesTable shows each gate's bounds and verdict.
func GatesTable(s *Subject, results []metrics.GateResult) Table {
	t := Table{ID: "gates", Title: "Gates", Columns: []Column{
		{Name: "gate"}, {Name: "condition"}, {Name: "n", Align: Right}, {Name: "margin", Align: Right},
		{Name: "gain [bounds]", Align: Right}, {Name: "verdict"},
	}}
	if len(results) == 0 {
		t.Notes = []string{"No gate was asked for."}
		return t
	}
	for _, r := range results {
		view := s.Suite(r.Suite)
		d := Decimals(view.Metric(r.Metric))
		row := append(texts(s.title(r.Suite, r.Metric), r.Condition, strconv.Itoa(r.N)), Cell{Text: number(r.Margin, d), Raw: raw(r.Margin)})
		if r.Verdict == metrics.NotAttempted {
			row = append(row, Cell{Text: "-"})
			t.Notes = append(t.Notes, fmt.Sprintf("Not attempted: %s: %s.", s.cellTitle(r.Suite, r.Metric, r.Condition), r.Reason))
		} else {
			row = append(row, ChangeCell(r.Difference, r.Lower, r.Upper, d))
			if r.Reason != "" {
				t.Notes = append(t.Notes, fmt.Sprintf("Warning: %s: %s.", s.cellTitle(r.Suite, r.Metric, r.Condition), r.Reason))
			}
		}
		t.Rows = append(t.Rows, append(row, Cell{Text: string(r.Verdict), Tone: toneOf(r.Verdict)}))
	}
	t.Notes = append(t.Notes,
		"Gain: the model's difference from the baseline, turned so that + is better, with its two one-sided bounds.",
		"pass: a loss of the margin or more is ruled out (the lower bound is above minus the margin). regress: it is not ruled out, and some loss is certain (the upper bound is below 0); the estimate itself may lie within the margin. inconclusive: neither.",
		"A gate asks one question chosen beforehand and is adjusted over the gates alone, so it can decide what the table of all comparisons leaves undecided.",
		level(len(results)))
	return t
}

func level(gates int) string {
	if gates == 1 {
		return "Each bound is at one-sided 5%."
	}
	return fmt.Sprintf("Each bound is at one-sided 5%% over the %d gates, by Holm's adjustment.", gates)
}
