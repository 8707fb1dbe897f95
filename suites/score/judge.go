package score

import (
	"context"
	"slices"

	"assay/metrics"
	"assay/suites"
)

// judge scores answers with metrics.
type judge struct {
	name    string
	answer  func(*suites.Item) Answer
	metrics []Metric
}

// NewJudge makes a judge of metrics, which must have different names. answer gives what is
// scored of an item, before the metrics extract from its text; nil takes the completion's text,
// log-probabilities and lengths with the example's references and choices.
func NewJudge(name string, answer func(*suites.Item) Answer, all ...Metric) suites.Judge {
	if answer == nil {
		answer = AnswerOf
	}
	return judge{name, answer, slices.Clone(all)}
}

// AnswerOf is an item's answer with the example's references and choices. The correct choices are
// those that equal a reference.
func AnswerOf(item *suites.Item) Answer {
	ex, c := &item.Example, &item.Completion
	a := Answer{Text: c.Text, Found: true, References: ex.References, Field: ex.Field, Choices: ex.Choices, Scores: c.Scores, Lengths: c.Lengths}
	for i, choice := range ex.Choices {
		if slices.Contains(ex.References, choice) {
			a.Correct = append(a.Correct, i)
		}
	}
	return a
}

// Name implements [suites.Judge].
func (j judge) Name() string { return j.name }

// Metrics implements [suites.Judge].
func (j judge) Metrics() []string {
	var names []string
	for i := range j.metrics {
		names = append(names, j.metrics[i].Name)
	}
	return names
}

// Judge implements [suites.Judge]. A judgement has the answer if a part was extracted, and if all
// samples are compared.
func (j judge) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	out := make([]metrics.Judgement, 0, len(j.metrics))
	whole := j.answer(&item)
	for i := range j.metrics {
		m := &j.metrics[i]
		if !m.For(&whole) {
			continue
		}
		answer := whole
		if m.Extract != nil {
			answer.Text, answer.Found = m.Extract.From(whole.Text)
		}
		if value, missing := m.Of(&answer); missing != "" {
			out = append(out, suites.NewMissing(item.Completion, m.Name, j.name, missing))
		} else {
			out = append(out, suites.NewJudgement(item.Completion, m.Name, j.name, value...))
		}
		if m.Extract != nil || m.compares() {
			out[len(out)-1].Answer = answer.Text
		}
	}
	return out, nil
}
