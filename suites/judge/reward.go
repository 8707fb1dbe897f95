package judge

import (
	"cmp"
	"context"
	"math"

	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
)

// Reward records a reward model's score of a completion after the example's own prompt,
// without what the model saw above it: a reward model knows prompts as they were labelled,
// without few-shot examples. The score is read where the reward model's training reads it:
// at its own token for the end of a text, even after an answer that was cut off
// (models/readout).
//
// A score is on the reward model's own scale, where only differences have a meaning.
type Reward struct {
	JudgeName string
	MetricSettings
}

// RewardKind is the kind of [Reward]: a reward model's score of prompt and answer.
const RewardKind suites.JudgeKind = "reward"

func rewardKind() Kind {
	return Kind{
		Name: RewardKind, Asks: RewardModel, Settings: []any{MetricSettings{}},
		New: func(name string, s Settings) (suites.Judge, error) { return Reward{name, s.MetricSettings}, nil },
		Metrics: func(s Settings) []metrics.Metric {
			return []metrics.Metric{{Name: Reward{MetricSettings: s.MetricSettings}.Metrics()[0], Title: "Reward model's score", Kind: metrics.Mean, Lo: math.Inf(-1), Hi: math.Inf(1)}}
		},
	}
}

// Name implements [suites.Judge].
func (j Reward) Name() string { return j.JudgeName }

// Metrics implements [suites.Judge].
func (j Reward) Metrics() []string { return []string{cmp.Or(j.Metric, names.RewardScore)} }

// Needs implements [suites.NeedsOf].
func (Reward) Needs() suites.Needs { return suites.Needs{Requests: 1} }

// Judge implements [suites.Judge] with one request, whose answer has one score.
func (j Reward) Judge(ctx context.Context, item suites.Item) ([]metrics.Judgement, error) {
	answer, reason, err := ask(ctx, &item, models.Request{Prompt: item.Example.Input, Choices: []string{item.Completion.Text}})
	if err != nil {
		return nil, err
	}
	if reason == "" && (len(answer.Scores) != 1 || math.IsNaN(answer.Scores[0]) || math.IsInf(answer.Scores[0], 0)) {
		reason = "the reward model gave no number"
	}
	if reason != "" {
		return []metrics.Judgement{suites.NewMissing(item.Completion, j.Metrics()[0], j.JudgeName, reason)}, nil
	}
	return []metrics.Judgement{suites.NewJudgement(item.Completion, j.Metrics()[0], j.JudgeName, answer.Scores[0])}, nil
}
