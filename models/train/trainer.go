package train

import (
	"context"
	"fmt"
	"math"

	"assay/harness/leaf/seed"
	"assay/models"
)

// Batches fills in the batch of a step (from 1) and part (from 0): always the same one for
// the same arguments.
type Batches func(step, part int, b *Batch) error

// Options are the settings of [Fit].
type Options struct {
	Stage      string
	Steps      int
	Accumulate int // batches of a step, all of whose tokens have equal weight
	Schedule   Schedule
	Seed       uint64 // of dropout
	Scores     []Score
	Evaluations
	Best   string // the score that chooses the best checkpoint; "" chooses none
	Higher bool   // whether a higher one is better
	// Mix gives batches of text, one a step. The gradient of their mean loss times MixWeight
	// is mixed in. The recorded loss doesn't include it. The paper's policies begin with models
	// that were fine-tuned this way (Ouyang et al. 2022, appendix C.4).
	Mix       Batches
	MixWeight float64
	// Report is called with each step's record after the step. Its error ends the training.
	Report func(models.TrainStep) error
}

// Progress is how far a training has come; the zero Progress is its beginning.
type Progress struct {
	Step   int
	Tokens int64
	Best   *float64 // best value of the chosen score so far; nil before the first
}

// Fit minimises the mean next-token loss, from a point of progress to the last step. It checks
// the context between steps; when that ends, the learner is at the last reported step.
func Fit(ctx context.Context, l Learner, data Batches, o Options, from Progress) (Progress, error) {
	parts := make([]Batch, max(o.Accumulate, 1))
	at := from
	for step := from.Step + 1; step <= o.Steps; step++ {
		if err := ctx.Err(); err != nil {
			return at, err
		}
		record, err := o.step(l, data, parts, step)
		if err != nil {
			return at, fmt.Errorf("step %d: %w", step, err)
		}
		at.Tokens += record.Tokens
		record.Tokens = at.Tokens
		scored, epoch := o.At(step, o.Steps)
		record.Epoch = epoch
		if scored {
			if err := o.score(l, &record, &at); err != nil {
				return at, fmt.Errorf("step %d: %w", step, err)
			}
		}
		at.Step = step
		if o.Report != nil {
			if err := o.Report(record); err != nil {
				return at, err
			}
		}
	}
	return at, nil
}

// step takes one step of the optimiser. The record's tokens are those of the step.
func (o *Options) step(l Learner, data Batches, parts []Batch, step int) (models.TrainStep, error) {
	r := models.TrainStep{Stage: o.Stage, Step: step, LearningRate: o.Schedule.At(step)}
	for i := range parts {
		if err := data(step, i, &parts[i]); err != nil {
			return r, err
		}
		r.Tokens += int64(parts[i].Counted())
	}
	if r.Tokens == 0 {
		return r, fmt.Errorf("no token in its batches counts")
	}
	for i := range parts {
		loss, err := l.Accumulate(&parts[i], 1/float64(r.Tokens), seed.At(o.Seed, step, i))
		if err != nil {
			return r, err
		}
		r.Loss += loss
	}
	r.Loss /= float64(r.Tokens)
	if math.IsNaN(r.Loss) || math.IsInf(r.Loss, 0) {
		return r, fmt.Errorf("the loss is %v: the training has diverged; lower the learning rate", r.Loss)
	}
	if o.MixWeight > 0 {
		if err := o.mix(l, step, len(parts)); err != nil {
			return r, fmt.Errorf("mixed in: %w", err)
		}
	}
	var err error
	r.GradientNorm, err = l.Update(r.LearningRate)
	return r, err
}

// mix adds the gradient of the mixed-in text.
func (o *Options) mix(l Learner, step, part int) error {
	var b Batch
	if err := o.Mix(step, 0, &b); err != nil {
		return err
	}
	n := b.Counted()
	if n == 0 {
		return fmt.Errorf("no token in its batch counts")
	}
	loss, err := l.Accumulate(&b, o.MixWeight/float64(n), seed.At(o.Seed, step, part))
	if err == nil && (math.IsNaN(loss) || math.IsInf(loss, 0)) {
		err = fmt.Errorf("the loss is %v: the training has diverged; lower the learning rate", loss)
	}
	return err
}

func (o *Options) score(l Learner, r *models.TrainStep, at *Progress) error {
	for _, score := range o.Scores {
		got, err := score(l)
		if err == nil {
			err = Finite(got)
		}
		if err != nil {
			return err
		}
		r.Scores = append(r.Scores, got...)
	}
	r.Best = at.Better(r.Scores, o.Best, o.Higher)
	return nil
}

// Better reports whether the score of a name is the best so far, and keeps it if it is.
func (p *Progress) Better(scores []models.TrainScore, name string, higher bool) bool {
	for i := range scores {
		s := &scores[i]
		if s.Name == name && (p.Best == nil || higher && s.Value > *p.Best || !higher && s.Value < *p.Best) {
			p.Best = &s.Value
			return true
		}
	}
	return false
}
