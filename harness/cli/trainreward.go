package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"assay/harness"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/harness/training"
	"assay/models"
	"assay/models/bpe"
	"assay/models/checkpoint"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/readout"
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
	p := w.plan
	err = cmp.Or(w.files(p.Line("comparisons"), p.Data.Comparisons), w.files(p.Line("demonstrations"), p.Data.Demonstrations),
		w.files(p.Line("validation"), p.Data.Validation), w.checkpoint(p.Line("init"), &p.Init))
	if err != nil {
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
	return harness.ErrorAt(w.plan.Path, w.plan.Line(field), fmt.Errorf(format, args...))
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

// run trains, and judges what was trained.
func (w *rewardWiring) run(ctx context.Context) error {
	dir := runstore.Dir(w.trainFolder.out)
	if err := w.read(); err != nil {
		return err
	}
	if err := w.check(); err != nil {
		return err
	}
	w.sizes.data = fmt.Sprintf("%s comparisons, %s held out", count(len(w.learnt)), count(len(w.held)))
	if w.dry {
		job, err := w.job(compute.NewEngine(w.cpu), dir, *w.plan, w.learnt, w.held)
		if err != nil {
			return err
		}
		return w.preview(ctx, w.console, job)
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
	job, err := w.job(e, dir, p, learnt, held)
	if err != nil {
		return nil, err
	}
	if err := w.begin(w.console, dir, job); err != nil {
		return nil, err
	}
	t := &trainedReward{set: w.set}
	if t.result, err = training.Run(ctx, dir, job, &trainWatch{console: w.console, kind: job.Stage}); err != nil {
		return nil, err
	}
	runtime.GC() // gradients and moments are done with
	t.net, err = gpt.Load(e, dir.Path(training.ModelFolder))
	return t, err
}

// job puts a training together.
func (w *rewardWiring) job(e *compute.Engine, dir runstore.Dir, p plan.Reward, learnt, held []*reward.Comparison) (*training.Job, error) {
	architecture, err := configOf(p.Init)
	if err != nil {
		return nil, err
	}
	if err := weightsFit(p.Path, w.plan.Line("init"), architecture.Parameters(), copiesOf(p.Optimizer)); err != nil {
		return nil, err
	}
	net, err := gpt.LoadScalar(e, p.Init, rand.NewPCG(p.Seed, 0x72657761))
	if err != nil {
		return nil, err
	}
	net.SetDropout(p.Dropout)
	config := net.Config()
	if w.tokenizer.Size() > config.Vocab {
		return nil, fmt.Errorf("%s: the tokenizer has %d tokens, the model %d", p.Init, w.tokenizer.Size(), config.Vocab)
	}
	data, err := w.set(learnt)
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
		if options.Validation, err = w.set(held); err != nil {
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
	return job, w.costs(model, data, options)
}

// costs are what the training takes.
func (w *rewardWiring) costs(model *training.RewardModel, data *reward.Set, options reward.Options) error {
	p := w.plan
	rows, longest := data.Largest(options.Steps)
	shape := func(rows int) gpt.Shape { return gpt.Shape{Rows: rows, Time: longest, Counted: rows} }
	w.cost = trainCost{
		parameters: model.Net.Config().Parameters(), rows: p.Batch, accumulate: p.Accumulate, path: p.Path, line: p.Line("batch"),
		copies: copiesOf(p.Optimizer) - 1, trainings: 1 + p.Folds,
		batch:  fmt.Sprintf("%d comparisons, rows of up to %d tokens", p.Batch*p.Accumulate, longest),
		remedy: "write a shorter context, or take a smaller model",
		need: func(parts int) (int64, error) {
			passes := []func() (int64, error){foot(model.Net, true, shape((rows+parts-1)/parts))}
			if held := options.Validation; held != nil {
				n, longest := held.LargestCovered()
				passes = append(passes, foot(model.Net, false, gpt.Shape{Rows: (n + parts - 1) / parts, Time: longest, Counted: (n + parts - 1) / parts}))
			}
			work, err := largest(passes...)
			return weights(model.Net, 3) + work, err
		},
		try: func(ctx context.Context, report func(models.TrainStep) error) error {
			few := options
			few.Validation, few.Report = nil, report
			_, err := reward.Fit(ctx, model, data, few, train.Progress{})
			return err
		},
	}
	if held := options.Validation; held != nil {
		w.cost.scores = 1
		if p.Evaluate.Every > 0 {
			w.cost.scores = (options.Steps + p.Evaluate.Every - 1) / p.Evaluate.Every
		}
		w.cost.score = func() (time.Duration, error) { return timedCover(held, model) }
	}
	return model.Net.Reserve(true, shape(rows))
}

// timedCover is how long it takes to measure a set.
func timedCover(s *reward.Set, model *training.RewardModel) (time.Duration, error) {
	const enough = 3 * time.Second
	begun, done := time.Now(), 0
	err := s.Cover(func(b *reward.Batch) error {
		done += len(b.Comparisons)
		if _, err := model.Rewards(b); err != nil {
			return err
		}
		if time.Since(begun) > enough {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return time.Duration(float64(time.Since(begun)) * float64(len(s.All)) / float64(max(done, 1))), err
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
