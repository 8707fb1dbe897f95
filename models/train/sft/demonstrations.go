package sft

import (
	"errors"
	"fmt"

	"assay/models/train"
)

// Demonstration is a prompt and a completion as one row of tokens.
type Demonstration struct {
	Tokens []int32
	Prompt int // of these, the prompt's
}

// Set is what a training learns from, drawn in epochs: each of its
// demonstrations comes once before any comes again.
type Set struct {
	All  []Demonstration
	Rows int // of a batch
	Time int // longest row, in tokens predicted; longer ones are cut at their end
	// Parts is how many batches make a step.
	Parts int
	Seed  uint64

	epochs *train.Epochs
}

// Check says what is wrong.
func (s *Set) Check() error {
	if len(s.All) == 0 {
		return errors.New("no demonstrations")
	}
	for i, d := range s.All {
		if d.Prompt >= len(d.Tokens) || d.Prompt > s.Time {
			return fmt.Errorf("demonstration %d: a prompt of %d tokens leaves nothing to say within %d; shorten it, or train a model with a longer context", i+1, d.Prompt, s.Time+1)
		}
	}
	return nil
}

// Steps is how many steps go through all demonstrations so many times.
func (s *Set) Steps(epochs int) int { return s.order().Steps(epochs, s.Rows*max(s.Parts, 1)) }

func (s *Set) order() *train.Epochs {
	if s.epochs == nil {
		s.epochs = &train.Epochs{N: len(s.All), Seed: s.Seed}
	}
	return s.epochs
}

// Batch fills in the batch of a step and part: a [train.Batches].
func (s *Set) Batch(step, part int, b *train.Batch) error {
	first := ((step-1)*max(s.Parts, 1) + part) * s.Rows
	rows := make([]Demonstration, s.Rows)
	for r := range rows {
		rows[r] = s.All[s.order().At(first+r)]
	}
	s.fill(rows, b)
	return nil
}

// Largest is the size of the batches of so many steps: the most tokens of a row, and the
// most tokens of a batch that count.
func (s *Set) Largest(steps int) (time, counted int) {
	for first := range steps * max(s.Parts, 1) {
		rows := make([]Demonstration, s.Rows)
		for r := range rows {
			rows[r] = s.All[s.order().At(first*s.Rows+r)]
		}
		t, n := s.size(rows)
		time, counted = max(time, t), max(counted, n)
	}
	return time, counted
}

// LargestCovered is [Set.Largest] of the batches that cover all.
func (s *Set) LargestCovered() (time, counted int) {
	for from := 0; from < len(s.All); from += s.Rows {
		t, n := s.size(s.All[from:min(from+s.Rows, len(s.All))])
		time, counted = max(time, t), max(counted, n)
	}
	return time, counted
}

// size is how long rows beside each other are, and how many of their tokens count.
func (s *Set) size(rows []Demonstration) (time, counted int) {
	longest := 1
	for _, d := range rows {
		n := min(len(d.Tokens)-1, s.Time)
		longest = max(longest, n)
		counted += n - max(d.Prompt-1, 0)
	}
	return s.padded(longest), counted
}

// Cover goes through all demonstrations in their order, in batches of at most
// Rows.
func (s *Set) Cover(yield func(*train.Batch) error) error {
	var b train.Batch
	for from := 0; from < len(s.All); from += s.Rows {
		s.fill(s.All[from:min(from+s.Rows, len(s.All))], &b)
		if err := yield(&b); err != nil {
			return err
		}
	}
	return nil
}

// multiple is what a batch's time is rounded up to: a model prepares itself for
// each shape of batch that it meets.
const multiple = 16

// padded is how long rows are, of which the longest predicts so many tokens.
func (s *Set) padded(longest int) int {
	return min(s.Time, (min(longest, s.Time)+multiple-1)/multiple*multiple)
}

// fill puts rows beside each other, filled up with token 0, which does not count.
func (s *Set) fill(rows []Demonstration, b *train.Batch) {
	longest := 1
	for _, d := range rows {
		longest = max(longest, len(d.Tokens)-1)
	}
	b.Resize(len(rows), s.padded(longest))
	clear(b.Tokens)
	for i := range b.Targets {
		b.Targets[i] = -1
	}
	for r, d := range rows {
		n := min(len(d.Tokens)-1, b.Time)
		copy(b.Tokens[r*b.Time:], d.Tokens[:n])
		for i := max(d.Prompt-1, 0); i < n; i++ {
			b.Targets[r*b.Time+i] = d.Tokens[i+1]
		}
	}
}
