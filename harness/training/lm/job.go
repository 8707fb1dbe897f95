package lm

import (
	"cmp"
	"context"
	"fmt"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/harness/training/data"
	"assay/harness/training/network"
	"assay/models"
	"assay/models/gpt"
	"assay/models/train"
)

// setup is a training that is being put together.
type setup struct {
	kind   plan.TrainKind
	plan   *plan.Train
	files  *Files
	folder *training.Folder
	notes  data.Notes

	texts       []string // to pretrain on, and to make a tokenizer from
	preferred   []string // responses to preferences, likewise
	unpreferred []string // those that are held out
	model       *Model
	context     int // of a row, in tokens
	steps       int
	epochEnds   []int // if each epoch is evaluated
	held        []data.Demonstration
	sizes       sizes
	scoring     int64 // bytes that drawing and scoring responses take
}

// New puts a training of a kind together from its plan and the plan's files. It reads all
// data and checks them, and writes token files into the folder. Errors name file and line.
func New(kind plan.TrainKind, p *plan.Train, files *Files, folder *training.Folder) (*training.Job, error) {
	s := &setup{kind: kind, plan: p, files: files, folder: folder, context: p.MaxLength, steps: p.MaxSteps}
	if err := s.open(); err != nil {
		return nil, err
	}
	config := s.model.Net.Config()
	if s.context = cmp.Or(s.context, config.MaxPositionEmbeddings); s.context > config.MaxPositionEmbeddings {
		return nil, s.at("max_length", fmt.Errorf("max_length is %d, but the model's context length is %d; write a smaller one", s.context, config.MaxPositionEmbeddings))
	}
	batches, cover, err := s.learnt()
	if err != nil {
		return nil, err
	}
	o, err := s.options(cover)
	if err != nil {
		return nil, err
	}
	canonical, err := s.recorded().Canonical()
	if err != nil {
		return nil, err
	}
	job := training.NewJob(folder.Dir, folder.CPU, harness.Plan{Train: canonical, Sources: files.Sources}, config.Parameters())
	job.Seed, job.Model, job.Stage, job.Steps, job.Best = p.Seed, s.model, o.Stage, o.Steps, o.Best
	job.SaveEvery = cmp.Or(p.SaveSteps, max(1, s.steps/20))
	job.Cost, job.Notes = s.cost(batches, o, cover), s.notes.Lines()
	job.Counted = s.notes.Counted()
	if err := s.model.Net.Reserve(true, gpt.Shape(s.sizes.learnt)); err != nil {
		return nil, err
	}
	job.Fit = func(ctx context.Context, from train.Progress, report func(models.TrainStep) error) (train.Progress, error) {
		o.Report = report
		return train.Fit(ctx, s.model, batches, o, from)
	}
	return job, nil
}

// at puts an error at a field of the plan, unless it has a place already.
func (s *setup) at(field string, err error) error {
	return place.Within(s.plan.Path, s.plan.Line(field), err)
}

// recorded is the plan as the manifest records it: with the files that were found, and the
// context and steps that the training has.
func (s *setup) recorded() *plan.Train {
	p := *s.plan
	p.Data, p.Init, p.Evaluate.RewardModel, p.Tokenizer.Path = s.files.Data, s.files.Init, s.files.Reward, s.files.Tokenizer
	p.Evaluate.Prompts = s.files.Prompts
	p.MaxLength, p.MaxSteps = s.context, s.steps
	return &p
}

// options are those of the training's loop. What is held out is measured by the validation
// loss, and by a reward model if the plan names one.
func (s *setup) options(cover covering) (o train.Options, err error) {
	p := s.plan
	o = train.Options{
		Stage: string(s.kind), Steps: s.steps, Accumulate: p.GradientAccumulationSteps, Seed: p.Seed,
		Evaluations: train.Evaluations{ScoreEvery: p.Evaluate.EvalSteps, EpochEnds: s.epochEnds},
		Schedule:    train.Schedule{Peak: p.Optimizer.LearningRate, Final: p.Optimizer.MinLR, Warmup: p.Optimizer.WarmupSteps, Steps: s.steps},
	}
	if cover != nil {
		o.Scores = []train.Score{heldOutLoss(cover)}
	}
	if cover != nil || s.files.Reward != "" {
		o.Best, o.Higher = p.Evaluate.MetricForBestModel, p.Evaluate.MetricForBestModel == plan.RewardScore
	}
	if s.files.Reward != "" {
		score, err := s.rewardScore()
		if err != nil {
			return o, err
		}
		o.Scores = append(o.Scores, score)
	}
	if p.Pretraining.PTXCoef > 0 {
		shape := network.MixedIn(p.Pretraining, s.context)
		text, err := data.MixedIn(s.folder, s.model.Tokenizer, s.texts, shape.Rows, shape.Time, p.Seed)
		if err != nil {
			return o, s.at("data", err)
		}
		s.sizes.data += fmt.Sprintf(", %s of text", plural.Of(text.Tokens.Len(), "token"))
		o.Mix, o.MixWeight = text.Batch, p.Pretraining.PTXCoef
	}
	return o, nil
}
