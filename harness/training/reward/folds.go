package reward

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/harness/training"
	"assay/models/train/reward"
)

// fold is the data of one training: all of it, or in a cross-validation that of all groups of
// labelers but one.
type fold struct {
	number              int // from 1; 0 is all data
	learnt, held, tests []*reward.Preference
}

// all is the data of the training itself.
func (t *Training) all() fold { return fold{learnt: t.learnt, held: t.held} }

// folds splits the preferences into the folds of the cross-validation.
func (t *Training) folds() ([]fold, error) {
	groups, err := t.groups()
	if err != nil {
		return nil, err
	}
	var folds []fold
	for n := range t.plan.Folds {
		of := func(all []*reward.Preference, held bool) []*reward.Preference {
			return slices.DeleteFunc(slices.Clone(all), func(p *reward.Preference) bool { return (groups[p.Labeler] == n) != held })
		}
		f := fold{number: n + 1, learnt: of(t.learnt, false), held: of(t.held, false), tests: t.held}
		if len(f.tests) == 0 {
			f.tests = of(t.learnt, true)
		}
		folds = append(folds, f)
	}
	return folds, nil
}

// crossValidate trains a model on each fold, and judges the pairs of labelers that it has
// not learnt from apart from those of the others.
func (t *Training) crossValidate(ctx context.Context, judged *Judged, watch training.Watch) error {
	groups, err := t.groups()
	if err != nil {
		return err
	}
	folds, err := t.folds()
	if err != nil {
		return err
	}
	for n, f := range folds {
		dir := runstore.Dir(filepath.Join(string(t.folder.Dir), "folds", strconv.Itoa(f.number)))
		if _, err := outfile.MkdirAll(string(dir)); err != nil {
			return err
		}
		trained, err := t.train(ctx, dir, f, watch)
		if err != nil {
			return fmt.Errorf("fold %d: %w", f.number, err)
		}
		pairs, err := t.judge(trained.net, f.tests)
		if err != nil {
			return err
		}
		for _, pair := range pairs {
			to := &judged.FoldsLearning
			if groups[pair.Labeler] == n {
				to = &judged.FoldsHeldOut
			}
			*to = append(*to, pair)
		}
	}
	return nil
}

// groups assigns the labelers to the folds, in the order of their names.
func (t *Training) groups() (map[string]int, error) {
	groups := map[string]int{}
	if t.plan.Folds == 0 {
		return groups, nil
	}
	var names []string
	for _, p := range slices.Concat(t.learnt, t.held) {
		names = append(names, p.Labeler)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) < t.plan.Folds {
		return nil, t.at("folds", "%s of %s; write fewer folds, or a labeler in each preference", plural.Of(t.plan.Folds, "fold"), plural.Of(len(names), "labeler"))
	}
	for i, name := range names {
		groups[name] = i % t.plan.Folds
	}
	return groups, nil
}
