package train

import (
	"context"
	"fmt"

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
