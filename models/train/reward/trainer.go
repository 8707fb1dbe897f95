package reward

import (
	"context"
	"fmt"

	"assay/harness/leaf/seed"
	"assay/models"
	"assay/models/train"
	"assay/models/train/rl"
)

// Learner is a reward model that can be trained. It is not safe for concurrent use.
type Learner interface {
	// Accumulate adds the gradients of a loss. loss is called with the rewards of the batch's
	// rows and a gradient of zeros, which it sets to its derivatives. Dropout is drawn from
	// key.
	Accumulate(b *Batch, key uint64, loss func(rewards, gradient []float32) float64) error
	// Update clips the gradients, takes one step of the optimiser and zeroes them. It
	// returns their global norm before clipping.
	Update(learningRate float64) (norm float64, err error)
	// Rewards returns those of the batch's rows, without dropout and without gradients.
	Rewards(b *Batch) ([]float32, error)
}

// Options say how [Fit] trains.
type Options struct {
	Stage      string
	Steps      int
	Schedule   train.Schedule
	Seed       uint64 // of dropout
	Validation *Set   // nil measures nothing
	train.Evaluations
	Best   string // the score that chooses the best checkpoint; "" chooses none
	Report func(models.TrainStep) error
}

// Names of what is measured: Accuracy over the pairs of a step's own batches before the
// update, the others over everything held out after it.
const (
	Accuracy           = "accuracy"
	ValidationLoss     = models.ScoreValidationLoss
	ValidationAccuracy = models.ScoreValidationAccuracy
)

// Fit minimises the mean of [rl.Ranking]'s loss over prompts, from a point of progress to the
// last step or the end of the context, as [train.Fit] does for text. A step's tokens are those
// of its rows.
func Fit(ctx context.Context, l Learner, data *Set, o Options, from train.Progress) (train.Progress, error) {
	at := from
	for step := from.Step + 1; step <= o.Steps; step++ {
		if err := ctx.Err(); err != nil {
			return at, err
		}
		record, err := o.step(l, data, step)
		if scored, epoch := o.At(step, o.Steps); err == nil && o.Validation != nil && scored {
			record.Epoch = epoch
			err = o.score(l, &record, &at)
		}
		if err != nil {
			return at, fmt.Errorf("step %d: %w", step, err)
		}
		at.Tokens += record.Tokens
		record.Tokens, at.Step = at.Tokens, step
		if o.Report != nil {
			if err := o.Report(record); err != nil {
				return at, err
			}
		}
	}
	return at, nil
}

// step takes one step of the optimiser. The record's tokens are those of the step.
func (o *Options) step(l Learner, data *Set, step int) (models.TrainStep, error) {
	r := models.TrainStep{Stage: o.Stage, Step: step, LearningRate: o.Schedule.At(step)}
	share := 1 / float64(data.Rows*data.Parts)
	var all rl.Ranked
	for part := range data.Parts {
		b := data.Batch(step, part)
		r.Tokens += b.Length()
		err := l.Accumulate(b, seed.At(o.Seed, step, part), func(rewards, gradient []float32) float64 {
			got := rank(b, rewards, share, gradient)
			all.Loss += share * got.Loss
			all.Pairs += got.Pairs
			all.Right += got.Right
			return share * got.Loss
		})
		if err != nil {
			return r, err
		}
	}
	r.Loss = all.Loss
	r.Values = []models.TrainScore{{Name: Accuracy, Value: all.Right / float64(all.Pairs), N: all.Pairs}}
	if err := train.FiniteLoss(r.Loss); err != nil {
		return r, err
	}
	var err error
	r.GradientNorm, err = l.Update(r.LearningRate)
	return r, err
}

// rank adds up the losses of a batch's preferences.
func rank(b *Batch, rewards []float32, scale float64, gradient []float32) rl.Ranked {
	var all rl.Ranked
	from := 0
	for _, c := range b.Preferences {
		to := from + len(c.Responses)
		got := rl.Ranking(rewards[from:to], c.Ranks, scale, gradient[from:to])
		all.Loss += got.Loss
		all.Pairs += got.Pairs
		all.Right += got.Right
		from = to
	}
	return all
}

func (o *Options) score(l Learner, r *models.TrainStep, at *train.Progress) error {
	var all rl.Ranked
	err := o.Validation.Cover(func(b *Batch) error {
		rewards, err := l.Rewards(b)
		if err != nil {
			return err
		}
		got := rank(b, rewards, 1, make([]float32, len(rewards)))
		all.Loss += got.Loss
		all.Pairs += got.Pairs
		all.Right += got.Right
		return nil
	})
	if err != nil {
		return err
	}
	n := len(o.Validation.All)
	r.Scores = []models.TrainScore{
		{Name: ValidationLoss, Value: all.Loss / float64(n), N: n},
		{Name: ValidationAccuracy, Value: all.Right / float64(all.Pairs), N: all.Pairs},
	}
	if err := train.Finite(r.Scores); err != nil {
		return err
	}
	r.Best = at.Better(r.Scores, o.Best, o.Best == ValidationAccuracy)
	return nil
}
