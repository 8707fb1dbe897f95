package cli

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"assay/harness"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/harness/training"
	"assay/models"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/train"
	"assay/models/train/reward"
)

func newTrainReward(c console) *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:   "reward CONFIG.yaml -o DIR",
		Short: "Learn to foretell labelers' preferences",
		Long: `Train a reward model on comparisons. A configuration:

  init: sft/model
  data: {comparisons: [comparisons.jsonl], validation_share: 0.1, demonstrations: [train.jsonl]}
  batch: 64          # prompts
  folds: 5           # cross-validation over groups of labelers; leave it out for none
  optimizer: {learning_rate: 1e-3}
  evaluate: {every: 20}

A line of comparisons, the lower a rank the better:

  {"prompt": "...", "responses": ["...", "...", "..."], "ranks": [1, 2, 2], "labeler": "ann"}
  {"prompt": "...", "chosen": "...", "rejected": "..."}

or one of hh-rlhf: {"chosen": "\n\nHuman: ...", "rejected": "\n\nHuman: ..."}. DIR/preferences.json
has the accuracy on held-out pairs beside that of a rule of lengths, and the calibration.

Every field: go doc ./harness/plan Reward.`,
		Example: "  assay train reward rm.yaml -o rm",
		Args:    exactly(1, "train reward needs one configuration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTrainReward(cmd.Context(), c, args[0], f)
		},
	}
	f.add(cmd)
	return cmd
}

func runTrainReward(ctx context.Context, c console, path string, f trainFlags) error {
	w := &rewardWiring{trainFolder: f.folder(path), console: c}
	var err error
	if w.plan, err = plan.ReadReward(path); err != nil {
		return err
	}
	d := &w.plan.Data
	for _, names := range [][]string{d.Comparisons, d.Demonstrations, d.Validation} {
		if err := w.files(0, names); err != nil {
			return err
		}
	}
	if err := w.checkpoint(0, &w.plan.Init); err != nil {
		return err
	}
	return w.within(plan.RewardModel, func(cpu *kernels.CPU) error {
		w.cpu = cpu
		return w.run(ctx)
	})
}

// rewardWiring turns a reward model's plan into values.
type rewardWiring struct {
	trainFolder
	console
	plan      *plan.Reward
	cpu       *kernels.CPU
	tokenizer *bpe.Tokenizer
	learnt    []*reward.Comparison
	held      []*reward.Comparison
	parts     []heldFile // of which held is made
	texts     [][]int32  // demonstrations
}

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
	all, err := training.ReadComparisons(p.Data.Comparisons)
	if err != nil {
		return err
	}
	var held []training.Comparison
	for _, path := range p.Data.Validation {
		of, err := training.ReadComparisons([]string{path})
		if err != nil {
			return err
		}
		w.parts = append(w.parts, heldFile{filepath.Base(path), len(held), len(held) + len(of)})
		held = append(held, of...)
	}
	kept := len(all)
	if p.Data.ValidationShare > 0 {
		all, held = training.SplitComparisons(all, p.Data.ValidationShare)
		kept = len(all)
	}
	both := training.EncodeComparisons(w.tokenizer, slices.Concat(all, held)) // clusters over both
	w.learnt, w.held = both[:kept], both[kept:]
	demonstrations, err := training.ReadDemonstrations(w.tokenizer, p.Data.Demonstrations)
	for _, d := range demonstrations {
		w.texts = append(w.texts, d.Tokens)
	}
	return err
}

// run trains, and judges what was trained.
func (w *rewardWiring) run(ctx context.Context) error {
	dir := runstore.Dir(w.trainFolder.out)
	if err := w.read(); err != nil {
		return err
	}
	judged := training.Judged{Model: filepath.Base(filepath.Clean(w.trainFolder.out)), Seed: w.plan.Seed}
	trained, err := w.train(ctx, dir, *w.plan, w.learnt, w.held)
	if err != nil {
		return err
	}
	p, err := training.ReadPreferences(dir)
	if err != nil {
		return err
	}
	if p == nil {
		if judged.Training, err = trained.judge(nil, w.learnt); err != nil {
			return err
		}
		if judged.HeldOut, err = trained.judge(trained, w.held); err != nil {
			return err
		}
		for _, file := range w.parts {
			pairs, err := trained.judge(trained, w.held[file.from:file.to])
			if err != nil {
				return err
			}
			judged.Files = append(judged.Files, training.JudgedFile{Name: file.name, Pairs: pairs})
		}
		if err := w.folds(ctx, &judged); err != nil {
			return err
		}
		p = judged.Preferences()
		if err := training.WritePreferences(dir, p); err != nil {
			return err
		}
	}
	w.conclude(trained.result, p)
	return nil
}

