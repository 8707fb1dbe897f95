package ppo

import (
	"fmt"
	"math"
	"slices"

	"assay/models/train"
)

// Episode is a prompt and a response, and what is learnt from it. Numbers are of the
// response's tokens, [T], through its end.
type Episode struct {
	Prompt   []int32
	Response []int32
	Ended    bool    // the response has an end
	Score    float64 // the reward model's; what counts in the rewards is after [Options].Unended
	Gold     *float64

	old, reference, values []float32
	rewards                []float32
	advantages, returns    []float32
}

// Response is what the policy drew after a prompt.
type Response struct {
	Tokens   []int32
	LogProbs []float32 // of the tokens, with the bits that training computes
}

// minibatch is episodes beside each other, filled up with token 0. Targets are the
// responses' tokens.
type minibatch struct {
	episodes []*Episode
	batch    train.Batch
	tokens   int // of the responses
}

func newMinibatch(episodes []*Episode) minibatch {
	m := minibatch{episodes: episodes, tokens: counted(episodes)}
	longest := 1
	for _, e := range episodes {
		longest = max(longest, len(e.Prompt)+len(e.Response)-1)
	}
	b := &m.batch
	b.Resize(len(episodes), longest)
	for i := range b.Targets {
		b.Targets[i] = -1
	}
	for r, e := range episodes {
		row := b.Tokens[r*b.Time : (r+1)*b.Time]
		copy(row[copy(row, e.Prompt):], e.Response[:len(e.Response)-1])
		copy(b.Targets[r*b.Time+len(e.Prompt)-1:], e.Response)
	}
	return m
}

// of is the part of the batch's numbers that belongs to a row's response: for each of its
// tokens, the number at the token before, which predicts it.
func (m *minibatch) of(numbers []float32, row int) []float32 {
	e := m.episodes[row]
	from := row*m.batch.Time + len(e.Prompt) - 1
	return numbers[from : from+len(e.Response)]
}

// keep stores in each episode its part of the batch's numbers.
func (m *minibatch) keep(numbers []float32, to func(*Episode) *[]float32) {
	for r, e := range m.episodes {
		*to(e) = slices.Clone(m.of(numbers, r))
	}
}

// drawn checks that the log-probabilities under which a response was drawn are those that
// training starts from: the ratios of the first minibatch are 1.
func (e *Episode) drawn(now []float32) error {
	for i, v := range now {
		if v != e.old[i] && !math.IsNaN(float64(v)) { // a policy that has diverged fails by its gradient
			return fmt.Errorf("token %d of the response %v to %v was drawn with log-probability %v, and training gives it %v", i+1, e.Response, e.Prompt, e.old[i], v)
		}
	}
	return nil
}

// counted is how many tokens the responses have.
func counted(episodes []*Episode) int {
	n := 0
	for _, e := range episodes {
		n += len(e.Response)
	}
	return n
}
