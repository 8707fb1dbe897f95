package models

import (
	"errors"
	"fmt"
	"slices"
)

// TrainStep is the record of one optimiser step. It holds nothing that differs between two equal trainings.
type TrainStep struct {
	Stage  string `json:"stage"`  // "pretrain", "sft", "reward"
	Step   int    `json:"step"`   // from 1
	Tokens int64  `json:"tokens"` // tokens that counted in the loss, up to and including this step
	// Loss is the mean over the step's tokens before the update, in nats.
	Loss         float64 `json:"loss"`
	LearningRate float64 `json:"learning_rate"`
	GradientNorm float64 `json:"gradient_norm"` // over all parameters, before clipping
	// Values are other measurements on the step's own batch, before the update.
	Values []TrainScore `json:"values,omitempty"`
	Scores []TrainScore `json:"scores,omitempty"`
	// Epoch is the number of the epoch that this step ends, from 1, in a training that is evaluated by epoch.
	Epoch int `json:"epoch,omitzero"`
	// Samples are some of the texts that the step trained on.
	Samples []TrainSample `json:"samples,omitempty"`
	// Best says that the checkpoint after this step is the best so far by the training's criterion.
	Best bool `json:"best,omitempty"`
}

// TrainScore is a score of the checkpoint after a step, or of its batch.
type TrainScore struct {
	Name  string  `json:"name"` // "validation loss"
	Value float64 `json:"value"`
	N     int     `json:"n"` // tokens or examples that the value is the mean of
}

// The names of scores and values that several packages use. Saved trainings hold them, so
// they never change.
const (
	ScoreReward         = "reward"       // of a reward model, the mean over responses
	ScoreGoldUtility    = "gold utility" // by the small world's gold rules
	ScoreKL             = "KL"           // of the policy from the model that it began as, in nats per response
	ScoreValidationLoss = "validation loss"
	// Validation is the prefix of scores of responses to held-out prompts during PPO.
	Validation              = "validation "
	ScoreValidationReward   = Validation + ScoreReward
	ScoreValidationGold     = Validation + ScoreGoldUtility
	ScoreValidationAccuracy = "validation accuracy"
)

// TrainSample is a text that a policy wrote during its training.
type TrainSample struct {
	Prompt   string   `json:"prompt"`
	Response string   `json:"response"`
	Reward   float64  `json:"reward"`
	Gold     *float64 `json:"gold,omitempty"` // utility, if known
}

// Watched are the values that show whether PPO goes well; the steps of other trainings have none.
func (s *TrainStep) Watched() []TrainScore {
	var out []TrainScore
	for _, name := range []string{ScoreReward, ScoreGoldUtility, ScoreKL} {
		if i := slices.IndexFunc(s.Values, func(v TrainScore) bool { return v.Name == name }); i >= 0 {
			out = append(out, s.Values[i])
		}
	}
	return out
}

// Validate checks the record on its own, without the rest of the training.
func (s *TrainStep) Validate() error {
	switch {
	case s.Stage == "":
		return errors.New("training step without a stage")
	case s.Step < 1:
		return fmt.Errorf("training step %d; steps are counted from 1", s.Step)
	}
	for _, score := range slices.Concat(s.Values, s.Scores) {
		if score.Name == "" {
			return fmt.Errorf("step %d: a score without a name", s.Step)
		}
	}
	return nil
}
