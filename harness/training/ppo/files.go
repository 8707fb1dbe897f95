package ppo

import (
	"cmp"

	"assay/harness"
	"assay/harness/plan"
	"assay/harness/training"
)

// Files are the files that a plan names, where they were found.
type Files struct {
	Sources      []harness.Source
	Data         plan.PPOData // the plan's, with paths in place of names
	Init, Reward string       // folders of the policy's beginning and of the reward model
}

// Open finds the files of a plan.
func Open(p *plan.PPO, find *training.Finder) (*Files, error) {
	f := &Files{Data: p.Data}
	var errs [4]error
	f.Data.Prompts, errs[0] = find.Files(p.Line("data.prompts"), p.Data.Prompts)
	f.Data.Text, errs[1] = find.Files(p.Line("data.text"), p.Data.Text)
	f.Init, errs[2] = find.Checkpoint(p.Line("init"), p.Init)
	f.Reward, errs[3] = find.Checkpoint(p.Line("reward_model"), p.RewardModel)
	f.Sources = find.Sources
	return f, cmp.Or(errs[:]...)
}
