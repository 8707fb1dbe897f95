package ppo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"assay/harness/leaf/plural"
	"assay/harness/training"
	"assay/harness/training/network"
	"assay/models"
	"assay/models/train"
	"assay/models/train/ppo"
)

// cost is what the training takes.
func (s *setup) cost(m *Model) *training.Cost {
	p := s.plan
	c := &training.Cost{
		Parameters: s.policy.Config().Parameters(), Rows: 1, Accumulate: 1, Plan: p.Path, Line: p.Line("batch_size"), Copies: 7, Trainings: 1,
		Data:   fmt.Sprintf("%s%s", plural.Of(len(s.prompts), "prompt"), s.text),
		Batch:  fmt.Sprintf("%s of up to %s, in minibatches of %d", plural.Of(p.BatchSize, "response"), plural.Of(p.ResponseLength, "token"), p.MiniBatchSize),
		Remedy: "write a smaller mini_batch_size or response_length, or take smaller models",
		Memory: func(int) (int64, error) { return s.memory(m.Trainer) },
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
func (s *setup) memory(t *ppo.Trainer) (int64, error) {
	p := s.plan
	batch := t.Largest(p.ResponseLength)
	passes := []network.Pass{{Net: s.policy, Trains: true, Size: batch}, {Net: s.reference, Size: batch}}
	if p.Pretraining.PTXCoef > 0 {
		passes = append(passes, network.Pass{Net: s.policy, Trains: true, Size: network.MixedIn(p.Pretraining, s.policy.Config().MaxPositionEmbeddings)})
	}
	policy, err := network.PassBytes(passes...)
	if err != nil {
		return 0, err
	}
	scored := func(yield func([][]int32) bool) {
		for prompts := range t.Rollouts() {
			for part := range slices.Chunk(prompts, p.MiniBatchSize) {
				if !yield(part) {
					return
				}
			}
		}
	}
	value, err := network.PassBytes(network.Pass{Net: s.value, Trains: true, Size: batch}, network.Scoring(s.reward, scored, p.ResponseLength))
	if err != nil {
		return 0, err
	}
	drawing, held := int64(0), int64(0)
	for prompts := range t.Rollouts() {
		drawing = max(drawing, network.SamplingBytes(s.policy.Config(), prompts, p.ResponseLength))
	}
	if s.held != nil {
		held, err = s.held.Bytes()
	}
	return network.Bytes(s.policy, 3) + network.Bytes(s.value, 3) + policy + value + drawing + held, err
}
