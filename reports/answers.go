package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"assay/metrics"
)

// answerColumns are the machine columns of the answers behind a number; side is "" or the
// suffix of a column's name.
func answerColumns(side string) []string {
	return []string{"answers" + side, "cut" + side, "empty" + side, "filtered" + side, "failed" + side}
}

// answerCells are the counts, or empty fields where they are unknown.
func answerCells(a *metrics.Answers) []Cell {
	if a == nil {
		return texts("", "", "", "", "")
	}
	return texts(strconv.Itoa(a.All), strconv.Itoa(a.Cut), strconv.Itoa(a.Empty), strconv.Itoa(a.Filtered), strconv.Itoa(a.Failed))
}

// OddAnswers says how many answers are cut, empty, filtered or failed, as "12 of 40 cut
// (30%), 1 empty (2.5%)". It is "" where there are none or the counts are unknown.
func OddAnswers(a *metrics.Answers) string {
	if a == nil || !a.Odd() {
		return ""
	}
	var parts []string
	for _, s := range a.Shares() {
		if s.N == 0 {
			continue
		}
		of := ""
		if parts == nil {
			of = " of " + strconv.Itoa(a.All)
		}
		share := strings.TrimSuffix(strconv.FormatFloat(100*float64(s.N)/float64(a.All), 'f', 1, 64), ".0")
		parts = append(parts, fmt.Sprintf("%d%s %s (%s%%)", s.N, of, s.Name, share))
	}
	return strings.Join(parts, ", ")
}

// answerNotes say for each model how many of its answers are odd, and the same for an
// opponent. Metrics with the same counts share a note.
func answerNotes(suite Suite, estimates []metrics.Estimate) []string {
	var all folded
	for _, e := range estimates {
		if odd := OddAnswers(e.Answers); odd != "" {
			all.add("Answers of "+about(e)+": "+odd, suite.Metric(e.Metric).Title)
		}
		if odd := OddAnswers(e.Opponent); odd != "" {
			opponent := e
			opponent.Model = e.Baseline
			all.add("Answers of the opponent "+about(opponent)+": "+odd, suite.Metric(e.Metric).Title)
		}
	}
	return all.notesUnless(len(usedMetrics(suite, estimates)))
}

// comparedAnswerNotes say the same for the two sides of comparisons.
func comparedAnswerNotes(s *Subject, comparisons []metrics.Comparison) []string {
	var all folded
	for _, c := range comparisons {
		first, second := OddAnswers(c.AnswersFirst), OddAnswers(c.AnswersSecond)
		if first == "" && second == "" {
			continue
		}
		text := "Answers"
		for _, side := range []struct{ model, odd string }{{c.Baseline, first}, {c.Model, second}} {
			if side.odd == "" {
				side.odd = "none cut, empty, filtered or failed"
			}
			text += "; " + side.model + ": " + side.odd
		}
		all.add(strings.Replace(text, ";", ":", 1), s.cellTitle(c.Suite, c.Metric, c.Condition))
	}
	return all.notesUnless(math.MaxInt)
}
