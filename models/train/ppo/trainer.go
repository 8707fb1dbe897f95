package ppo

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"assay/harness/leaf/seed"
	"assay/models/train"
	"assay/models/train/rl"
)

// Loss returns the value of a loss of a batch's numbers, [Rows, Time], and sets gradient,
// which is zero before, to its derivative by each number.
type Loss = func(numbers, gradient []float32) float64

// Learner gives a number for each token of a batch, and learns. A policy gives the
// log-probability of the token's target (any number if the target is negative), a value
// function the value. Neither has dropout.
type Learner interface {
	Numbers(b *train.Batch) ([]float32, error)
	// Minimise adds the gradients of a loss to the present ones.
	Minimise(b *train.Batch, loss Loss) error
	// Update takes a step of the optimiser and zeroes the gradients. It returns their norm
	// before clipping.
	Update(rate float64) (norm float64, err error)
	// Gradients returns what Minimise adds to. The caller may read and write it.
	Gradients() [][]float32
}

// Trainer has the parts of a training.
type Trainer struct {
	Options
	Policy, Value Learner
	// Reference gives the log-probabilities of the supervised model.
	Reference func(b *train.Batch) ([]float32, error)
	Prompts   [][]int32
	// Sample draws a response to each prompt from the present policy, at temperature 1, each
	// with its own seed. A response may end with an end token, or be cut off.
	Sample func(ctx context.Context, prompts [][]int32, seeds []uint64) ([]Response, error)
	// Reward sets the episodes' Score by the reward model, and their Gold if it is known,
	// which is recorded but never learnt from.
	Reward func(ctx context.Context, episodes []*Episode) error
	Ends   []int32 // tokens that end a text
	// Pretraining is the text of equation (2); nil without.
	Pretraining train.Batches
	// Beside runs the work of the policy and its reference at the same time as that of the
	// value function and the reward model. Both sides must not share anything then. nil runs
	// one after the other.
	Beside func(policy, value func())
	// Stage is called when one of the [Stages] begins, and what it returns when that ends, to
	// measure where time goes. Both sides of Beside call it. nil measures nothing.
	Stage func(name string) (end func())

	order train.Epochs
}

// Check returns an error if a part is missing or invalid.
func (t *Trainer) Check() error {
	if err := t.Options.Check(); err != nil {
		return err
	}
	if len(t.Prompts) == 0 {
		return errors.New("no prompts")
	}
	if t.Ptx > 0 && t.Pretraining == nil {
		return errors.New("a coefficient of pretraining, but no text")
	}
	return nil
}

// Fit runs the iterations after one, and reports each. The coefficient of the penalty, which
// a controller may change, begins as in Options.KL.
func (t *Trainer) Fit(ctx context.Context, after int, report func(*Iteration) error) (last int, err error) {
	if err := t.Check(); err != nil {
		return after, err
	}
	t.order = t.epochs()
	for i := after + 1; i <= t.Iterations; i++ {
		if err := ctx.Err(); err != nil {
			return i - 1, err
		}
		record, err := t.iterate(ctx, i)
		if err == nil {
			err = record.finite()
		}
		if err != nil {
			return i - 1, fmt.Errorf("iteration %d: %w", i, err)
		}
		if err := report(record); err != nil {
			return i, err
		}
	}
	return t.Iterations, nil
}

// Stages are the names of an iteration's parts. Responses are drawn ("sample"). They are
// scored ("score"): by the reference, then the policy begins its first update, and at the
// same time by the reward model and the value function. They are learnt from ("learn"): by
// the policy, with pretraining, and at the same time by the value function.
var Stages = [...]string{"sample", "score", "reference", "begin", "reward", "values", "learn", "policy", "pretraining", "value"}

// stage begins a stage and returns what ends it.
func (t *Trainer) stage(name string) (end func()) {
	if t.Stage == nil {
		return func() {}
	}
	return t.Stage(name)
}

// beside runs work of the policy's side and of the value function's.
func (t *Trainer) beside(stage string, policy, value func() error) error {
	defer t.stage(stage)()
	var errs [2]error
	first, second := func() { errs[0] = policy() }, func() { errs[1] = value() }
	if t.Beside == nil {
		first()
		second()
	} else {
		t.Beside(first, second)
	}
	return errors.Join(errs[:]...)
}

// Streams of what is random in an iteration.
const (
	streamSample = iota
	streamOrder
)

// iterate samples, scores and learns once.
func (t *Trainer) iterate(ctx context.Context, iteration int) (*Iteration, error) {
	episodes, err := t.rollout(ctx, iteration)
	if err != nil {
		return nil, err
	}
	updates := t.updates(iteration, episodes)
	defer updates[0].policy.abandon()
	defer updates[0].value.abandon()
	if err := t.score(ctx, episodes, updates); err != nil {
		return nil, err
	}
	record := t.describe(iteration, episodes)
	t.judge(episodes)
	each := func(learn func(*update, *Iteration) error) func() error {
		return func() error {
			for i := range updates {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := learn(&updates[i], record); err != nil {
					return err
				}
			}
			return nil
		}
	}
	if err := t.beside("learn", each(t.learnPolicy), each(t.learnValue)); err != nil {
		return nil, err
	}
	t.KL.Update(record.KL.K1/float64(t.Batch), t.Batch)
	return record, nil
}

func (t *Trainer) epochs() train.Epochs { return train.Epochs{N: len(t.Prompts), Seed: t.Seed} }

// prompts are those of an iteration's episodes.
func (t *Trainer) prompts(order *train.Epochs, iteration int) [][]int32 {
	prompts := make([][]int32, t.Batch)
	for i := range prompts {
		prompts[i] = t.Prompts[order.At((iteration-1)*t.Batch+i)]
	}
	return prompts
}

