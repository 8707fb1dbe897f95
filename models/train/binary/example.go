package binary

import (
	"errors"
	"fmt"

	"assay/harness/leaf/plural"
	"assay/models/train"
)

// Example is a text with its label.
type Example struct {
	Tokens []int32 // the last one ends the text, and is where the network is read
	Label  float64 // 0 to 1
}

// Batch is examples as rows of equal length.
type Batch struct {
	Tokens     []int32 // [Rows, Time], padded with 0
	Rows, Time int
	Ends       []int // [Rows], the index in Tokens of each row's last token
	Labels     []float64
}

// Length is how many tokens its rows have without padding.
func (b *Batch) Length() int64 {
	var n int64
	for r, end := range b.Ends {
		n += int64(end - r*b.Time + 1)
	}
	return n
}

// Set is what a training learns from or is tested on.
type Set struct {
	train.Pool[*Example]
	Time int // the greatest length of a row
}

// NewSet makes a set of examples, each of 1 to time tokens and with a label from 0 to 1. rows is the
// number of examples in a batch, and parts that of batches in a step.
func NewSet(all []*Example, rows, parts, time int, seed uint64) (*Set, error) {
	if len(all) == 0 {
		return nil, errors.New("there are no texts to learn from")
	}
	for i, e := range all {
		if len(e.Tokens) == 0 || len(e.Tokens) > time {
			return nil, fmt.Errorf("text %d has %s; rows have 1 to %d", i+1, plural.Of(len(e.Tokens), "token"), time)
		}
		if !(e.Label >= 0 && e.Label <= 1) {
			return nil, fmt.Errorf("text %d has the label %v, which is not from 0 to 1", i+1, e.Label)
		}
	}
	return &Set{train.Pool[*Example]{All: all, Rows: rows, Parts: parts, Seed: seed}, time}, nil
}

// Batch is the batch of a step (from 1) and part (from 0).
func (s *Set) Batch(step, part int) *Batch { return s.fill(s.At(step, part)) }

// Largest is the size of the largest batch in so many steps.
func (s *Set) Largest(steps int) train.Size { return train.Largest(s.Drawn(steps), s.size) }

// LargestCovered is [Set.Largest] for the batches of [Set.Cover].
func (s *Set) LargestCovered() train.Size { return train.Largest(s.InOrder(), s.size) }

// Cover goes through all examples in order.
func (s *Set) Cover(yield func(*Batch) error) error {
	for part := range s.InOrder() {
		if err := yield(s.fill(part)); err != nil {
			return err
		}
	}
	return nil
}

// multiple is what a batch's time is rounded up to, because a model builds a graph for each shape of
// batch.
const multiple = 16

func (s *Set) size(examples []*Example) (of train.Size) {
	for _, e := range examples {
		of.Time, of.Laid = max(of.Time, len(e.Tokens)), of.Laid+len(e.Tokens)
	}
	of.Time = min(s.Time, (of.Time+multiple-1)/multiple*multiple)
	of.Rows, of.Counted = len(examples), len(examples)
	return of
}

func (s *Set) fill(examples []*Example) *Batch {
	of := s.size(examples)
	b := &Batch{Rows: of.Rows, Time: of.Time}
	b.Tokens = make([]int32, b.Rows*b.Time)
	for r, e := range examples {
		copy(b.Tokens[r*b.Time:], e.Tokens)
		b.Ends = append(b.Ends, r*b.Time+len(e.Tokens)-1)
		b.Labels = append(b.Labels, e.Label)
	}
	return b
}
