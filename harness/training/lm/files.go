package lm

import (
	"assay/harness"
	"assay/harness/plan"
	"assay/harness/training"
)

// Files are the files that a plan names, where they were found.
type Files struct {
	Sources []harness.Source
	Data    plan.TrainData // the plan's, with paths in place of names
	Prompts []string       // that evaluation draws responses to
	// Init, Reward and Tokenizer are folders; "" if the plan names none.
	Init, Reward, Tokenizer string
}

// Open finds the files of a plan.
func Open(p *plan.Train, find *training.Finder) (*Files, error) {
	f := &Files{Data: p.Data, Prompts: p.Evaluate.Prompts}
	for _, list := range []struct {
		field string
		files *[]string
	}{{"data.text", &f.Data.Text}, {"data.preferences", &f.Data.Preferences}, {"data.demonstrations", &f.Data.Demonstrations}, {"data.validation", &f.Data.Validation}, {"evaluate.prompts", &f.Prompts}} {
		var err error
		if *list.files, err = find.Files(p.Line(list.field), *list.files); err != nil {
			return nil, err
		}
	}
	for _, folder := range []struct {
		field, name string
		to          *string
	}{{"init", p.Init, &f.Init}, {"evaluate.reward_model", p.Evaluate.RewardModel, &f.Reward}, {"tokenizer.path", p.Tokenizer.Path, &f.Tokenizer}} {
		var err error
		if *folder.to, err = find.Checkpoint(p.Line(folder.field), folder.name); err != nil {
			return nil, err
		}
	}
	f.Sources = find.Sources
	return f, nil
}
