package judge

import (
	"cmp"

	"assay/harness"
	"assay/harness/plan"
	"assay/harness/training"
)

// Files are the files that a plan names, where they were found.
type Files struct {
	Sources    []harness.Source
	Data       []string
	References []string
	Base       string // folder of the language model to begin with; "" for none
	Evaluate   []string
	Terms      string

	measuring int // how many of Sources only measure; they come last
}

// Open finds the files of a plan. A file to learn from can't be one to measure by.
func Open(p *plan.TrainedJudge, find *training.Finder) (*Files, error) {
	f := &Files{}
	var errs [5]error
	f.Data, errs[0] = find.Files(p.Line("data.files"), p.Data.Files)
	f.References, errs[1] = find.Files(p.Line("data.references"), p.Data.References)
	f.Base, errs[4] = find.Checkpoint(p.Line("base"), p.Base)
	learned := len(find.Sources)
	f.Evaluate, errs[2] = find.Files(p.Line("evaluate.files"), p.Evaluate.Files)
	if p.Evaluate.Terms != "" {
		var terms []string
		terms, errs[3] = find.Files(p.Line("evaluate.terms"), []string{p.Evaluate.Terms})
		f.Terms = cmp.Or(append(terms, "")...)
	}
	f.Sources = find.Sources
	f.measuring = len(f.Sources) - learned
	return f, cmp.Or(errs[:]...)
}