// Rollouts goes through the prompts of each iteration's episodes.
func (t *Trainer) Rollouts() iter.Seq[[][]int32] {
	return func(yield func([][]int32) bool) {
		order := t.epochs()
		for i := range t.Iterations {
			if !yield(t.prompts(&order, i+1)) {
				return
			}
		}
	}
}

// Largest is the size of the largest minibatch, if each response has so many tokens.
func (t *Trainer) Largest(response int) train.Size {
	return train.Largest(func(yield func([][]int32) bool) {
		iteration := 0
		for prompts := range t.Rollouts() {
			iteration++
			for places := range t.minibatches(iteration) {
				part := make([][]int32, len(places))
				for i, at := range places {
					part[i] = prompts[at]
				}
				if !yield(part) {
					return
				}
			}
		}
	}, func(prompts [][]int32) train.Size {
		of := train.Size{Rows: len(prompts), Counted: len(prompts) * response}
		for _, p := range prompts {
			n := len(p) + response - 1
			of.Time, of.Laid = max(of.Time, n), of.Laid+n
		}
		return of
	})
}

// rollout draws an iteration's episodes.
func (t *Trainer) rollout(ctx context.Context, iteration int) ([]*Episode, error) {
	prompts, seeds := t.prompts(&t.order, iteration), make([]uint64, t.Batch)
	for i := range seeds {
		seeds[i] = seed.At(t.Seed, iteration, streamSample, i)
	}
	drawn := t.stage("sample")
	responses, err := t.Sample(ctx, prompts, seeds)
	drawn()
	if err != nil {
		return nil, fmt.Errorf("sampling: %w", err)
	}
	episodes := make([]*Episode, t.Batch)
	for i, response := range responses {
		n, ended := rl.Through(response.Tokens, t.Ends...)
		if n == 0 {
			return nil, fmt.Errorf("sampling: response %d is empty", i+1)
		}
		episodes[i] = &Episode{Prompt: prompts[i], Response: response.Tokens[:n], Ended: ended, old: response.LogProbs[:n]}
	}
	return episodes, nil
}

// score computes the numbers of all networks but the policy for the episodes. The value
// function's first minibatch is also the beginning of its first update. The policy begins its
// own update meanwhile, so that both sides take about as long.
func (t *Trainer) score(ctx context.Context, episodes []*Episode, updates []update) error {
	parts := updates[:t.Batch/t.Minibatch]
	return t.beside("score",
		func() error {
			done := t.stage("reference")
			err := numbers(parts, t.Reference, func(e *Episode) *[]float32 { return &e.reference })
			done()
			if err != nil {
				return fmt.Errorf("reference: %w", err)
			}
			defer t.stage("begin")()
			if _, err := parts[0].policy.begin(t.Policy, &parts[0].batch); err != nil {
				return fmt.Errorf("policy: %w", err)
			}
			return nil
		},
		func() error {
			done := t.stage("reward")
			err := t.Reward(ctx, episodes)
			done()
			if err != nil {
				return fmt.Errorf("rewards: %w", err)
			}
			defer t.stage("values")()
			to := func(e *Episode) *[]float32 { return &e.values }
			if err := numbers(parts[1:], t.Value.Numbers, to); err != nil {
				return err
			}
			all, err := parts[0].value.begin(t.Value, &parts[0].batch)
			if err != nil {
				return err
			}
			parts[0].keep(all, to)
			return nil
		})
}

// numbers stores what a network gives for the episodes' tokens.
func numbers(parts []update, of func(*train.Batch) ([]float32, error), to func(*Episode) *[]float32) error {
	for i := range parts {
		all, err := of(&parts[i].batch)
		if err != nil {
			return err
		}
		parts[i].keep(all, to)
	}
	return nil
}

// judge turns scores into rewards per token, and these into advantages and returns.
func (t *Trainer) judge(episodes []*Episode) {
	var rewards, advantages [][]float32
	for _, e := range episodes {
		e.rewards = make([]float32, len(e.Response))
		rl.Penalised(e.rewards, e.old, e.reference, t.KL.Beta, t.Unended.Score(e.Score, e.Ended))
		rewards = append(rewards, e.rewards)
	}
	if t.WhitenRewards {
		rl.WhitenScale(rewards)
	}
	for _, e := range episodes {
		e.advantages, e.returns = make([]float32, len(e.Response)), make([]float32, len(e.Response))
		rl.Advantages(e.advantages, e.returns, e.rewards, e.values, t.Gamma, t.Lambda)
		advantages = append(advantages, e.advantages)
	}
	rl.Whiten(advantages)
}

// updates returns an iteration's minibatches in the order in which they are learnt from.
func (t *Trainer) updates(iteration int, episodes []*Episode) []update {
	var all []update
	for places := range t.minibatches(iteration) {
		part := make([]*Episode, len(places))
		for i, at := range places {
			part[i] = episodes[at]
		}
		all = append(all, update{minibatch: newMinibatch(part), iteration: iteration, number: len(all)})
	}
	return all
}

// minibatches goes through the places of each minibatch's episodes in their iteration.
func (t *Trainer) minibatches(iteration int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		for epoch := range t.Epochs {
			for places := range slices.Chunk(t.shuffled(iteration, epoch), t.Minibatch) {
				if !yield(places) {
					return
				}
			}
		}
	}
}

// shuffled is the order of an iteration's episodes in an epoch.
func (t *Trainer) shuffled(iteration, epoch int) []int {
	order := make([]int, t.Batch)
	for i := range order { // Fisher and Yates, from the front
		k := int(seed.At(t.Seed, iteration, streamOrder, epoch, i) % uint64(i+1))
		order[i] = order[k]
		order[k] = i
	}
	return order
}
