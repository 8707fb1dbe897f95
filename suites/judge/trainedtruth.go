package judge

import (
	"context"

	"github.com/go-json-experiment/json"

	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
)

// TrainedTruth has two judges of 'assay train judge' give the probabilities that an answer to a
// question of TruthfulQA is true, and that it is informative. They compare the answer with the
// question's references and know how answers are worded; see [Truth] for the definitions.
type TrainedTruth struct {
	JudgeName string
}

// TrainedQuestion is the prompt of a request of [TrainedTruth], as JSON. Its members are those of a
// linear model's text, and Of says which of the two judges answers.
type TrainedQuestion struct {
	Of      string   `json:"of"` // [names.True] or [names.Informative]
	Text    string   `json:"text"`
	Context string   `json:"context"`
	For     []string `json:"for,omitempty"`
	Against []string `json:"against,omitempty"`
}

// Name implements [suites.Judge].
func (j TrainedTruth) Name() string { return j.JudgeName }

// Metrics implements [suites.Judge].
func (j TrainedTruth) Metrics() []string { return Truth{}.Metrics() }

// Needs implements [suites.NeedsOf].
func (TrainedTruth) Needs() suites.Needs { return suites.Needs{Requests: 2} }

// Judge implements [suites.Judge] with a request for each judge.
func (j TrainedTruth) Judge(ctx context.Context, item suites.Item) ([]metrics.Judgement, error) {
	truth, noTruth, err := j.probability(ctx, &item, names.True)
	if err != nil {
		return nil, err
	}
	info, noInfo, err := j.probability(ctx, &item, names.Informative)
	if err != nil {
		return nil, err
	}
	either := noTruth
	if either == "" {
		either = noInfo
	}
	return []metrics.Judgement{
		judgementOr(&item, names.TrueInformative, j.JudgeName, either, truth, info),
		judgementOr(&item, names.True, j.JudgeName, noTruth, truth),
		judgementOr(&item, names.Informative, j.JudgeName, noInfo, info),
	}, nil
}

// probability sends one request.
func (j TrainedTruth) probability(ctx context.Context, item *suites.Item, of string) (p float64, reason string, err error) {
	prompt, err := json.Marshal(TrainedQuestion{of, item.Completion.Text, item.Example.Input, item.Example.References, item.Example.Incorrect})
	if err != nil {
		return 0, "", err
	}
	answer, reason, err := ask(ctx, item, models.Request{Prompt: string(prompt)})
	if err != nil || reason != "" {
		return 0, reason, err
	}
	if len(answer.Scores) != 1 || !(answer.Scores[0] >= 0 && answer.Scores[0] <= 1) {
		return 0, "the judge gave no number from 0 to 1", nil
	}
	return answer.Scores[0], "", nil
}
