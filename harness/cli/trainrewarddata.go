package cli

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"assay/harness/leaf/place"
	"assay/harness/training"
	"assay/models/bpe"
	"assay/models/checkpoint"
	"assay/models/readout"
	"assay/models/train/reward"
)

// heldFile is a file of comparisons that are held out: where they stand in held.
type heldFile struct {
	name     string
	from, to int
}

// read reads tokenizer and data.
func (w *rewardWiring) read() (err error) {
	p := w.plan
	if w.tokenizer, err = bpe.Load(p.Init); err != nil {
		return err
	}
	w.tellTokenizer(p.Init, w.tokenizer)
	if err := w.context(); err != nil {
		return err
	}
	all, err := training.ReadComparisons(p.Data.Comparisons, &w.notes)
	if err != nil {
		return err
	}
	files := [][]training.Comparison{nil} // that are held out
	if p.Data.ValidationShare > 0 {
		n := len(all)
		if all, files[0] = training.SplitComparisons(all, p.Data.ValidationShare); len(files[0]) == 0 {
			return w.at("validation_share", "a share of %v of the prompts of %d comparisons holds out none; write a larger one, or leave it out", p.Data.ValidationShare, n)
		}
	}
	for _, path := range p.Data.Validation {
		of, err := training.ReadComparisons([]string{path}, &w.notes)
		if err != nil {
			return err
		}
		files = append(files, of)
	}
	if err := w.labelled(append(files, all)); err != nil {
		return err
	}
	encode := training.Encoder{Tokenizer: w.tokenizer, Context: p.Context, Long: p.Data.Long, Notes: &w.notes}
	if w.learnt, err = encode.Encode(all); err != nil { // clusters over all
		return err
	}
	for i, file := range files {
		of, err := encode.Encode(file)
		if err != nil {
			return err
		}
		if i > 0 {
			w.parts = append(w.parts, heldFile{filepath.Base(p.Data.Validation[i-1]), len(w.held), len(w.held) + len(of)})
		}
		w.held = append(w.held, of...)
	}
	return w.demonstrations()
}

// at is an error at a field of the plan.
func (w *rewardWiring) at(field, format string, args ...any) error {
	return place.Errorf(w.plan.Path, w.plan.Line(field), format, args...)
}

// context is how long rows are: what the plan says, or the model's.
func (w *rewardWiring) context() error {
	c, err := checkpoint.Load(w.plan.Init)
	if err != nil {
		return err
	}
	most := c.Config.Context
	if err := c.Close(); err != nil {
		return err
	}
	if w.plan.Context = cmp.Or(w.plan.Context, most); w.plan.Context > most {
		return w.at("context", "context %d; the model's is %d", w.plan.Context, most)
	}
	if w.plan.Context < 2 {
		return w.at("init", "a model with a context of %d has no room for a response and its end", most)
	}
	return nil
}

// labelled wants a labeler of each comparison where folds are groups of them.
func (w *rewardWiring) labelled(lists [][]training.Comparison) error {
	if w.plan.Folds == 0 {
		return nil
	}
	for _, list := range lists {
		for _, c := range list {
			if c.Labeler == "" {
				return c.Place.Errorf("no labeler, and folds: %d are groups of labelers; write \"labeler\": \"...\" in each comparison, or leave folds out (%s:%d)", w.plan.Folds, w.plan.Path, w.plan.Line("folds"))
			}
		}
	}
	return nil
}

// demonstrations are what gets rewards of mean 0, as the model reads them.
func (w *rewardWiring) demonstrations() error {
	p := w.plan
	all, err := training.ReadDemonstrations(p.Data.Demonstrations, &w.notes)
	if err != nil {
		return err
	}
	if len(all) == 0 && len(p.Data.Demonstrations) > 0 {
		return w.at("demonstrations", "no demonstrations in it; name a file that has some, or leave it out")
	}
	for _, d := range all {
		prompt, said := w.tokenizer.AppendEncode(slices.Clone(w.tokenizer.Prefix()), d.Prompt), w.tokenizer.AppendContinuation(nil, d.Completion)
		if len(prompt)+len(said) >= p.Context {
			w.notes.Count(fmt.Sprintf("demonstrations longer than %d tokens, cut as comparisons are", p.Context), d.Place)
		}
		w.texts = append(w.texts, readout.Row(prompt, said, w.tokenizer.End(), p.Context))
	}
	return nil
}

// set is comparisons to be drawn.
func (w *rewardWiring) set(of []*reward.Comparison) (*reward.Set, error) {
	p := w.plan
	return reward.NewSet(of, p.Batch, p.Accumulate, p.Context, w.tokenizer.End(), p.Seed)
}

// check looks at all that is learnt from and judged by, so that nothing of it fails when
// the training is done.
func (w *rewardWiring) check() error {
	p := w.plan
	has := func(field, what string, of []*reward.Comparison) error {
		if _, err := w.set(of); err != nil {
			return w.at(field, "%s: %w", what, err)
		}
		return nil
	}
	if err := has("comparisons", "what is learnt from", w.learnt); err != nil {
		return err
	}
	for _, file := range w.parts {
		if err := has("validation", file.name, w.held[file.from:file.to]); err != nil {
			return err
		}
	}
	if p.Data.ValidationShare > 0 {
		if err := has("validation_share", "what is held out", w.held); err != nil {
			return err
		}
	}
	folds, err := w.split()
	if err != nil {
		return err
	}
	for i, fold := range folds {
		name := fmt.Sprintf("fold %d of %d", i+1, len(folds))
		if err := cmp.Or(has("folds", name+" learns from", fold.learnt), has("folds", name+" is tested on", fold.tests)); err != nil {
			return err
		}
		if len(fold.held) > 0 || p.Evaluate.Best != "" {
			if err := has("folds", name+" chooses its checkpoint by", fold.held); err != nil {
				return err
			}
		}
	}
	return nil
}
