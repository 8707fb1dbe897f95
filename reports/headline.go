package reports

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics"
	metric "assay/metrics/names"
)

// GateHeadline summarises the gates, with their table as details.
func GateHeadline(s *Subject, results []metrics.GateResult, baseline, model string) Headline {
	var parts, lines []string
	worst := metrics.Pass
	for _, v := range []metrics.Verdict{metrics.Pass, metrics.Inconclusive, metrics.Loss, metrics.NotAttempted, metrics.Differs, metrics.Regress} {
		var names []string
		for _, r := range results {
			if r.Verdict == v {
				names = append(names, s.cellTitle(r.Suite, r.Metric, r.Condition))
			}
		}
		if len(names) == 0 {
			continue
		}
		worst = v
		parts = append([]string{verdictCount(v, len(names))}, parts...)
		if v != metrics.Pass {
			lines = append([]string{Capital(string(v)) + ": " + strings.Join(names, "; ")}, lines...)
		}
	}
	for _, r := range results {
		title := s.cellTitle(r.Suite, r.Metric, r.Condition)
		if r.Within {
			lines = append(lines, "Passes with a significant loss within the margin: "+title)
		}
		if r.Unscored == metrics.UnscoredIgnored {
			lines = append(lines, "Unscored answers are ignored: "+title)
		}
	}
	table := GatesTable(s, results)
	if len(results) == 0 {
		return Headline{Model: model, Text: fmt.Sprintf("Gates, %s against %s: none", model, baseline), Word: string(metrics.NotAttempted), Tone: Unsure, Details: &table}
	}
	count, rest, _ := strings.Cut(strings.Join(parts, ", "), " ")
	return Headline{
		Model: model,
		Text:  fmt.Sprintf("Gates, %s against %s: %s of %d %s", model, baseline, count, len(results), rest),
		Word:  string(worst), Tone: gateTone(worst), Lines: lines, Details: &table,
	}
}

// verdictCount counts the gates with a verdict: "1 passes", "2 pass", "1 shows a loss".
func verdictCount(v metrics.Verdict, gates int) string {
	switch {
	case v == metrics.Loss && gates == 1:
		return "1 shows a loss"
	case v == metrics.Loss:
		return fmt.Sprintf("%d show a loss", gates)
	case v == metrics.Inconclusive && gates == 1:
		return "1 is inconclusive"
	case v == metrics.Inconclusive:
		return fmt.Sprintf("%d are inconclusive", gates)
	case v == metrics.NotAttempted && gates == 1:
		return "1 has no scores to compare"
	case v == metrics.NotAttempted:
		return fmt.Sprintf("%d have no scores to compare", gates)
	case v == metrics.Differs && gates == 1:
		return "1 differs"
	case v == metrics.Differs:
		return fmt.Sprintf("%d differ", gates)
	case gates == 1 && (v == metrics.Pass || v == metrics.Regress):
		return fmt.Sprintf("1 %ses", v)
	}
	return fmt.Sprintf("%d %s", gates, v)
}

