package ppo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"assay/harness/training"
	"assay/harness/training/network"
	"assay/models"
	"assay/models/gpt"
	"assay/models/train"
)

// cost is what the training takes.
func (s *setup) cost(m *Model) *training.Cost {
	p := s.plan
	c := &training.Cost{
		Parameters: s.policy.Config().Parameters(), Rows: 1, Accumulate: 1, Plan: p.Path, Line: p.Line("batch_size"), Copies: 7, Trainings: 1,
		Data:   fmt.Sprintf("%d prompts%s", len(s.prompts), s.text),
		Batch:  fmt.Sprintf("%d responses of up to %d tokens, in minibatches of %d", p.BatchSize, p.ResponseLength, p.MiniBatchSize),
		Remedy: "write a smaller mini_batch_size or response_length, or take smaller models",
		Memory: func(int) (int64, error) { return s.memory() },
		Try: func(ctx context.Context, report func(models.TrainStep) error) error {
			few := *m
			few.Evaluation = nil
			_, err := few.Fit(ctx, train.Progress{}, report)
			return err
		},
	}
	if e := m.Evaluation; e != nil {
		c.Scores = e.Count(p.Iterations)
		c.Score = func() (time.Duration, error) {
			begun := time.Now()
			_, err := e.Scores(context.Background())
			return time.Since(begun), err
		}
	}
	return c
}

// memory is that of weights, of drawing responses, and of the largest pass on each side,
// whose memory is its own.
func (s *setup) memory() (int64, error) {
	p := s.plan
	prompts := slices.Clone(s.prompts)
	slices.SortFunc(prompts, func(a, b []int32) int { return cmp.Compare(len(b), len(a)) })
	batch := gpt.Shape{Rows: p.MiniBatchSize, Time: len(prompts[0]) + p.ResponseLength - 1, Counted: p.MiniBatchSize * p.ResponseLength}
	passes := []network.Pass{{Net: s.policy, Trains: true, Shape: batch}, {Net: s.reference, Shape: batch}}
	if p.Pretraining.PTXCoef > 0 {
		passes = append(passes, network.Pass{Net: s.policy, Trains: true, Shape: network.MixedIn(p.Pretraining, s.policy.Config().MaxPositionEmbeddings)})
	}
	policy, err := network.Largest(passes...)
	if err != nil {
		return 0, err
	}
	value, err := network.Largest(network.Pass{Net: s.value, Trains: true, Shape: batch})
	if err != nil {
		return 0, err
	}
	scoring, err := network.ScoringBytes(s.reward, prompts, p.ResponseLength, p.MiniBatchSize)
	drawing := network.SamplingBytes(s.policy.Config(), prompts[:min(p.BatchSize, len(prompts))], p.ResponseLength)
	if n := len(prompts); n < p.BatchSize {
		drawing = drawing * int64(p.BatchSize) / int64(n)
	}
	if err != nil {
		return 0, err
	}
	held := int64(0)
	if s.held != nil {
		held, err = s.held.Bytes()
	}
	return network.Bytes(s.policy, 3) + network.Bytes(s.value, 3) + policy + max(value, scoring) + drawing + held, err
}
