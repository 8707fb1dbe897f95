package suites

import (
	"assay/metrics"
	"assay/models"
)

// Suite is a named set of examples with the metrics that summarise the answers.
type Suite struct {
	Name    string // as in records: "truthfulqa"
	Title   string // as in a heading: "TruthfulQA"
	Text    string // a paragraph for the report: what is measured, by whom, and what to be aware of
	Metrics []metrics.Metric
	// Conditions lists the known prompt types in order; others follow by name.
	Conditions []string
	// Clusters is the word for what an example's Cluster is, such as "passage"; "" for none.
	Clusters string
	// Describe derives an example's Cluster, Category and Fields from its input and references,
	// for examples from any source. Nil derives nothing.
	Describe func(ex *Example)
	// Plot says how a figure shows the suite.
	Plot Plot
	// Drawings are further figures.
	Drawings []Drawing
	// Grades is a field of examples with ordered values, such as tenths of a score. If examples
	// have it, a further figure shows the plot's metric by it.
	Grades string
	// SideBySide says that a report lists the answers, those to one prompt next to each other.
	SideBySide bool
	// Judge scores completions without a model. Nil if judgements are recorded by others, or
	// come from a judge that a plan names.
	Judge Judge
	// Judged are the kinds of judges that a plan may name for the suite.
	Judged []JudgeKind
	// Gather computes judgements that need all samples of an example (an expected maximum), from
	// all judgements of one example, model, condition and judge. Nil for none.
	Gather func(samples []metrics.Judgement) []metrics.Judgement
	// Silent says that an answer without text can score well. An empty answer then counts only if
	// the model stopped on its own. See [Suite.Unscored].
	Silent bool
	// Show returns a completion as readers should see it; nil shows its text.
	Show func(ex *Example, c *models.Completion) string
	// Settings are what the suite's own file sets, for comparing runs of it. Nil for a suite that
	// comes with assay.
	Settings []Setting
	// Live is how the suite runs on a model; nil if its outputs can only be imported.
	Live *Live
}

// Setting is a field of a suite's file with its value.
type Setting struct{ Name, Value string }

// Plot says how a figure shows a suite. Suites of one Group share a figure.
type Plot struct {
	Group     string  `json:"group,omitempty"`
	Metric    string  `json:"metric,omitempty"`
	Under     string  `json:"under,omitempty"` // a metric that contains Metric, drawn in grey beneath it
	Mark      Mark    `json:"mark"`
	Reference float64 `json:"reference,omitempty"` // a line at "no difference" or chance; 0 draws none
}

// Mark is the kind of a plot.
type Mark int

const (
	Bars Mark = iota
	Lines
	Dots
)

// marks are the names of marks in manifests.
var marks = []string{"bars", "lines", "dots"}

// MarshalText writes the mark's name.
func (m Mark) MarshalText() ([]byte, error) { return metrics.MarshalName(m, marks) }

// UnmarshalText reads the mark's name.
func (m *Mark) UnmarshalText(name []byte) (err error) {
	*m, err = metrics.UnmarshalName[Mark](name, "mark", marks)
	return err
}

// Metric finds a metric of the suite by name.
func (s *Suite) Metric(name string) (*metrics.Metric, bool) {
	for i := range s.Metrics {
		if s.Metrics[i].Name == name {
			return &s.Metrics[i], true
		}
	}
	return nil, false
}

// NewJudgement is a judgement of a completion, with its key filled in.
func NewJudgement(c models.Completion, metric, judge string, value ...float64) metrics.Judgement {
	return metrics.Judgement{
		Suite: c.Suite, Example: c.Example, Condition: c.Condition, Model: c.Model, Sample: c.Sample,
		Metric: metric, Judge: judge, Value: value,
	}
}

// NewMissing is a judgement that could not be made, with the reason.
func NewMissing(c models.Completion, metric, judge, reason string) metrics.Judgement {
	j := NewJudgement(c, metric, judge)
	j.Missing = reason
	return j
}