// folds trains a model on all groups of labelers but one, for each of them.
func (w *rewardWiring) folds(ctx context.Context, judged *training.Judged) error {
	groups, err := w.groups()
	if err != nil {
		return err
	}
	for fold := range w.plan.Folds {
		of := func(all []*reward.Comparison, held bool) []*reward.Comparison {
			return slices.DeleteFunc(slices.Clone(all), func(c *reward.Comparison) bool { return (groups[c.Labeler] == fold) != held })
		}
		p := *w.plan
		p.Fold = fold + 1
		dir := runstore.Dir(filepath.Join(w.trainFolder.out, "folds", strconv.Itoa(p.Fold)))
		if err := os.MkdirAll(string(dir), 0o755); err != nil {
			return err
		}
		tests := w.held
		if len(tests) == 0 {
			tests = of(w.learnt, true)
		}
		trained, err := w.train(ctx, dir, p, of(w.learnt, false), of(w.held, false))
		if err != nil {
			return fmt.Errorf("fold %d: %w", p.Fold, err)
		}
		pairs, err := trained.judge(trained, tests)
		if err != nil {
			return err
		}
		for _, pair := range pairs {
			to := &judged.FoldsLearning
			if groups[pair.Labeler] == fold {
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
		return nil, fmt.Errorf("%s: %d folds of %d labelers; write fewer folds, or a labeler in each comparison", w.plan.Path, w.plan.Folds, len(names))
	}
	for i, name := range names {
		groups[name] = i % w.plan.Folds
	}
	return groups, nil
}

// trainedReward is a model that a training has kept.
type trainedReward struct {
	net    *gpt.Model
	set    func([]*reward.Comparison) (*reward.Set, error)
	result *training.Result
}

// judge gives the pairs of comparisons by a learner's rewards; without one by lengths.
func (t *trainedReward) judge(by *trainedReward, comparisons []*reward.Comparison) ([]reward.Pair, error) {
	if len(comparisons) == 0 {
		return nil, nil
	}
	set, err := t.set(comparisons)
	if err != nil {
		return nil, err
	}
	if by == nil {
		return reward.Judge(set, nil)
	}
	return reward.Judge(set, func(b *reward.Batch) ([]float32, error) { return training.RewardsOf(by.net, b) })
}

// train trains a model in a folder, unless it is there, and opens what was kept.
func (w *rewardWiring) train(ctx context.Context, dir runstore.Dir, p plan.Reward, learnt, held []*reward.Comparison) (*trainedReward, error) {
	e := compute.NewEngine(w.cpu)
	net, err := gpt.LoadScalar(e, p.Init, rand.NewPCG(p.Seed, 0x72657761))
	if err != nil {
		return nil, err
	}
	net.SetDropout(p.Dropout)
	config := net.Config()
	if w.tokenizer.Size() > config.Vocab {
		return nil, fmt.Errorf("%s: the tokenizer has %d tokens, the model %d", p.Init, w.tokenizer.Size(), config.Vocab)
	}
	if p.Context = cmp.Or(p.Context, config.Context); p.Context > config.Context {
		return nil, fmt.Errorf("%s: context %d; the model's is %d", p.Path, p.Context, config.Context)
	}
	t := &trainedReward{set: func(c []*reward.Comparison) (*reward.Set, error) {
		return reward.NewSet(c, p.Batch, p.Accumulate, p.Context, w.tokenizer.End(), p.Seed)
	}}
	data, err := t.set(learnt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Path, err)
	}
	o := p.Optimizer
	steps := data.Steps(p.Epochs)
	options := reward.Options{
		Stage: string(plan.RewardModel), Steps: steps, Seed: p.Seed, ScoreEvery: p.Evaluate.Every, Best: p.Evaluate.Best,
		Schedule: train.Schedule{Peak: o.LearningRate, Final: o.Final, Warmup: o.Warmup, Steps: steps},
	}
	if len(held) > 0 {
		if options.Validation, err = t.set(held); err != nil {
			return nil, fmt.Errorf("%s: what is held out: %w", p.Path, err)
		}
	}
	canonical, err := p.Canonical()
	if err != nil {
		return nil, err
	}
	model := &training.RewardModel{Tokenizer: w.tokenizer, Demonstrations: w.texts, Rows: p.Batch}
	model.Net = net
	model.Optimiser = compute.NewAdamW(e, net.Params(), compute.AdamWOptions{
		Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon, Decay: o.Decay, Clip: o.Clip, Average: o.EMA,
	})
	job := &training.Job{
		Plan: harness.Plan{Train: canonical, Sources: w.sources}, Seed: p.Seed, Versions: versionsOn(w.cpu),
		Info: trainedInfo(string(dir), canonical, w.sources, config.Parameters()), Model: model,
		Stage: options.Stage, Steps: steps, Best: options.Best, SaveEvery: cmp.Or(p.SaveEvery, max(1, steps/20)),
	}
	job.Fit = func(ctx context.Context, from train.Progress, report func(models.TrainStep) error) (train.Progress, error) {
		options.Report = report
		return reward.Fit(ctx, model, data, options, from)
	}
	if t.result, err = training.Run(ctx, dir, job, &trainWatch{console: w.console, kind: options.Stage}); err != nil {
		return nil, err
	}
	t.net, err = gpt.Load(e, dir.Path(training.ModelFolder))
	return t, err
}

// conclude says what came of it.
func (w *rewardWiring) conclude(r *training.Result, p *training.Preferences) {
	out := w.console.out
	if r.Nothing {
		fmt.Fprintf(out, "%s: the training is finished\n", w.trainFolder.out)
	} else {
		fmt.Fprintf(out, "%s: %d steps over %d tokens, loss %.4f\n", w.trainFolder.out, r.Last.Step, r.Last.Tokens, r.Last.Loss)
	}
	for _, e := range p.Estimates {
		if e.Interval != nil {
			fmt.Fprintf(out, "  pair accuracy, %s: %.3f [%.3f, %.3f] (%d pairs, %d prompts)\n", e.Condition, e.Point, e.Lo, e.Hi, e.N, e.Clusters)
		}
	}
	if p.Gain != nil && p.Gain.Interval != nil {
		fmt.Fprintf(out, "  more than lengths alone by %+.3f [%+.3f, %+.3f]; calibration error %.3f\n", p.Gain.Point, p.Gain.Lo, p.Gain.Hi, p.Calibration.Error)
	}
	fmt.Fprintf(out, "  the model is in %s\n", filepath.Join(w.trainFolder.out, training.ModelFolder))
}
