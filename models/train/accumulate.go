package train

import (
	"fmt"

	"assay/harness/leaf/seed"
	"assay/models"
)

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
	if err := FiniteLoss(r.Loss); err != nil {
		return r, err
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
	if err != nil {
		return err
	}
	return FiniteLoss(loss)
}
