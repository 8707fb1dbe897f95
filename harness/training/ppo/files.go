package ppo

import (
	"cmp"
	"slices"
	"strings"

	"assay/harness"
	"assay/harness/leaf/place"
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
	// Judge is the folder of the reward model of evaluation, and Prompts are its prompts.
	Judge   string
	Prompts []string
}

// Open finds the files of a plan.
func Open(p *plan.PPO, find *training.Finder) (*Files, error) {
	f := &Files{Data: p.Data}
	var errs [8]error
	f.Data.Prompts, errs[0] = find.Files(p.Line("data.prompts"), p.Data.Prompts)
	f.Data.Text, errs[1] = find.Files(p.Line("data.text"), p.Data.Text)
	f.Init, errs[2] = find.Checkpoint(p.Line("init"), p.Init)
	before := len(find.Sources)
	f.Reward, errs[3] = find.Checkpoint(p.Line("reward_model"), p.RewardModel)
	trains := find.Sources[before:]
	f.Reference, errs[4] = find.Checkpoint(p.Line("reference"), p.Reference)
	f.Value, errs[5] = find.Checkpoint(p.Line("value_model"), p.ValueModel)
	f.Prompts, errs[6] = find.Files(p.Line("evaluate.prompts"), p.Evaluate.Prompts)
	before = len(find.Sources)
	f.Judge, errs[7] = find.Checkpoint(p.Line("evaluate.reward_model"), p.Evaluate.RewardModel)
	f.Sources = find.Sources
	if err := cmp.Or(errs[:]...); err != nil {
		return nil, err
	}
	if weights := weightsIn(find.Sources[before:]); len(weights) > 0 && slices.Equal(weights, weightsIn(trains)) {
		return nil, place.Errorf(p.Path, p.Line("evaluate.reward_model"),
			"evaluate's reward_model is %s, whose weights train the policy: the policy learns to exploit this model's errors, so it can't choose when to stop; train another one on other comparisons", f.Judge)
	}
	return f, nil
}

// weightsIn are the hashes of the weights among a checkpoint's files.
func weightsIn(files []harness.Source) []string {
	var hashes []string
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".safetensors") {
			hashes = append(hashes, f.SHA256)
		}
	}
	return hashes
}
