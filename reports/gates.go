package reports

import (
	"fmt"
	"slices"
	"strconv"

	"assay/harness/leaf/plural"
	"assay/metrics"
)

// GatesTable shows each gate's bounds and verdict.
func GatesTable(s *Subject, results []metrics.GateResult) Table {
	t := Table{ID: "gates", Title: "Gates", Columns: []Column{
		{Name: "gate"}, {Name: "condition"}, {Name: "n", Align: Right}, {Name: "margin", Align: Right},
		{Name: "gain [bounds]", Align: Right}, {Name: "needed", Align: Right}, {Name: "verdict"},
	}}
	if len(results) == 0 {
		t.Notes = []string{"No gates."}
		return t
	}
	for _, r := range results {
		view := s.Suite(r.Suite)
		d := Decimals(view.Metric(r.Metric))
		row := append(texts(s.title(r.Suite, r.Metric), r.Condition, strconv.Itoa(r.N)), marginCell(r, d))
		if r.GateBounds == nil {
			row = append(row, texts("-", "-")...)
		} else {
			row = append(row, ChangeCell(r.Difference, r.Lower, r.Upper, d), Cell{Text: decidesText(r.Needed)})
		}
		t.Rows = append(t.Rows, append(row, Cell{Text: gateVerdict(r), Tone: gateTone(r.Verdict)}))
	}
	t.Notes = append(gateNotes(s, results), legend(results)...)
	return t
}

// marginCell is a gate's margin, on both sides if the gate asks for equivalence.
func marginCell(r metrics.GateResult, digits int) Cell {
	c := Cell{Text: number(r.Margin, digits), Raw: raw(r.Margin)}
	if r.Equivalent {
		c.Text = "±" + c.Text
	}
	return c
}

// gateTone is a gate's tone: a certain difference fails a gate.
func gateTone(v metrics.Verdict) Tone {
	if v == metrics.Differs {
		return Bad
	}
	return toneOf(v)
}

// gateVerdict is a verdict with its mark.
func gateVerdict(r metrics.GateResult) string {
	text := string(r.Verdict)
	if r.Equivalent && r.Verdict == metrics.Pass {
		text = "pass (equivalent)"
	}
	if r.Within {
		text += " (significant loss within the margin)"
	}
	if r.Unscored == metrics.UnscoredIgnored {
		text += " (unscored ignored)"
	}
	return text
}

// decidesText is what the table shows. The reason for "none" is in the notes.
func decidesText(decides string) string {
	if decides == "" {
		return "-"
	}
	if len(decides) > 4 && decides[:5] == "none:" {
		return "none"
	}
	return decides
}

// gateNotes say of each gate what its row has no room for.
func gateNotes(s *Subject, results []metrics.GateResult) (notes []string) {
	for _, r := range results {
		title := s.cellTitle(r.Suite, r.Metric, r.Condition)
		if decidesText(r.Needed) == "none" {
			notes = append(notes, fmt.Sprintf("%s: no number of examples decides it (%s).", title, r.Needed[len("none: "):]))
		}
		switch {
		case r.Reason == "":
		case r.Verdict == metrics.NotAttempted:
			notes = append(notes, fmt.Sprintf("Not attempted: %s: %s.", title, r.Reason))
		default:
			notes = append(notes, fmt.Sprintf("Warning: %s: %s.", title, r.Reason))
		}
	}
	return notes
}

