package judge

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"assay/harness"
	"assay/harness/leaf/outfile"
	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/harness/training/network"
	"assay/models"
	"assay/models/bpe"
	"assay/models/checkpoint"
	"assay/models/compute"
	"assay/models/gpt"
	"assay/models/head"
	"assay/models/learned"
	"assay/models/train"
	"assay/models/train/binary"
)

// headed is a language model with a scalar head, its optimiser and its tokenizer: a [training.Model].
type headed struct {
	network.Network
	tokenizer *bpe.Tokenizer
	texts     *learned.Texts
}

var (
	_ training.Model = (*headed)(nil)
	_ binary.Learner = (*headed)(nil)
)

// Accumulate implements [binary.Learner].
func (m *headed) Accumulate(b *binary.Batch, key uint64, loss func(scalars, gradient []float32) float64) error {
	at, slopes := make([]float32, b.Rows), make([]float32, b.Rows)
	_, err := m.Net.Minimise(ends(b), key, func(values, gradient []float32) float64 {
		for r, end := range b.Ends {
			at[r] = values[end]
		}
		sum := loss(at, slopes)
		for r, end := range b.Ends {
			gradient[end] = slopes[r]
		}
		return sum
	})
	return err
}

// Scalars implements [binary.Learner].
func (m *headed) Scalars(b *binary.Batch) (scalars []float32, err error) {
	m.Averaged(func() {
		var values []float32
		if values, err = m.Net.Scalars(ends(b)); err != nil {
			return
		}
		for _, end := range b.Ends {
			scalars = append(scalars, values[end])
		}
		if at := checkpoint.NonFinite(scalars); at >= 0 {
			err = fmt.Errorf("the scalar of text %d is %v, no finite number: the training has diverged; lower the learning rate", at+1, scalars[at])
		}
	})
	return scalars, err
}

// ends requests numbers only at the rows' ends.
func ends(b *binary.Batch) gpt.Batch {
	targets := make([]int32, len(b.Tokens))
	for i := range targets {
		targets[i] = -1
	}
	for _, end := range b.Ends {
		targets[end] = 0
	}
	return gpt.Batch{Tokens: b.Tokens, Targets: targets, Rows: b.Rows, Time: b.Time}
}

// Save implements [training.Model]: the record of learned texts, and the checkpoint last.
func (m *headed) Save(dir string) error {
	if _, err := outfile.MkdirAll(dir); err != nil {
		return err
	}
	if err := m.texts.Write(dir); err != nil {
		return err
	}
	return m.Network.Save(dir, m.tokenizer)
}

// readBase reads the tokenizer of the language model, and the length of rows.
func (t *Training) readBase() (err error) {
	if t.tokenizer, err = bpe.Load(t.files.Base); err != nil {
		return err
	}
	t.notes.Tokenizer(t.files.Base, t.tokenizer)
	config, err := network.Config(t.files.Base)
	if err != nil {
		return err
	}
	if vocab := config.VocabSize; t.tokenizer.Size() > vocab {
		return fmt.Errorf("%s: the tokenizer has %s, the model %d; name a model with its own tokenizer", t.files.Base, plural.Of(t.tokenizer.Size(), "token"), vocab)
	}
	if t.context = cmp.Or(t.plan.MaxLength, config.MaxPositionEmbeddings); t.context > config.MaxPositionEmbeddings {
		return place.Errorf(t.plan.Path, t.plan.Line("max_length"), "max_length is %d, but the model's context length is %d; write a smaller one", t.context, config.MaxPositionEmbeddings)
	}
	if t.context < 2 {
		return place.Errorf(t.plan.Path, t.plan.Line("base"), "a model with a context of %d has no room for a text and its end; name another", config.MaxPositionEmbeddings)
	}
	return nil
}

// examples are rows as tokens.
func (t *Training) examples(of func(*source) []Row) []*binary.Example {
	var all []*binary.Example
	for i := range t.sources {
		for _, r := range of(&t.sources[i]) {
			all = append(all, &binary.Example{Tokens: head.Tokens(t.tokenizer, r.Text, t.context), Label: r.Label})
		}
	}
	return all
}

