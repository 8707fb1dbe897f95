package catalog

import (
	"context"

	"assay/metrics"
	"assay/metrics/text"
	"assay/suites"
	"assay/suites/score"
)

// The scopes of the reading suites.
var (
	squadScope = score.Scope{Applies: text.SQuADApplies, Why: "SQuAD's rules drop punctuation and articles", All: true,
		Silent: func(reference string) bool { return blankNoAnswer(reference) == "" }}
	dropScope = score.Scope{Applies: text.DROPApplies, Why: "DROP's rules drop punctuation and articles", All: true}
)

// textJudge scores an answer against the example's references.
type textJudge struct {
	name    string
	metrics []string
	score   func(answer string, references []string) [][]float64 // a value for each metric
	scope   score.Scope
	bare    bool // scores examples without a reference too
}

func (j textJudge) Name() string      { return j.name }
func (j textJudge) Metrics() []string { return j.metrics }

func (j textJudge) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	references := item.Example.References
	if !j.bare && !score.HasText(references) {
		return missingAll(item.Completion, j.metrics, j.name, "the example has no reference"), nil
	}
	if reason := j.scope.Unscorable(item.Completion.Text, references); reason != "" {
		return missingAll(item.Completion, j.metrics, j.name, reason), nil
	}
	values := j.score(item.Completion.Text, j.scope.Scorable(references))
	out := make([]metrics.Judgement, len(j.metrics))
	for i, m := range j.metrics {
		out[i] = suites.NewJudgement(item.Completion, m, j.name, values[i]...)
	}
	return out, nil
}
