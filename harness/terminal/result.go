package terminal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay/harness"
	"assay/harness/engine"
	"assay/harness/leaf/plural"
	"assay/reports"
	"assay/reports/text"
)

// Counts prints what is in the folder of a run.
func (c Console) Counts(folder string, m *harness.Manifest) {
	fmt.Fprintf(c.Out, "%s: %s\n", folder, plural.Of(len(m.Models), "model"))
	for _, n := range m.Counts {
		fmt.Fprintf(c.Out, "  %-14s %15s %20s %19s", n.Suite, plural.Of(n.Examples, "example"), plural.Of(n.Completions, "completion"), plural.Of(n.Scored, "judgement"))
		if n.Missing > 0 {
			fmt.Fprintf(c.Out, " (%d more without a score)", n.Missing)
		}
		fmt.Fprintln(c.Out)
	}
	for i := range m.Answers {
		if odd := reports.OddAnswers(&m.Answers[i].Answers); odd != "" {
			fmt.Fprintf(c.Out, "  %s, answers of %s: %s\n", m.Answers[i].Suite, m.Answers[i].Model, odd)
		}
	}
}

// Requests prints what came of a session's requests.
func (c Console) Requests(r *engine.Result) {
	if r.Nothing {
		fmt.Fprintf(c.Out, "  nothing to do: the run is finished%s\n", r.Remedy())
		return
	}
	fmt.Fprintf(c.Out, "  %s sent, %s reused", plural.Of(r.Sent, "request"), plural.Of(r.Known, "saved answer"))
	if r.Dropped > 0 {
		fmt.Fprintf(c.Out, ", %d discarded", r.Dropped)
	}
	if r.Failed > 0 {
		fmt.Fprintf(c.Out, ", %d failed", r.Failed)
	}
	if r.Failed > r.Unfit {
		fmt.Fprint(c.Out, " (--retry sends failed requests again)")
	}
	if r.Dollars > 0 {
		fmt.Fprintf(c.Out, ", $%.4f", r.Dollars)
	}
	if r.Total > r.Dollars {
		fmt.Fprintf(c.Out, " ($%.4f with the saved answers)", r.Total)
	}
	fmt.Fprintln(c.Out)
	if r.Unfit > 0 {
		fmt.Fprintf(c.Out, "  %s longer than the model's context, so without an answer; --retry can't change that: run the conditions that fit, or another model\n", plural.Of(r.Unfit, "request"))
	}
	c.Missing("no usable answer to", "request", r.Unanswered)
	c.Missing("missing:", "judgement", r.Missing)
	for _, u := range r.Unread {
		fmt.Fprintf(c.Out, "  %s; --retry asks again\n", u)
	}
}

// Missing prints the commonest reasons for what there is none of, each with its count.
func (c Console) Missing(how, what string, reasons map[string]int) {
	const most = 5
	names := slices.SortedFunc(maps.Keys(reasons), func(a, b string) int { return cmp.Or(reasons[b]-reasons[a], strings.Compare(a, b)) })
	for i, name := range names {
		if i == most {
			fmt.Fprintf(c.Out, "  and %s\n", plural.Of(len(names)-most, "more reason"))
			return
		}
		fmt.Fprintf(c.Out, "  %s %s: %s\n", how, plural.Of(reasons[name], what), text.Clean(name))
	}
}
