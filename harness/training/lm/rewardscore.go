package lm

import (
	"context"

	"assay/harness/plan"
	"assay/harness/training/data"
	"assay/harness/training/heldout"
	"assay/models"
	"assay/models/train"
)

// rewardScore is the score that a reward model gives to the model's own responses: to the
// plan's prompts, or to those of the held-out demonstrations.
func (s *setup) rewardScore() (train.Score, error) {
	p := s.plan
	prompts, err := data.ReadPrompts(s.files.Prompts)
	if err != nil {
		return nil, err
	}
	if len(s.files.Prompts) == 0 {
		for _, d := range s.held {
			prompts = append(prompts, data.Prompt{Text: d.Prompt, Place: d.Place})
		}
	}
	o := heldout.Options{
		CPU: s.folder.CPU, Policy: &s.model.Network, Folder: s.files.Init, Tokenizer: s.model.Tokenizer,
		Reward: s.files.Reward, Prompts: prompts, Response: p.Evaluate.ResponseLength, Overlong: p.Data.Overlong, Notes: &s.notes, Seed: p.Seed,
	}
	if p.Evaluate.Gold == plan.WorldGold {
		o.GoldFiles = s.files.Prompts
	}
	held, err := heldout.New(o)
	if err != nil {
		return nil, s.at("evaluate.reward_model", err)
	}
	if s.scoring, err = held.Bytes(); err != nil {
		return nil, err
	}
	return func(train.Learner) ([]models.TrainScore, error) { return held.Scores(context.Background()) }, nil
}
