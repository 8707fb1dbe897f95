package cli

import (
	"cmp"
	"context"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/models"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/train"
)

// trainWiring turns a plan of pretraining or fine-tuning into values.
type trainWiring struct {
	trainFolder
	plan *plan.Train
	kind plan.TrainKind
	held []training.Demonstration // of fine-tuning

	drawing int64 // bytes that a reward model's score takes
}

// resolve finds the plan's files and notes what they hold.
func (w *trainWiring) resolve() error {
	d := &w.plan.Data
	for _, list := range []struct {
		field string
		files []string
	}{{"text", d.Text}, {"comparisons", d.Comparisons}, {"demonstrations", d.Demonstrations}, {"validation", d.Validation}} {
		if err := w.files(w.plan.Line(list.field), list.files); err != nil {
			return err
		}
	}
	if err := w.checkpoint(w.plan.Line("init"), &w.plan.Init); err != nil {
		return err
	}
	if err := w.checkpoint(w.plan.Line("reward"), &w.plan.Evaluate.Reward); err != nil {
		return err
	}
	return w.checkpoint(w.plan.Line("folder"), &w.plan.Tokenizer.Folder)
}

// job puts the training together.
func (w *trainWiring) job(cpu *kernels.CPU) (*training.Job, error) {
	p := w.plan
	lm, texts, err := w.model(compute.NewEngine(cpu))
	if err != nil {
		return nil, err
	}
	config := lm.Net.Config()
	if p.Context == 0 {
		p.Context = config.Context
	}
	if p.Context > config.Context {
		return nil, place.Errorf(p.Path, p.Line("context"), "context %d; the model's is %d", p.Context, config.Context)
	}
	data, cover, err := w.learnt(lm.Tokenizer, texts)
	if err != nil {
		return nil, err
	}
	canonical, err := p.Canonical()
	if err != nil {
		return nil, err
	}
	o := train.Options{
		Stage: string(w.kind), Steps: p.Steps, Accumulate: p.Accumulate, Seed: p.Seed, ScoreEvery: p.Evaluate.Every,
		Schedule: train.Schedule{Peak: p.Optimizer.LearningRate, Final: p.Optimizer.Final, Warmup: p.Optimizer.Warmup, Steps: p.Steps},
	}
	if cover != nil {
		o.Scores, o.Best = []train.Score{training.HeldOutLoss(plan.ValidationLoss, cover)}, p.Evaluate.Best
	}
	if p.Evaluate.Reward != "" {
		score, err := w.rewarded(cpu, lm)
		if err != nil {
			return nil, err
		}
		o.Scores = append(o.Scores, score)
	}
	if p.Pretraining.Gamma > 0 {
		if o.Mix, err = w.text(lm.Tokenizer, texts, p.Pretraining, p.Context, p.Seed); err != nil {
			return nil, place.At(p.Path, p.Line("data"), err)
		}
		o.MixWeight = p.Pretraining.Gamma
	}
	job := &training.Job{
		Plan: harness.Plan{Train: canonical, Sources: w.sources}, Seed: p.Seed, Versions: versionsOn(cpu),
		Info: trainedInfo(w.out, canonical, w.sources, config.Parameters()), Model: lm,
		Stage: o.Stage, Steps: o.Steps, Best: o.Best, SaveEvery: cmp.Or(p.SaveEvery, max(1, p.Steps/20)),
	}
	w.costs(lm, data, o, cover)
	if err := lm.Net.Reserve(true, gpt.Shape{Rows: p.Batch, Time: w.sizes.time, Counted: w.sizes.counted}); err != nil {
		return nil, err
	}
	job.Fit = func(ctx context.Context, from train.Progress, report func(models.TrainStep) error) (train.Progress, error) {
		o.Report = report
		return train.Fit(ctx, lm, data, o, from)
	}
	return job, nil
}
