package judge

import (
	"cmp"
	"context"
	"math"

	"assay/harness/leaf/logistic"
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
// A score is on the reward model's own scale, where only differences have a meaning. With
// [RewardSettings.Compares], the difference from the baseline's score also gives win_rate, the
// probability that labelers prefer the completion: the logistic function of the difference, which
// is what reward models are trained to predict (Ouyang et al. 2022, equation 1). Its mean is the win
// rate that the reward model expects. With a metric of the plan's own, that name with _win_rate
// takes its place.
type Reward struct {
	JudgeName string
	RewardSettings
	MetricSettings
}

// RewardSettings are the fields of a reward judge in a plan.
type RewardSettings struct {
	// Whether the scores also give win_rate over the plan's baseline: the probability that labelers prefer the answer.
	Compares bool `json:"win_rate,omitzero"`
}

// RewardKind is the kind of [Reward]: a reward model's score of prompt and answer.
const RewardKind suites.JudgeKind = "reward"

func rewardKind() Kind {
	return Kind{
		Name: RewardKind, Asks: RewardModel, Settings: []any{RewardSettings{}, MetricSettings{}},
		New: func(name string, s Settings) (suites.Judge, error) {
			return Reward{name, s.RewardSettings, s.MetricSettings}, nil
		},
		Metrics: func(s Settings) []metrics.Metric {
			of := Reward{RewardSettings: s.RewardSettings, MetricSettings: s.MetricSettings}.Metrics()
			all := []metrics.Metric{{Name: of[0], Title: "Reward model's score", Kind: metrics.Mean, Lo: math.Inf(-1), Hi: math.Inf(1)}}
			switch {
			case !s.Compares:
			case s.Metric == "":
				all = append(all, preferred(of[1], "Win rate"))
			default:
				all = append(all, preferred(of[1], "Win rate, "+titled(s.Metric)))
			}
			return all
		},
	}
}

// Name implements [suites.Judge].
func (j Reward) Name() string { return j.JudgeName }

// Metrics implements [suites.Judge]: the score and, if it is asked for, the preference.
func (j Reward) Metrics() []string {
	all := []string{cmp.Or(j.Metric, names.RewardScore)}
	switch {
	case !j.Compares:
	case j.Metric == "":
		all = append(all, names.WinRate)
	default:
		all = append(all, j.Metric+"_"+names.WinRate)
	}
	return all
}

// Needs implements [suites.NeedsOf].
func (j Reward) Needs() suites.Needs {
	if j.Compares {
		return suites.Needs{Baseline: suites.WithBaseline, Requests: 2}
	}
	return suites.Needs{Requests: 1}
}

// Absent implements [suites.Absent]: only the preference names the baseline.
func (j Reward) Absent(item suites.Item, reason string) []metrics.Judgement {
	all := []metrics.Judgement{suites.NewMissing(item.Completion, j.Metrics()[0], j.JudgeName, reason)}
	if j.Compares && item.Baseline != nil {
		all = append(all, j.noPreference(&item, reason))
	}
	return all
}

// Judge implements [suites.Judge] with one request for each text, whose answer has one score.
func (j Reward) Judge(ctx context.Context, item suites.Item) ([]metrics.Judgement, error) {
	score, reason, err := scoreOf(ctx, &item, item.Completion.Text)
	switch {
	case err != nil:
		return nil, err
	case reason != "":
		return j.Absent(item, reason), nil
	}
	all := []metrics.Judgement{suites.NewJudgement(item.Completion, j.Metrics()[0], j.JudgeName, score)}
	if !j.Compares || item.Baseline == nil {
		return all, nil
	}
	preference, err := j.preference(ctx, &item, score)
	if err != nil {
		return nil, err
	}
	return append(all, preference), nil
}

// preference compares the completion, which has the score, with the baseline's.
func (j Reward) preference(ctx context.Context, item *suites.Item, score float64) (metrics.Judgement, error) {
	switch {
	case item.Baseline.Missing != "":
		return j.noPreference(item, noBaseline), nil
	case nothingToCompare(item.Baseline, &item.Completion):
		return j.noPreference(item, nothingCompared), nil
	}
	other, reason, err := scoreOf(ctx, item, item.Baseline.Text)
	if err != nil {
		return metrics.Judgement{}, err
	}
	if reason != "" {
		return j.noPreference(item, reason), nil
	}
	out := suites.NewJudgement(item.Completion, j.Metrics()[1], j.JudgeName, logistic.Of(score-other))
	out.Baseline = item.Baseline.Model
	return out, nil
}

func (j Reward) noPreference(item *suites.Item, reason string) metrics.Judgement {
	out := suites.NewMissing(item.Completion, j.Metrics()[1], j.JudgeName, reason)
	out.Baseline = item.Baseline.Model
	return out
}

// scoreOf is the reward model's score of a text after the example's prompt, or the reason why there
// is none.
func scoreOf(ctx context.Context, item *suites.Item, text string) (score float64, reason string, err error) {
	answer, reason, err := ask(ctx, item, models.Request{Prompt: item.Example.Input, Choices: []string{text}})
	switch {
	case err != nil || reason != "":
		return 0, reason, err
	case len(answer.Scores) != 1 || math.IsNaN(answer.Scores[0]) || math.IsInf(answer.Scores[0], 0):
		return 0, "the reward model gave no number", nil
	}
	return answer.Scores[0], "", nil
}
