package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assay/harness/plan"
	"assay/harness/training"
	"assay/models"
	"assay/models/gpt"
	"assay/models/train"
)

// costs are what the training takes.
func (w *trainWiring) costs(lm *training.LM, data train.Batches, o train.Options, cover covering) {
	p, s := w.plan, w.sizes
	w.cost = trainCost{
		parameters: lm.Net.Config().Parameters(), rows: p.Batch, accumulate: p.Accumulate, path: p.Path, line: p.Line("batch"), copies: 3, trainings: 1,
		batch:  fmt.Sprintf("%d rows of up to %d tokens", p.Batch*p.Accumulate, s.time),
		remedy: "write a shorter context, or take a smaller model",
		need: func(parts int) (int64, error) {
			passes := []func() (int64, error){foot(lm.Net, true, gpt.Shape{Rows: p.Batch / parts, Time: s.time, Counted: s.counted / parts})}
			if s.heldTime > 0 {
				passes = append(passes, foot(lm.Net, false, gpt.Shape{Rows: p.Batch / parts, Time: s.heldTime, Counted: s.heldCount / parts}))
			}
			if mix := p.Pretraining; mix.Gamma > 0 {
				time := p.Context
				if mix.Context > 0 {
					time = min(time, mix.Context)
				}
				passes = append(passes, foot(lm.Net, true, gpt.Shape{Rows: mix.Rows, Time: time, Counted: mix.Rows * time}))
			}
			work, err := largest(passes...)
			return weights(lm.Net, 3) + work + w.drawing, err
		},
		scores: 1,
	}
	if p.Evaluate.Every > 0 {
		w.cost.scores = (p.Steps + p.Evaluate.Every - 1) / p.Evaluate.Every
	}
	if p.Optimizer.EMA > 0 {
		w.cost.copies++
	}
	w.cost.try = func(ctx context.Context, report func(models.TrainStep) error) error {
		few := o
		few.Scores, few.Report = nil, report
		_, err := train.Fit(ctx, lm, data, few, train.Progress{})
		return err
	}
	if cover == nil {
		return
	}
	w.cost.score = func() (time.Duration, error) { return w.timedScores(lm, o.Scores[1:], cover) }
}

// timedScores is how long it takes to measure all that is held out, by a part of it, and the
// other scores once.
func (w *trainWiring) timedScores(lm *training.LM, others []train.Score, cover covering) (time.Duration, error) {
	const enough = 3 * time.Second
	begun, done := time.Now(), 0
	err := cover(func(b *train.Batch) error {
		if done += b.Counted(); w.kind == plan.SFT {
			done += b.Rows - b.Counted()
		}
		if _, err := lm.Evaluate(b); err != nil {
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
	took := time.Duration(float64(time.Since(begun)) * float64(w.sizes.evaluated) / float64(max(done, 1)))
	for _, score := range others {
		begun = time.Now()
		if _, _, failed := score.Of(lm); failed != nil && err == nil {
			err = failed
		}
		took += time.Since(begun)
	}
	return took, err
}
