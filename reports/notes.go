package reports

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics"
)

// folded collects what several rows have in common, so that a note says it once.
type folded struct {
	order []string
	rows  map[string][]string
}

func (f *folded) add(text, row string) {
	if f.rows == nil {
		f.rows = map[string][]string{}
	}
	if f.rows[text] == nil {
		f.order = append(f.order, text)
	}
	if !slices.Contains(f.rows[text], row) {
		f.rows[text] = append(f.rows[text], row)
	}
}

// notes are "Warning: text (a, b, c, 4 more)."
func (f *folded) notes(prefix string) []string {
	var notes []string
	for _, text := range f.order {
		notes = append(notes, fmt.Sprintf("%s%s (%s).", prefix, text, listed(f.rows[text])))
	}
	return notes
}

// notesUnless are notes that name their rows, unless a note applies to all rows.
func (f *folded) notesUnless(all int) []string {
	var notes []string
	for _, text := range f.order {
		if rows := f.rows[text]; len(rows) < all {
			text += ". Metrics: " + listed(rows)
		}
		notes = append(notes, text+".")
	}
	return notes
}

// listed names the first three and counts the others.
func listed(names []string) string {
	if len(names) > 4 {
		names = append(slices.Clone(names[:3]), fmt.Sprintf("%d more", len(names)-3))
	}
	return enumerated(names)
}

// enumerated joins names with commas, or with semicolons if a name has a comma.
func enumerated(names []string) string {
	if slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, ",") }) {
		return strings.Join(names, "; ")
	}
	return strings.Join(names, ", ")
}

func comparisonNotes(s *Subject, comparisons []metrics.Comparison) []string {
	verdict := "Verdict: at 5%"
	if n := familyOf(comparisons); n > 1 {
		if by := adjustedBy(comparisons[0].Adjustment); by != "" {
			verdict += fmt.Sprintf(" after %s adjustment over %s", by, plural.Of(n, "comparison"))
		}
	}
	notes := []string{
		"Difference: model minus baseline, on the examples where both were scored. Its 95% interval is not adjusted.",
		verdict + ". Undecided does not mean equal.",
		detectableNote(comparisons),
		"Within: the two models are equivalent within this margin, by two one-sided tests at 5% before adjustment.",
	}
	var lower, neither, methods, even []string
	for _, c := range comparisons {
		view := s.Suite(c.Suite)
		title := s.title(c.Suite, c.Metric)
		if c.Even && !slices.Contains(even, title) {
			even = append(even, title)
		}
		if view.Metric(c.Metric).Direction == metrics.LowerIsBetter && !slices.Contains(lower, title) {
			lower = append(lower, title)
		}
		if view.Metric(c.Metric).Direction == metrics.NeitherIsBetter && !slices.Contains(neither, title) {
			neither = append(neither, title)
		}
		if m := c.Method + " (test: " + c.Test + ")"; c.Interval != nil && !slices.Contains(methods, m) {
			methods = append(methods, m)
		}
	}
	if len(even) > 0 {
		notes = append(notes, "Judged against the baseline itself, so the baseline's value is 0.5 by definition: "+enumerated(even)+".")
	}
	if len(lower) > 0 {
		notes = append(notes, "Lower is better: "+enumerated(lower)+". Higher is better for all others.")
	}
	if len(neither) > 0 {
		notes = append(notes, "Neither direction is better, so a difference is neither a gain nor a loss: "+enumerated(neither)+".")
	}
	if len(methods) > 0 {
		notes = append(notes, "Intervals: "+strings.Join(methods, "; ")+".")
	}
	notes = append(notes, unpairedNotes(s, comparisons)...)
	notes = append(notes, comparedAnswerNotes(s, comparisons)...)
	return append(notes, comparisonWarnings(s, comparisons)...)
}

// detectableNote explains the column of detectable differences.
func detectableNote(comparisons []metrics.Comparison) string {
	note := "Detectable: the smallest true difference that this n detects with 80% power at 5%, before adjustment"
	if n := comparisons[0].Family; n > 1 {
		note += fmt.Sprintf("; in brackets at Bonferroni's level for %s, 5%%/%d", plural.Of(n, "comparison"), n)
	}
	return note + "."
}

// familyOf is how many comparisons these were adjusted over, without those that have no
// pairs.
func familyOf(comparisons []metrics.Comparison) int {
	if n := comparisons[0].Family; n > 0 {
		return n
	}
	return len(slices.DeleteFunc(slices.Clone(comparisons), func(c metrics.Comparison) bool { return c.Interval == nil }))
}

func adjustedBy(name string) string {
	switch name {
	case "holm":
		return "Holm's"
	case "bh":
		return "Benjamini and Hochberg's"
	case "", "none":
		return ""
	}
	return "the " + name
}

// unpairedNotes count what could not be paired, for each cell.
func unpairedNotes(s *Subject, comparisons []metrics.Comparison) []string {
	var all folded
	for _, c := range comparisons {
		if c.Unpaired == [2]int{} {
			continue
		}
		all.add(fmt.Sprintf("Left out: %s scored only for %s, %d only for %s",
			plural.Of(c.Unpaired[0], "example"), c.Baseline, c.Unpaired[1], c.Model), s.cellTitle(c.Suite, c.Metric, c.Condition))
	}
	return all.notes("")
}

func comparisonWarnings(s *Subject, comparisons []metrics.Comparison) []string {
	several := len(pairsOf(comparisons)) > 1
	var all folded
	for _, c := range comparisons {
		row := s.cellTitle(c.Suite, c.Metric, c.Condition)
		if several {
			row += ", " + c.Model
		}
		for _, w := range c.Warnings {
			all.add(w, row)
		}
	}
	return all.notes("Warning: ")
}
