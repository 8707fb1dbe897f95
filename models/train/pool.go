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

// Largest returns the greatest of each of a batch's two sizes, over batches.
func Largest[T any](batches iter.Seq[[]T], size func([]T) (int, int)) (first, second int) {
	for batch := range batches {
		a, b := size(batch)
		first, second = max(first, a), max(second, b)
	}
	return first, second
}
