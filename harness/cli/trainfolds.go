package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"assay/harness/runstore"
	"assay/harness/training"
	"assay/models/train/reward"
)

// fold is the data of a training on all groups of labelers but one.
type fold struct{ learnt, held, tests []*reward.Comparison }

// split deals the comparisons out to the folds.
func (w *rewardWiring) split() ([]fold, error) {
	groups, err := w.groups()
	if err != nil {
		return nil, err
	}
	var folds []fold
	for n := range w.plan.Folds {
		of := func(all []*reward.Comparison, held bool) []*reward.Comparison {
			return slices.DeleteFunc(slices.Clone(all), func(c *reward.Comparison) bool { return (groups[c.Labeler] == n) != held })
		}
		f := fold{learnt: of(w.learnt, false), held: of(w.held, false), tests: w.held}
		if len(f.tests) == 0 {
			f.tests = of(w.learnt, true)
		}
		folds = append(folds, f)
	}
	return folds, nil
}

// folds trains a model on all groups of labelers but one, for each of them.
func (w *rewardWiring) folds(ctx context.Context, judged *training.Judged) error {
	groups, err := w.groups()
	if err != nil {
		return err
	}
	folds, err := w.split()
	if err != nil {
		return err
	}
	for n, fold := range folds {
		p := *w.plan
		p.Fold = n + 1
		dir := runstore.Dir(filepath.Join(w.trainFolder.out, "folds", strconv.Itoa(p.Fold)))
		if err := os.MkdirAll(string(dir), 0o755); err != nil {
			return err
		}
		trained, err := w.train(ctx, dir, p, fold.learnt, fold.held)
		if err != nil {
			return fmt.Errorf("fold %d: %w", p.Fold, err)
		}
		pairs, err := trained.judge(trained, fold.tests)
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

// groups deals the labelers out to the folds, in the order of their names.
func (w *rewardWiring) groups() (map[string]int, error) {
	groups := map[string]int{}
	if w.plan.Folds == 0 {
		return groups, nil
	}
	var names []string
	for _, c := range slices.Concat(w.learnt, w.held) {
		names = append(names, c.Labeler)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) < w.plan.Folds {
		return nil, w.at("folds", "%d folds of %d labelers; write fewer folds, or a labeler in each comparison", w.plan.Folds, len(names))
	}
	for i, name := range names {
		groups[name] = i % w.plan.Folds
	}
	return groups, nil
}
