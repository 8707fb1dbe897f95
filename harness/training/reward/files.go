package reward

import (
	"cmp"

	"assay/harness"
	"assay/harness/plan"
	"assay/harness/training"
)

// Files are the files that a plan names, where they were found.
type Files struct {
	Sources []harness.Source
	Data    plan.RewardData // the plan's, with paths in place of names
	Init    string          // folder of the language model to begin with
}

// Open finds the files of a plan.
func Open(p *plan.Reward, find *training.Finder) (*Files, error) {
	f := &Files{Data: p.Data}
	var errs [4]error
	f.Data.Preferences, errs[0] = find.Files(p.Line("data.preferences"), p.Data.Preferences)
	f.Data.Demonstrations, errs[1] = find.Files(p.Line("data.demonstrations"), p.Data.Demonstrations)
	f.Data.Validation, errs[2] = find.Files(p.Line("data.validation"), p.Data.Validation)
	f.Init, errs[3] = find.Checkpoint(p.Line("init"), p.Init)
	f.Sources = find.Sources
	return f, cmp.Or(errs[:]...)
}