// Job is the training of a language model with a scalar head.
func (t *Training) Job() (*training.Job, error) {
	p := t.plan
	set := func(all []*binary.Example) (*binary.Set, error) {
		return binary.NewSet(all, p.BatchSize, p.GradientAccumulationSteps, t.context, p.Seed)
	}
	batches, err := set(t.examples(func(s *source) []Row { return s.learn }))
	if err != nil {
		return nil, place.At(p.Path, p.Line("data.files"), err)
	}
	held, err := set(t.examples(func(s *source) []Row { return s.calibrate }))
	if err != nil {
		return nil, place.At(p.Path, p.Line("data.files"), err)
	}
	model, err := t.network()
	if err != nil {
		return nil, err
	}
	steps := batches.Steps(p.NumTrainEpochs)
	o := binary.Options{
		Stage: string(plan.JudgeKind), Steps: steps, Seed: p.Seed, Validation: held, Best: binary.ValidationLoss,
		Evaluations: train.Evaluations{EpochEnds: batches.EpochEnds(steps)},
		Schedule:    train.Schedule{Peak: p.Optimizer.LearningRate, Final: p.Optimizer.MinLR, Warmup: p.Optimizer.WarmupSteps, Steps: steps},
	}
	recorded := *p
	recorded.MaxLength = t.context
	canonical, err := recorded.Canonical()
	if err != nil {
		return nil, err
	}
	job := training.NewJob(t.folder.Dir, t.folder.CPU, harness.Plan{Train: canonical, Sources: t.learnedFrom()}, model.Net.Config().Parameters())
	job.Seed, job.Model, job.Stage, job.Steps, job.Best = p.Seed, model, o.Stage, steps, o.Best
	job.SaveEvery, job.Notes, job.Counted = cmp.Or(p.SaveSteps, max(1, steps/20)), t.notes.Lines(), t.notes.Counted()
	job.Fit = func(ctx context.Context, from train.Progress, report func(models.TrainStep) error) (train.Progress, error) {
		o.Report = report
		return binary.Fit(ctx, model, batches, o, from)
	}
	job.Cost = t.cost(model, batches, o)
	return job, model.Net.Reserve(true, gpt.Shape(batches.Largest(steps)))
}

// network gives the language model a scalar head, and an optimiser.
func (t *Training) network() (*headed, error) {
	p, dir := t.plan, t.files.Base
	architecture, err := network.Config(dir)
	if err != nil {
		return nil, err
	}
	if err := training.CheckWeights(p.Path, p.Line("base"), architecture.Parameters(), network.Copies(p.Optimizer)); err != nil {
		return nil, err
	}
	e := compute.NewEngine(t.folder.CPU)
	net, err := gpt.LoadScalar(e, dir, rand.NewPCG(p.Seed, 0x6a756467))
	if err != nil {
		return nil, err
	}
	net.SetDropout(p.Dropout, p.Dropout)
	return &headed{network.New(e, net, p.Optimizer), t.tokenizer, t.learned()}, nil
}

// cost is what the training takes.
func (t *Training) cost(model *headed, batches *binary.Set, o binary.Options) *training.Cost {
	p, net := t.plan, model.Net
	largest, held := batches.Largest(o.Steps), o.Validation
	return &training.Cost{
		Parameters: net.Config().Parameters(), Rows: p.BatchSize, Accumulate: p.GradientAccumulationSteps, Plan: p.Path, Line: p.Line("batch_size"),
		Copies: network.Copies(p.Optimizer) - 1, Trainings: 1,
		Data:   fmt.Sprintf("%s texts to learn from, %s to calibrate on", training.Count(len(batches.All)), training.Count(len(held.All))),
		Batch:  fmt.Sprintf("%s of up to %s", plural.Of(p.BatchSize*p.GradientAccumulationSteps, "text"), plural.Of(largest.Time, "token")),
		Remedy: "write a smaller max_length, or take a smaller model",
		Memory: func(parts int) (int64, error) {
			work, err := network.PassBytes(network.Pass{Net: net, Trains: true, Size: largest.Part(parts)}, network.Pass{Net: net, Size: held.LargestCovered().Part(parts)})
			return network.Bytes(net, 3) + work, err
		},
		Try: func(ctx context.Context, report func(models.TrainStep) error) error {
			few := o
			few.Validation, few.Report = nil, report
			_, err := binary.Fit(ctx, model, batches, few, train.Progress{})
			return err
		},
		Scores: o.Count(o.Steps),
		Score: func() (time.Duration, error) {
			return training.TimeScores(len(held.All), func(done func(int) error) error {
				return held.Cover(func(b *binary.Batch) error {
					if _, err := model.Scalars(b); err != nil {
						return err
					}
					return done(b.Rows)
				})
			})
		},
	}
}
