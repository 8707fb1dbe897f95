package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"assay/harness"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/harness/training"
	"assay/models"
	"assay/models/compute"
	"assay/models/gpt"
	"assay/models/train"
	"assay/models/train/reward"
)

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
