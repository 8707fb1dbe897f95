package binary

import (
	"context"
	"fmt"

	"assay/harness/leaf/logistic"
	"assay/harness/leaf/seed"
	"assay/models"
	"assay/models/train"
)

// Learner is a network that can be trained. It is not safe for concurrent use.
type Learner interface {
	// Accumulate adds the gradients of a loss. loss is called with the scalars at the ends of the
	// batch's rows and a gradient of zeros, which it sets to its derivatives. Dropout is drawn from key.
	Accumulate(b *Batch, key uint64, loss func(scalars, gradient []float32) float64) error
	// Update clips the gradients, takes one step of the optimiser and zeroes them. It returns their
	// global norm before clipping.
	Update(learningRate float64) (norm float64, err error)
	// Scalars returns those at the ends of the batch's rows, without dropout and without gradients.
	Scalars(b *Batch) ([]float32, error)
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

// Names of what is measured: Accuracy over a step's own texts before the update, the others over
// everything held out after it. A label of 0.5 and above is a yes, and so is a scalar of 0 and above.
const (
	Accuracy           = "accuracy"
	ValidationLoss     = models.ScoreValidationLoss
	ValidationAccuracy = models.ScoreValidationAccuracy
)

// Fit minimises the mean cross-entropy over texts, from a point of progress to the last step or the
// end of the context, as [train.Fit] does for text.
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
	texts := data.Rows * data.Parts
	right := 0
	for part := range data.Parts {
		b := data.Batch(step, part)
		r.Tokens += b.Length()
		err := l.Accumulate(b, seed.At(o.Seed, step, part), func(scalars, gradient []float32) float64 {
			loss, n := crossEntropy(b.Labels, scalars, 1/float64(texts), gradient)
			r.Loss += loss
			right += n
			return loss
		})
		if err != nil {
			return r, err
		}
	}
	r.Values = []models.TrainScore{{Name: Accuracy, Value: float64(right) / float64(texts), N: texts}}
	if err := train.FiniteLoss(r.Loss); err != nil {
		return r, err
	}
	var err error
	r.GradientNorm, err = l.Update(r.LearningRate)
	return r, err
}

// crossEntropy is the sum over texts of the cross-entropy between label and prediction, times a scale,
// with its derivatives; and the number of texts that are predicted right.
func crossEntropy(labels []float64, scalars []float32, scale float64, gradient []float32) (loss float64, right int) {
	for i, label := range labels {
		z := float64(scalars[i])
		loss -= scale * (label*logistic.Log(z) + (1-label)*logistic.Log(-z))
		gradient[i] = float32(scale * (logistic.Of(z) - label))
		if (z >= 0) == (label >= 0.5) {
			right++
		}
	}
	return loss, right
}

func (o *Options) score(l Learner, r *models.TrainStep, at *train.Progress) error {
	loss, right := 0.0, 0
	err := o.Validation.Cover(func(b *Batch) error {
		scalars, err := l.Scalars(b)
		if err != nil {
			return err
		}
		more, n := crossEntropy(b.Labels, scalars, 1, make([]float32, len(scalars)))
		loss, right = loss+more, right+n
		return nil
	})
	if err != nil {
		return err
	}
	n := len(o.Validation.All)
	r.Scores = []models.TrainScore{
		{Name: ValidationLoss, Value: loss / float64(n), N: n},
		{Name: ValidationAccuracy, Value: float64(right) / float64(n), N: n},
	}
	if err := train.Finite(r.Scores); err != nil {
		return err
	}
	r.Best = at.Better(r.Scores, o.Best, o.Best == ValidationAccuracy)
	return nil
}
