package reward

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"assay/harness/leaf/plural"
	"assay/harness/training/data"
	"assay/harness/training/network"
	"assay/models/bpe"
	"assay/models/learned"
	"assay/models/readout"
	"assay/models/train/reward"
)

// read reads the tokenizer and all data.
func (t *Training) read() (err error) {
	p := t.plan
	if t.tokenizer, err = bpe.Load(t.files.Init); err != nil {
		return err
	}
	t.notes.Tokenizer(t.files.Init, t.tokenizer)
	if err := t.setContext(); err != nil {
		return err
	}
	all, err := data.ReadPreferences(t.files.Data.Preferences, &t.notes)
	if err != nil {
		return err
	}
	held := [][]data.Preference{nil} // a share of all, then each file of validation
	if p.Data.ValidationSplit > 0 {
		n := len(all)
		if all, held[0] = data.SplitPreferences(all, p.Data.ValidationSplit); len(held[0]) == 0 {
			return t.at("data.validation_split", "validation_split %v of the prompts of %s holds out none; write a larger share, or leave validation_split out", p.Data.ValidationSplit, plural.Of(n, "preference"))
		}
	}
	for _, path := range t.files.Data.Validation {
		of, err := data.ReadPreferences([]string{path}, &t.notes)
		if err != nil {
			return err
		}
		held = append(held, of)
	}
	if p.Data.Limit > 0 {
		var prompts int
		if all, prompts = data.LimitPreferences(all, p.Data.Limit); prompts < p.Data.Limit {
			return t.at("data.limit", "limit is %s, but there are %d to learn from; write a smaller one, or leave it out", plural.Of(p.Data.Limit, "prompt"), prompts)
		}
	}
	t.remember(all)
	if p.Evaluate.MetricForBestModel != "" {
		for _, list := range held {
			t.remember(list)
		}
	}
	if err := t.labelled(append(held, all)); err != nil {
		return err
	}
	if err := t.encode(all, held); err != nil {
		return err
	}
	return t.readDemonstrations()
}

// remember adds the answers of preferences to those that are learned from.
func (t *Training) remember(of []data.Preference) {
	for _, p := range of {
		for _, response := range p.Responses {
			t.learned = append(t.learned, learned.Hash(p.Prompt, response))
		}
	}
}

// encode turns preferences into tokens. One encoder does, so that equal prompts are one
// cluster over everything.
func (t *Training) encode(all []data.Preference, held [][]data.Preference) (err error) {
	encoder := data.Encoder{Tokenizer: t.tokenizer, Context: t.context, Long: t.plan.Data.Overlong, Notes: &t.notes}
	if t.learnt, err = encoder.Encode(all); err != nil {
		return err
	}
	for i, list := range held {
		of, err := encoder.Encode(list)
		if err != nil {
			return err
		}
		if i > 0 {
			name := filepath.Base(t.files.Data.Validation[i-1])
			t.heldFiles = append(t.heldFiles, heldFile{name, len(t.held), len(t.held) + len(of)})
		}
		t.held = append(t.held, of...)
	}
	return nil
}

// setContext sets how long rows are: what the plan says, or the model's context.
func (t *Training) setContext() error {
	config, err := network.Config(t.files.Init)
	if err != nil {
		return err
	}
	if t.context = cmp.Or(t.plan.MaxLength, config.MaxPositionEmbeddings); t.context > config.MaxPositionEmbeddings {
		return t.at("max_length", "max_length is %d, but the model's context length is %d; write a smaller one", t.context, config.MaxPositionEmbeddings)
	}
	if t.context < 2 {
		return t.at("init", "a model with a context of %d has no room for a response and its end", config.MaxPositionEmbeddings)
	}
	return nil
}

// labelled checks that each preference has a labeler if folds are groups of them.
func (t *Training) labelled(lists [][]data.Preference) error {
	if t.plan.Folds == 0 {
		return nil
	}
	for _, list := range lists {
		for _, p := range list {
			if p.Labeler == "" {
				return p.Place.Errorf("no labeler, and folds: %d are groups of labelers; write \"labeler\": \"...\" in each preference, or leave folds out (%s:%d)", t.plan.Folds, t.plan.Path, t.plan.Line("folds"))
			}
		}
	}
	return nil
}

// readDemonstrations reads the texts whose rewards get a mean of 0, as the model reads them.
func (t *Training) readDemonstrations() error {
	all, err := data.ReadDemonstrations(t.files.Data.Demonstrations, &t.notes)
	if err != nil {
		return err
	}
	if len(all) == 0 && len(t.files.Data.Demonstrations) > 0 {
		return t.at("data.demonstrations", "no demonstrations in it; name a file that has some, or leave it out")
	}
	for _, d := range all {
		prompt, completion := t.tokenizer.AppendEncode(slices.Clone(t.tokenizer.Prefix()), d.Prompt), t.tokenizer.AppendContinuation(nil, d.Completion)
		if len(prompt)+len(completion) >= t.context {
			t.notes.Count(fmt.Sprintf("demonstrations longer than %s, cut as preferences are", plural.Of(t.context, "token")), d.Place)
		}
		t.texts = append(t.texts, readout.Row(prompt, completion, t.tokenizer.End(), t.context))
	}
	return nil
}

// set is preferences to be drawn in batches.
func (t *Training) set(of []*reward.Preference) (*reward.Set, error) {
	p := t.plan
	return reward.NewSet(of, p.BatchSize, p.GradientAccumulationSteps, t.context, t.tokenizer.End(), p.Seed)
}

// check looks at everything that is learnt from and evaluated by, so that nothing of it can
// fail after the training.
func (t *Training) check() error {
	p := t.plan
	has := func(field, what string, of []*reward.Preference) error {
		if _, err := t.set(of); err != nil {
			return t.at(field, "%s: %w", what, err)
		}
		return nil
	}
	if err := has("data.preferences", "training data", t.learnt); err != nil {
		return err
	}
	for _, file := range t.heldFiles {
		if err := has("data.validation", file.name, t.held[file.from:file.to]); err != nil {
			return err
		}
	}
	if p.Data.ValidationSplit > 0 {
		if err := has("data.validation_split", "held-out data", t.held); err != nil {
			return err
		}
	}
	folds, err := t.folds()
	if err != nil {
		return err
	}
	for _, f := range folds {
		name := fmt.Sprintf("fold %d of %d", f.number, len(folds))
		if err := cmp.Or(has("folds", name+" learns from", f.learnt), has("folds", name+" is tested on", f.tests)); err != nil {
			return err
		}
		if len(f.held) > 0 || p.Evaluate.MetricForBestModel != "" {
			if err := has("folds", name+" chooses its checkpoint by", f.held); err != nil {
				return err
			}
		}
	}
	return nil
}