// ComparisonHeadline summarises the comparisons of one pair of models, with their
// table as details.
func ComparisonHeadline(s *Subject, comparisons []metrics.Comparison, baseline, model string) Headline {
	names := map[metrics.Verdict][]string{}
	unpaired, open := 0, 0
	for _, c := range comparisons {
		if c.Interval == nil && c.N > 0 {
			open++
			continue
		}
		if c.Interval == nil {
			unpaired++
			continue
		}
		names[c.Verdict] = append(names[c.Verdict], s.cellTitle(c.Suite, c.Metric, c.Condition))
	}
	better, worse, differs := names[metrics.Better], names[metrics.Worse], names[metrics.Differs]
	table := ComparisonsTable(s, comparisons)
	if len(comparisons) == 0 {
		return Headline{Model: model, Text: fmt.Sprintf("%s against %s: no common results to compare", model, baseline), Word: "undecided", Tone: Unsure, Details: &table}
	}
	h := Headline{
		Model: model,
		Text:  fmt.Sprintf("%s against %s: better on %d, worse on %d, ", model, baseline, len(better), len(worse)),
		Word:  "undecided", Tone: Unsure, Details: &table,
	}
	if len(differs) > 0 {
		h.Text += fmt.Sprintf("different on %d, ", len(differs))
	}
	h.Text += fmt.Sprintf("undecided on %d of %d", len(names[metrics.Undecided]), len(comparisons)-unpaired-open)
	if unpaired > 0 {
		h.Text += fmt.Sprintf("; not paired on %d", unpaired)
	}
	if open > 0 {
		h.Text += fmt.Sprintf("; no interval on %d", open)
	}
	if n := comparisons[0].Family; n > len(comparisons) {
		h.Text += fmt.Sprintf("; adjusted over the %s of all models", plural.Of(n, "comparison"))
	}
	switch {
	case len(better) > 0 && len(worse) > 0:
		h.Word = "mixed"
	case len(better) > 0:
		h.Word, h.Tone = "better", Good
	case len(worse) > 0:
		h.Word, h.Tone = "worse", Bad
	}
	if len(better) > 0 {
		h.Lines = append(h.Lines, "Better: "+strings.Join(better, "; "))
	}
	if len(worse) > 0 {
		h.Lines = append(h.Lines, "Worse: "+strings.Join(worse, "; "))
	}
	if len(differs) > 0 {
		h.Lines = append(h.Lines, "Differs, where neither direction is better: "+strings.Join(differs, "; "))
	}
	var odd []string
	for _, c := range comparisons {
		if c.AnswersDiffer {
			odd = append(odd, s.cellTitle(c.Suite, c.Metric, c.Condition))
		}
	}
	if len(odd) > 0 {
		h.Lines = append(h.Lines, "Warning: one model has many more cut, empty, filtered or failed answers, and the difference may come from these: "+strings.Join(odd, "; "))
	}
	return h
}

// PreferenceHeadlines says for each model that was judged against an opponent
// whether its interval excludes the suite's value of no difference. A length-controlled win rate stands
// beside its win rate, because a judge that likes long outputs makes the two differ.
func PreferenceHeadlines(s *Subject, estimates []metrics.Estimate) []Headline {
	var out []Headline
	for _, e := range estimates {
		suite := s.Suite(e.Suite)
		m := suite.Metric(e.Metric)
		if m.Even == nil || suite.Plot.Metric != e.Metric || e.Interval == nil || e.Baseline == "" {
			continue
		}
		line := *m.Even
		h := Headline{
			Model: e.Model,
			Text:  fmt.Sprintf("%s of %s over %s: %s, n = %d", withCondition(m.Title, e.Condition), e.Model, e.Baseline, IntervalCell(e.Interval, Decimals(m)).Text, e.N),
			Word:  "undecided", Tone: Unsure,
		}
		switch {
		case m.Turn(e.Lo-line) > 0 && m.Turn(e.Hi-line) > 0:
			h.Word, h.Tone = "better", Good
		case m.Turn(e.Lo-line) < 0 && m.Turn(e.Hi-line) < 0:
			h.Word, h.Tone = "worse", Bad
		}
		if i := slices.IndexFunc(estimates, func(o metrics.Estimate) bool {
			return e.Metric == metric.WinRate && o.Metric == metric.LengthControlled && o.Interval != nil && o.Suite == e.Suite && o.Condition == e.Condition && o.Model == e.Model && o.Baseline == e.Baseline
		}); i >= 0 {
			h.Lines = append(h.Lines, "With outputs of equal length: "+IntervalCell(estimates[i].Interval, Decimals(m)).Text+".")
		}
		if e.Unscored > 0 {
			h.Lines = append(h.Lines, plural.Of(e.Unscored, "judgement")+" without a value.")
		}
		out = append(out, h)
	}
	return out
}

// cellTitle is "SQuAD v2 / F1 (fewshot)".
func (s *Subject) cellTitle(suite, metric, condition string) string {
	return withCondition(s.title(suite, metric), condition)
}

func withCondition(title, condition string) string {
	if condition == "" {
		return title
	}
	return title + " (" + condition + ")"
}

// Capital is a text that begins with a capital letter.
func Capital(s string) string {
	return strings.ToUpper(s[:1]) + s[1:]
}
