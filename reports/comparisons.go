package reports

import (
	"fmt"
	"slices"
	"strconv"

	"assay/harness/leaf/plural"
	"assay/metrics"
)

// ComparisonsTable shows differences with their intervals, tests and verdicts.
func ComparisonsTable(s *Subject, comparisons []metrics.Comparison) Table {
	t := Table{ID: "comparisons", Title: "Paired comparisons"}
	if len(comparisons) == 0 {
		t.Notes = []string{"The two models have no common results to compare."}
		return t
	}
	t.Columns = []Column{{Name: "metric", Group: true}, {Name: "condition"}}
	several := len(pairsOf(comparisons)) > 1
	if several {
		t.Title += " with the baseline " + comparisons[0].Baseline
		t.Columns = append(t.Columns, Column{Name: "compared"})
	} else {
		t.Title = fmt.Sprintf("%s against the baseline %s", comparisons[0].Model, comparisons[0].Baseline)
	}
	for _, name := range []string{"n", "baseline", "model", "difference [95%]", "p adjusted", "detectable", "within"} {
		t.Columns = append(t.Columns, Column{Name: name, Align: Right})
	}
	t.Columns = append(t.Columns, Column{Name: "verdict"})
	for _, c := range comparisons {
		row := texts(s.title(c.Suite, c.Metric), c.Condition)
		if several {
			row = append(row, Cell{Text: c.Model})
		}
		row = append(row, s.comparisonCells(c)...)
		t.Rows = append(t.Rows, append(row, Cell{Text: string(c.Verdict), Tone: toneOf(c.Verdict)}))
	}
	t.Notes = comparisonNotes(s, comparisons)
	return t
}

// NoneShown is the table of n comparisons when none of them is shown, because none has a
// verdict, or a gate if gated.
func NoneShown(n int, gated bool) Table {
	text := fmt.Sprintf("None of %s is better, worse or different. Without --brief all are shown.", plural.Of(n, "comparison"))
	if gated {
		text = fmt.Sprintf("None of %s has a gate. Without --brief all are shown.", plural.Of(n, "comparison"))
	}
	return Table{ID: "comparisons", Title: "Paired comparisons", Notes: []string{text}}
}

// comparisonCells are the numbers of a comparison: n, both points, the difference,
// its test and the difference that n can detect.
func (s *Subject) comparisonCells(c metrics.Comparison) []Cell {
	view := s.Suite(c.Suite)
	d := Decimals(view.Metric(c.Metric))
	n := Cell{Text: strconv.Itoa(c.N)}
	first := Cell{Text: number(c.First, d), Raw: raw(c.First)}
	second := Cell{Text: number(c.Second, d), Raw: raw(c.Second)}
	none := Cell{Text: "-"}
	switch difference := c.Second - c.First; {
	case c.PointsAlone:
		change := Cell{Text: signed(difference, d) + " (no interval)", Raw: raw(difference), Tone: Unsure}
		return []Cell{n, first, second, change, none, none, none}
	case c.Interval == nil && c.N > 0:
		return []Cell{n, none, none, {Text: "no interval", Tone: Unsure}, none, none, none}
	case c.Interval == nil:
		return []Cell{n, none, none, {Text: "not paired", Tone: Unsure}, none, none, none}
	}
	return []Cell{
		n, first, second,
		ChangeCell(c.Point, c.Lo, c.Hi, d),
		{Text: pvalue(c.PAdjusted), Raw: raw(c.PAdjusted)},
		detectable(c, d),
		within(c, d),
	}
}

// within is the smallest margin within which the two models are equivalent.
func within(c metrics.Comparison, digits int) Cell {
	if c.EquivalentWithin == 0 {
		return Cell{Text: "-"}
	}
	return Cell{Text: number(c.EquivalentWithin, digits), Raw: raw(c.EquivalentWithin)}
}

// detectable is the smallest difference detected at 5%. In brackets is the one
// detected at the level of a family of several comparisons.
func detectable(c metrics.Comparison, digits int) Cell {
	if c.Detectable == 0 {
		return Cell{Text: "-"}
	}
	text := number(c.Detectable, digits)
	switch {
	case c.Family < 2:
	case c.DetectableFamily == 0:
		text += " (-)"
	default:
		text += " (" + number(c.DetectableFamily, digits) + ")"
	}
	return Cell{Text: text, Raw: raw(c.Detectable)}
}

func pairsOf(comparisons []metrics.Comparison) [][2]string {
	var pairs [][2]string
	for _, c := range comparisons {
		if p := [2]string{c.Baseline, c.Model}; !slices.Contains(pairs, p) {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

func toneOf(v metrics.Verdict) Tone {
	switch v {
	case metrics.Better, metrics.Pass:
		return Good
	case metrics.Worse, metrics.Regress, metrics.Loss:
		return Bad
	}
	return Unsure
}

// ComparisonsLong is the machine table of comparisons, unrounded. A number that
// does not exist is an empty field.
func ComparisonsLong(comparisons []metrics.Comparison) Table {
	t := Table{ID: "comparisons", Title: "Paired comparisons"}
	names := []string{"suite", "metric", "condition", "baseline", "model", "first", "second", "difference", "se", "lo", "hi",
		"confidence", "method", "test", "p", "p_adjusted", "adjustment", "detectable", "detectable_family", "equivalent_within", "n", "clusters", "unpaired_first", "unpaired_second",
		"unscored_first", "unscored_second", "verdict"}
	for _, name := range slices.Concat(names, answerColumns("_first"), answerColumns("_second")) {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	for _, c := range comparisons {
		row := texts(c.Suite, c.Metric, c.Condition, c.Baseline, c.Model)
		switch {
		case c.PointsAlone:
			row = append(row, texts(raw(c.First), raw(c.Second), raw(c.Second-c.First), "", "", "")...)
		case c.Interval == nil:
			row = append(row, texts("", "", "", "", "", "")...)
		default:
			row = append(row, texts(raw(c.First), raw(c.Second), raw(c.Point), raw(c.SE), raw(c.Lo), raw(c.Hi))...)
		}
		row = append(row, texts(raw(c.Confidence), c.Method, c.Test)...)
		row = append(row, testCells(c)...)
		row = append(row, texts(strconv.Itoa(c.N), strconv.Itoa(c.Clusters), strconv.Itoa(c.Unpaired[0]), strconv.Itoa(c.Unpaired[1]),
			strconv.Itoa(c.Unscored[0]), strconv.Itoa(c.Unscored[1]), string(c.Verdict))...)
		row = slices.Concat(row, answerCells(c.AnswersFirst), answerCells(c.AnswersSecond))
		t.Rows = append(t.Rows, row)
	}
	return t
}

// testCells are p, p adjusted, the adjustment and the detectable difference.
func testCells(c metrics.Comparison) []Cell {
	switch {
	case c.Interval == nil:
		return texts("", "", c.Adjustment, "", "", "")
	}
	row := texts(raw(c.P), raw(c.PAdjusted), c.Adjustment, "", "", "")
	for i, d := range []float64{c.Detectable, c.DetectableFamily, c.EquivalentWithin} {
		if d != 0 {
			row[3+i].Text = raw(d)
		}
	}
	return row
}

func texts(s ...string) []Cell {
	row := make([]Cell, len(s))
	for i := range s {
		row[i].Text = s[i]
	}
	return row
}