// legend explains the columns and verdicts. Gates that were not attempted are not
// counted as tested.
func legend(results []metrics.GateResult) []string {
	tested, ignored := 0, 0
	for _, r := range results {
		if r.GateBounds != nil {
			tested++
		}
		if r.Unscored == metrics.UnscoredIgnored {
			ignored++
		}
	}
	unscored := "A gate passes only if it would still pass with the worst possible score for every unscored pair"
	switch {
	case ignored == len(results):
		unscored = "Unscored pairs are ignored, as the gates say: a model whose hard prompts have no score can pass"
	case ignored > 0:
		unscored += ", unless the gate ignores unscored pairs"
	}
	over := ""
	if n := tested; n > 1 {
		over = fmt.Sprintf(", after Holm's adjustment over the %s", plural.Of(n, "gate"))
	}
	notes := []string{
		"Gain: the model's difference from the baseline, signed so that + is better, with its one-sided bounds.",
		"The verdict is the first that applies. pass: the lower bound is above minus the margin, at one-sided 5%; no adjustment is needed, because all gates must pass. " +
			"regress: the upper bound is below minus the margin" + over + ". loss: the upper bound is below 0" + over + ", but the loss may or may not exceed the margin. inconclusive: none of these.",
	}
	if slices.ContainsFunc(results, func(r metrics.GateResult) bool { return r.Equivalent }) {
		notes = append(notes, "± margin: the gate asks for equivalence. pass: both bounds are within the margin, each at one-sided 5% (two one-sided tests). differs: significantly different by more than the margin"+over+".")
	}
	return append(notes, unscored+".",
		"needed: the number of examples at which the gate is decided in 80% of runs, if the true difference and spread are the observed ones. A dash: unknown, as where errors are clustered by labeler too, since more examples don't reduce the labelers' error.")
}

// GatesLong is the machine table of gates, unrounded. A number that does not exist is an
// empty field.
func GatesLong(results []metrics.GateResult) Table {
	t := Table{ID: "gates", Title: "Gates"}
	for _, name := range []string{"suite", "metric", "condition", "baseline", "model", "margin", "equivalent", "gain", "lower", "upper", "upper_level",
		"equivalence_p", "unscored_policy", "unscored_pairs", "worst_lower", "best_upper", "n", "n_needed", "verdict", "certain_loss_within_margin", "reason"} {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	for _, r := range results {
		row := texts(r.Suite, r.Metric, r.Condition, r.Baseline, r.Model, raw(r.Margin), strconv.FormatBool(r.Equivalent))
		policy := "worst"
		if r.Unscored != "" {
			policy = r.Unscored
		}
		if b := r.GateBounds; b == nil {
			row = append(row, texts("", "", "", "", "", policy, "", "", "")...)
		} else {
			optional := func(x *float64) string {
				if x == nil {
					return ""
				}
				return raw(*x)
			}
			row = append(row, texts(raw(b.Difference), raw(b.Lower), raw(b.Upper), raw(b.Level), optional(b.P), policy, strconv.Itoa(b.Open), optional(b.Worst), optional(b.Best))...)
		}
		row = append(row, texts(strconv.Itoa(r.N), r.Needed, string(r.Verdict), strconv.FormatBool(r.Within), r.Reason)...)
		t.Rows = append(t.Rows, row)
	}
	return t
}

// GatedLong is the machine table of comparisons followed by the columns of [GatesLong].
// A gate whose comparison is not in the table has its own row. Without gates it is
// [ComparisonsLong].
func GatedLong(comparisons []metrics.Comparison, results []metrics.GateResult) Table {
	t := ComparisonsLong(comparisons)
	if len(results) == 0 {
		return t
	}
	const key = 5 // suite, metric, condition, baseline, model
	gates, width := GatesLong(results), len(t.Columns)
	for _, c := range gates.Columns[key:] {
		t.Columns = append(t.Columns, Column{Name: "gate_" + c.Name})
	}
	used := make([]bool, len(results))
	for i, c := range comparisons {
		row := make([]Cell, len(gates.Columns)-key)
		for k, r := range results {
			if !used[k] && r.Suite == c.Suite && r.Metric == c.Metric && r.Condition == c.Condition && r.Model == c.Model {
				used[k], row = true, gates.Rows[k][key:]
				break
			}
		}
		t.Rows[i] = append(t.Rows[i], row...)
	}
	for k := range results {
		if !used[k] {
			row := append(gates.Rows[k][:key:key], make([]Cell, width-key)...)
			t.Rows = append(t.Rows, append(row, gates.Rows[k][key:]...))
		}
	}
	return t
}
