package judge

import (
	"fmt"
	"strings"

	"assay/harness/plan"
)

// known is what a judge's reports say about it: what it was trained on, what was measured, and where
// such a judge fails.
func (t *Training) known(e *Evaluation) string {
	var names []string
	for _, s := range t.sources {
		names = append(names, s.name)
	}
	var b strings.Builder
	what, fails := "A linear model over parts of words", weaknesses[t.plan.Kind]
	if t.plan.Base != "" {
		what, fails = "A small language model with a scalar head", headWeakness
	}
	fmt.Fprintf(&b, "%s, trained on %s.", what, strings.Join(names, " and "))
	for _, m := range e.Test {
		fmt.Fprintf(&b, " On texts held out of %s: %s.", m.Name, m.short())
	}
	for _, m := range e.Files {
		fmt.Fprintf(&b, " On %s: %s.", m.Name, m.short())
	}
	b.WriteString(" " + fails)
	return b.String()
}

// short is a file's measurements in a few words.
func (m *Measured) short() string {
	var said []string
	if m.AUC != nil {
		said = append(said, fmt.Sprintf("AUC %.3f", *m.AUC))
	}
	said = append(said, fmt.Sprintf("accuracy %.3f (the more frequent label alone: %.3f)", m.Estimate(Accuracy).Point, m.Majority))
	if m.Terms != nil {
		rates := m.Terms.Over(func(t *Term) *float64 { return t.FalsePositives })
		said = append(said, fmt.Sprintf("of harmless texts it flags %.0f%% on average, and between %.0f%% and %.0f%% by the group of people that a text names", 100*m.Terms.FalsePositives, 100*rates.Least, 100*rates.Most))
	}
	return strings.Join(said, ", ")
}

// headWeakness is what a judge can't do whose language model is small.
const headWeakness = "It knows no facts, and no more of language than its language model has learned. It sees the end of a long context, and a long text without its end."

// weaknesses are what a model that knows only words can't do.
var weaknesses = map[plan.JudgeTask]string{
	plan.TaskToxicity:    "It knows words, not what a text says: it misses attacks without rude words, and it flags quotations, denials and plain mentions of groups of people.",
	plan.TaskTruth:       "It knows no facts: it compares words with references, and knows how true answers are usually worded.",
	plan.TaskInformative: "It knows how evasive answers are usually worded, not what a question needs.",
	plan.TaskSupport:     "It compares words with those of the context, and knows no synonyms, numbers or negations.",
}
