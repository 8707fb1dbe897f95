package ppo

import (
	"cmp"

	"assay/harness"
	"assay/harness/plan"
	"assay/harness/training"
)

// Files are the files that a plan names, where they were found.
type Files struct {
	Sources []harness.Source
	Data    plan.PPOData // the plan's, with paths in place of names
	// Folders of models: the policy's beginning, the reward model, and "" for those that the
	// plan doesn't name.
	Init, Reward, Reference, Value string
}

// Open finds the files of a plan.
func Open(p *plan.PPO, find *training.Finder) (*Files, error) {
	f := &Files{Data: p.Data}
	var errs [6]error
	f.Data.Prompts, errs[0] = find.Files(p.Line("data.prompts"), p.Data.Prompts)
	f.Data.Text, errs[1] = find.Files(p.Line("data.text"), p.Data.Text)
	f.Init, errs[2] = find.Checkpoint(p.Line("init"), p.Init)
	f.Reward, errs[3] = find.Checkpoint(p.Line("reward_model"), p.RewardModel)
	f.Reference, errs[4] = find.Checkpoint(p.Line("reference"), p.Reference)
	f.Value, errs[5] = find.Checkpoint(p.Line("value_model"), p.ValueModel)
	f.Sources = find.Sources
	return f, cmp.Or(errs[:]...)
}
