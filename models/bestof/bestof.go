// Package bestof is best-of-n sampling (Stiennon et al., arXiv:2009.01325, section 4;
// Nakano et al., arXiv:2112.09332, section 3.2): a model draws n answers, and the one with
// the highest reward by a reward model counts.
package bestof

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"assay/harness/leaf/plural"
	"assay/harness/leaf/seed"
	"assay/models"
)

// Model draws answers from one model and chooses among them by another. It is safe for
// concurrent use if they are.
type Model struct {
	n      int
	of     models.Generator
	reward models.Rewarder
}

// New makes a model that gives the best of n answers.
func New(n int, of models.Generator, reward models.Rewarder) (*Model, error) {
	if n < 1 {
		return nil, fmt.Errorf("best of %s; n must be at least 1", plural.Of(n, "answer"))
	}
	return &Model{n, of, reward}, nil
}

// Generate draws n answers, each with its own seed, and returns the one whose text has the
// highest reward after the prompt; the first of equal ones. The reward is its only score.
// Tokens count all answers. The temperature must be above 0, since otherwise all answers
// are the same.
func (m *Model) Generate(ctx context.Context, r models.Request) (models.Answer, error) {
	if m.n > 1 && r.Temperature == 0 {
		return models.Answer{}, errors.New("best of several answers at temperature 0, where all are the same; set a temperature above 0")
	}
	answers, rewards := make([]models.Answer, m.n), make([]float64, m.n)
	errs := make([]error, m.n)
	var wg sync.WaitGroup
	for i := range m.n {
		wg.Go(func() { answers[i], rewards[i], errs[i] = m.one(ctx, r, i) })
	}
	wg.Wait()
	if err := first(errs); err != nil {
		return models.Answer{}, err
	}
	best := 0
	var used *models.Usage
	for i, a := range answers {
		if rewards[i] > rewards[best] {
			best = i
		}
		if a.Tokens != nil {
			if used == nil {
				used = &models.Usage{Prompt: a.Tokens.Prompt}
			}
			used.Completion += a.Tokens.Completion
		}
	}
	answer := answers[best]
	answer.Scores, answer.Tokens = []float64{rewards[best]}, used
	return answer, nil
}

// one draws the i-th answer and its reward.
func (m *Model) one(ctx context.Context, r models.Request, i int) (models.Answer, float64, error) {
	ask := r
	ask.Seed = seed.Mix(r.Seed + uint64(i)*seed.Golden)
	a, err := m.of.Generate(ctx, ask)
	if err != nil {
		return a, 0, err
	}
	judged, err := m.reward.Reward(ctx, models.Request{Prompt: r.Text(), Choices: []string{a.Text}})
	switch {
	case err != nil:
		return a, 0, fmt.Errorf("reward: %w", err)
	case len(judged.Scores) != 1 || math.IsNaN(judged.Scores[0]) || math.IsInf(judged.Scores[0], 0):
		return a, 0, errors.New("reward: no number came back")
	}
	return a, judged.Scores[0], nil
}

// first is the first error in order, so that the error reported doesn't depend on timing.
func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
