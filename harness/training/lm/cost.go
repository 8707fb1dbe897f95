package lm

import (
	"context"
	"fmt"
	"time"

	"assay/harness/leaf/plural"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/harness/training/network"
	"assay/models"
	"assay/models/train"
)

// cost is what the training takes.
func (s *setup) cost(batches train.Batches, o train.Options, cover covering) *training.Cost {
	p, lm := s.plan, s.model
	c := &training.Cost{
		Parameters: lm.Net.Config().Parameters(), Rows: p.BatchSize, Accumulate: p.GradientAccumulationSteps,
		Plan: p.Path, Line: p.Line("batch_size"), Copies: network.Copies(p.Optimizer) - 1, Trainings: 1,
		Data:   s.sizes.data,
		Batch:  fmt.Sprintf("%s of up to %s", plural.Of(p.BatchSize*p.GradientAccumulationSteps, "row"), plural.Of(s.sizes.learnt.Time, "token")),
		Remedy: "write a shorter context, or take a smaller model",
		Memory: s.memory,
		Scores: o.Count(s.steps),
		Try: func(ctx context.Context, report func(models.TrainStep) error) error {
			few := o
			few.Scores, few.Report = nil, report
			_, err := train.Fit(ctx, lm, batches, few, train.Progress{})
			return err
		},
	}
	switch {
	case cover != nil:
		c.Score = func() (time.Duration, error) { return s.timeScores(o.Scores[1:], cover) }
	case o.Scores != nil:
		c.Score = func() (time.Duration, error) {
			return s.timeScores(o.Scores, func(func(*train.Batch) error) error { return nil })
		}
	}
	return c
}

// memory is that of weights, passes and scores, if batches are cut into so many parts.
func (s *setup) memory(parts int) (int64, error) {
	p, net := s.plan, s.model.Net
	passes := []network.Pass{{Net: net, Trains: true, Size: s.sizes.learnt.Part(parts)}}
	if s.sizes.held.Rows > 0 {
		passes = append(passes, network.Pass{Net: net, Size: s.sizes.held.Part(parts)})
	}
	if p.Pretraining.PTXCoef > 0 {
		passes = append(passes, network.Pass{Net: net, Trains: true, Size: network.MixedIn(p.Pretraining, s.context)})
	}
	work, err := network.PassBytes(passes...)
	return network.Bytes(net, 3) + work + s.scoring, err
}

// timeScores is how long it takes to measure the loss of everything held out, and the other
// scores.
func (s *setup) timeScores(others []train.Score, cover covering) (time.Duration, error) {
	took, err := training.TimeScores(s.sizes.evaluated, func(done func(int) error) error {
		return cover(func(b *train.Batch) error {
			if _, err := s.model.Evaluate(b); err != nil {
				return err
			}
			if s.kind == plan.SFT {
				return done(b.Rows)
			}
			return done(b.Counted())
		})
	})
	for _, score := range others {
		begun := time.Now()
		if _, failed := score(s.model); failed != nil && err == nil {
			err = failed
		}
		took += time.Since(begun)
	}
	return took, err
}
