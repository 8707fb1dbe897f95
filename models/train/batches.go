package train

import (
	"iter"
	"slices"
)

// Pool is a list of examples that a training draws in batches. In each epoch every example
// comes once, in an order that depends only on the seed.
type Pool[T any] struct {
	All   []T
	Rows  int // examples in a batch
	Parts int // batches in a step; 0 counts as 1
	Seed  uint64

	epochs *Epochs
}

func (p *Pool[T]) order() *Epochs {
	if p.epochs == nil {
		p.epochs = &Epochs{N: len(p.All), Seed: p.Seed}
	}
	return p.epochs
}

func (p *Pool[T]) parts() int { return max(p.Parts, 1) }

// Steps is how many steps so many epochs take. The last step is filled up from one more.
func (p *Pool[T]) Steps(epochs int) int { return p.order().Steps(epochs, p.Rows*p.parts()) }

// At returns the examples in the batch of a step (from 1) and part (from 0).
func (p *Pool[T]) At(step, part int) []T { return p.drawn((step-1)*p.parts() + part) }

// drawn returns the examples of a batch, numbered from 0 over all steps and parts.
func (p *Pool[T]) drawn(batch int) []T {
	of := make([]T, p.Rows)
	for r := range of {
		of[r] = p.All[p.order().At(batch*p.Rows+r)]
	}
	return of
}

// Drawn goes through the batches of so many steps.
func (p *Pool[T]) Drawn(steps int) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for batch := range steps * p.parts() {
			if !yield(p.drawn(batch)) {
				return
			}
		}
	}
}

// InOrder goes through all examples once, in batches of at most Rows.
func (p *Pool[T]) InOrder() iter.Seq[[]T] { return slices.Chunk(p.All, p.Rows) }

// Size is how large a batch is.
type Size struct {
	Rows, Time int
	Laid       int // tokens up to the last one of each row that counts
	Counted    int // tokens that count
}

// Part is the size of the largest of so many parts into which a batch is cut.
func (s Size) Part(parts int) Size {
	cut := func(n int) int { return (n + parts - 1) / parts }
	return Size{Rows: cut(s.Rows), Time: s.Time, Laid: cut(s.Laid), Counted: cut(s.Counted)}
}

// Largest returns the greatest of each number of a batch's size, over batches.
func Largest[T any](batches iter.Seq[[]T], size func([]T) Size) (most Size) {
	for batch := range batches {
		s := size(batch)
		most = Size{max(most.Rows, s.Rows), max(most.Time, s.Time), max(most.Laid, s.Laid), max(most.Counted, s.Counted)}
	}
	return most
}
