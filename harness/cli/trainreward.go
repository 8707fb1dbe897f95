package cli

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/harness/training"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/train/reward"
)

func newTrainReward(c console) *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:   "reward CONFIG.yaml -o DIR",
		Short: "Train a reward model to predict labeler preferences",
		Long: `Train a reward model on ranked, or chosen and rejected, responses. A configuration:

  init: sft/model
  data: {comparisons: [comparisons.jsonl], validation_share: 0.1, demonstrations: [train.jsonl]}
  batch: 64          # prompts
  folds: 5           # cross-validation over groups of labelers; leave it out for none
  optimizer: {learning_rate: 1e-3}
  evaluate: {every: 20}

Lines of preference data (a lower rank is better):

  {"prompt": "...", "responses": ["...", "...", "..."], "ranks": [1, 2, 2], "labeler": "ann"}
  {"prompt": "...", "chosen": "...", "rejected": "..."}

or, as in hh-rlhf: {"chosen": "\n\nHuman: ...", "rejected": "\n\nHuman: ..."}

DIR/preferences.json has the accuracy on held-out pairs, the accuracy of a rule that
looks only at lengths, and the calibration.

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
		fmt.Fprintf(out, "  better than lengths alone by %+.3f [%+.3f, %+.3f]; calibration error %.3f\n", p.Gain.Point, p.Gain.Lo, p.Gain.Hi, p.Calibration.Error)
	}
	fmt.Fprintf(out, "  the model is in %s\n", filepath.Join(w.trainFolder.out, training.ModelFolder))
}
