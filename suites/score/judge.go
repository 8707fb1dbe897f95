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
// scored of an item; nil takes the completion's text and the example's references.
func NewJudge(name string, answer func(*suites.Item) Answer, all ...Metric) suites.Judge {
	if answer == nil {
		answer = func(item *suites.Item) Answer {
			return Answer{Text: item.Completion.Text, References: item.Example.References}
		}
	}
	return judge{name, answer, slices.Clone(all)}
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

// Judge implements [suites.Judge].
func (j judge) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	out := make([]metrics.Judgement, len(j.metrics))
	answer := j.answer(&item)
	for i := range j.metrics {
		m := &j.metrics[i]
		if value, missing := m.Of(&answer); missing != "" {
			out[i] = suites.NewMissing(item.Completion, m.Name, j.name, missing)
		} else {
			out[i] = suites.NewJudgement(item.Completion, m.Name, j.name, value...)
		}
	}
	return out, nil
}
