package sft

import "assay/models/train"

// Demonstration is a prompt and a completion as one row of tokens.
type Demonstration struct {
	Tokens []int32
	Prompt int // how many of these are the prompt
}

// Set holds the demonstrations that a training learns from. Each epoch goes through all of
// them once, in its own order.
type Set struct {
	train.Pool[Demonstration]
	Time int // tokens predicted in the longest row; longer ones are cut at their end
}

// Batch fills in the batch of a step and part: a [train.Batches].
func (s *Set) Batch(step, part int, b *train.Batch) error {
	s.fill(s.At(step, part), b)
	return nil
}

// Largest is the size of the largest batch in so many steps.
func (s *Set) Largest(steps int) train.Size { return train.Largest(s.Drawn(steps), s.size) }

// LargestCovered is [Set.Largest] for the batches of [Set.Cover].
func (s *Set) LargestCovered() train.Size { return train.Largest(s.InOrder(), s.size) }

// size is that of the batch of some demonstrations.
func (s *Set) size(rows []Demonstration) train.Size {
	of := train.Size{Rows: len(rows)}
	longest := 1
	for _, d := range rows {
		n := min(len(d.Tokens)-1, s.Time)
		longest = max(longest, n)
		if counted := n - max(d.Prompt-1, 0); counted > 0 {
			of.Laid, of.Counted = of.Laid+n, of.Counted+counted
		}
	}
	of.Time = s.padded(longest)
	return of
}

// Cover goes through all demonstrations in order, in batches of at most Rows.
func (s *Set) Cover(yield func(*train.Batch) error) error {
	var b train.Batch
	for part := range s.InOrder() {
		s.fill(part, &b)
		if err := yield(&b); err != nil {
			return err
		}
	}
	return nil
}

// multiple is what a batch's time is rounded up to, because a model builds a graph for each
// shape of batch.
const multiple = 16

// padded is the length of rows if the longest predicts so many tokens.
func (s *Set) padded(longest int) int {
	return min(s.Time, (min(longest, s.Time)+multiple-1)/multiple*multiple)
}

// fill sets a batch to rows, padded with tokens that do not count.
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
