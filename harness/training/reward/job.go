package reward

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"assay/harness"
	"assay/harness/leaf/plural"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/harness/training"
	"assay/harness/training/network"
	"assay/models"
	"assay/models/compute"
	"assay/models/gpt"
	"assay/models/learned"
	"assay/models/train"
	"assay/models/train/reward"
)

// Job is the training on all data, without a cross-validation.
func (t *Training) Job() (*training.Job, error) {
	return t.job(compute.NewEngine(t.folder.CPU), t.folder.Dir, t.all())
}

// job puts the training on a fold together, whose folder is dir.
func (t *Training) job(e *compute.Engine, dir runstore.Dir, f fold) (*training.Job, error) {
	p := t.plan
	model, err := t.model(e)
	if err != nil {
		return nil, err
	}
	batches, err := t.set(f.learnt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Path, err)
	}
	steps := batches.Steps(p.NumTrainEpochs)
	o := reward.Options{
		Stage: string(plan.RewardModel), Steps: steps, Seed: p.Seed, Evaluations: train.Evaluations{ScoreEvery: p.Evaluate.EvalSteps}, Best: p.Evaluate.MetricForBestModel,
		Schedule: train.Schedule{Peak: p.Optimizer.LearningRate, Final: p.Optimizer.MinLR, Warmup: p.Optimizer.WarmupSteps, Steps: steps},
	}
	if p.Evaluate.EvalStrategy == plan.EachEpoch {
		o.EpochEnds = batches.EpochEnds(steps)
	}
	if len(f.held) > 0 {
		if o.Validation, err = t.set(f.held); err != nil {
			return nil, fmt.Errorf("%s: what is held out: %w", p.Path, err)
		}
	}
	canonical, err := t.recorded(f.number).Canonical()
	if err != nil {
		return nil, err
	}
	job := training.NewJob(dir, t.folder.CPU, harness.Plan{Train: canonical, Sources: t.files.Sources}, model.Net.Config().Parameters())
	job.Seed, job.Model, job.Stage, job.Steps, job.Best = p.Seed, model, o.Stage, steps, o.Best
	job.SaveEvery, job.Notes = cmp.Or(p.SaveSteps, max(1, steps/20)), t.notes.Lines()
	job.Counted = t.notes.Counted()
	job.Learned = learned.New(t.learned)
	job.Fit = func(ctx context.Context, from train.Progress, report func(models.TrainStep) error) (train.Progress, error) {
		o.Report = report
		return reward.Fit(ctx, model, batches, o, from)
	}
	job.Cost = t.cost(model, batches, o)
	return job, model.Net.Reserve(true, gpt.Shape(batches.Largest(steps)))
}

// recorded is the plan as the manifest records it: with the files that were found, the
// context of the rows, and the number of a cross-validation's fold, which is 0 for all data.
func (t *Training) recorded(fold int) *plan.Reward {
	p := *t.plan
	p.Data, p.Init, p.MaxLength, p.Fold = t.files.Data, t.files.Init, t.context, fold
	return &p
}

// model gives the plan's language model a scalar head, and an optimiser.
func (t *Training) model(e *compute.Engine) (*Model, error) {
	p, dir := t.plan, t.files.Init
	architecture, err := network.Config(dir)
	if err != nil {
		return nil, err
	}
	if err := training.CheckWeights(p.Path, p.Line("init"), architecture.Parameters(), network.Copies(p.Optimizer)); err != nil {
		return nil, err
	}
	net, err := gpt.LoadScalar(e, dir, rand.NewPCG(p.Seed, 0x72657761))
	if err != nil {
		return nil, err
	}
	net.SetDropout(p.Residual(), p.Dropout)
	if vocab := net.Config().VocabSize; t.tokenizer.Size() > vocab {
		return nil, fmt.Errorf("%s: the tokenizer has %s, the model %d", dir, plural.Of(t.tokenizer.Size(), "token"), vocab)
	}
	return &Model{Network: network.New(e, net, p.Optimizer), Tokenizer: t.tokenizer, Demonstrations: t.texts, Rows: p.BatchSize}, nil
}

// cost is what the training takes.
func (t *Training) cost(model *Model, batches *reward.Set, o reward.Options) *training.Cost {
	p, net := t.plan, model.Net
	largest := batches.Largest(o.Steps)
	c := &training.Cost{
		Parameters: net.Config().Parameters(), Rows: p.BatchSize, Accumulate: p.GradientAccumulationSteps, Plan: p.Path, Line: p.Line("batch_size"),
		Copies: network.Copies(p.Optimizer) - 1, Trainings: 1 + p.Folds,
		Data:   fmt.Sprintf("%s preferences, %s held out", training.Count(len(t.learnt)), training.Count(len(t.held))),
		Batch:  fmt.Sprintf("%s with all pairs, rows of up to %s", plural.Of(p.BatchSize*p.GradientAccumulationSteps, "prompt"), plural.Of(largest.Time, "token")),
		Remedy: "write a shorter context, or take a smaller model",
		Memory: func(parts int) (int64, error) {
			passes := []network.Pass{{Net: net, Trains: true, Size: largest.Part(parts)}}
			if o.Validation != nil {
				passes = append(passes, network.Pass{Net: net, Size: o.Validation.LargestCovered().Part(parts)})
			}
			work, err := network.PassBytes(passes...)
			return network.Bytes(net, 3) + work, err
		},
		Try: func(ctx context.Context, report func(models.TrainStep) error) error {
			few := o
			few.Validation, few.Report = nil, report
			_, err := reward.Fit(ctx, model, batches, few, train.Progress{})
			return err
		},
	}
	if held := o.Validation; held != nil {
		c.Scores = o.Count(o.Steps)
		c.Score = func() (time.Duration, error) {
			return training.TimeScores(len(held.All), func(done func(int) error) error {
				return held.Cover(func(b *reward.Batch) error {
					if _, err := model.Rewards(b); err != nil {
						return err
					}
					return done(len(b.Preferences))
				})
			})
		}
	}
	return c
}
