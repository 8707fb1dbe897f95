package compute

import (
	"cmp"
	"slices"

	"gorgonia.org/tensor"
)

// buffer is memory of a graph: activations, gradients of activations, and what a layer keeps for its backward
// pass. Its place in the arena is chosen once the graph is complete; buffers that are never in use at the
// same time share memory.
type buffer struct {
	rows  *extent
	width int       // floats of a row
	data  []float32 // of the current run

	first, last int // first and last step of the tape at which it is in use; -1: never
	kept        bool
	offset      int
}

// size is the largest number of floats that it needs.
func (b *buffer) size() int { return b.rows.most * b.width }

// use records that the buffer is in use at a step.
func (b *buffer) use(step int) {
	if b.first < 0 {
		b.first = step
	}
	b.last = max(b.last, step)
}

func (b *buffer) overlaps(other *buffer) bool { return b.first <= other.last && other.first <= b.last }

// place gives buffers offsets so that no two that are in use at the same step overlap, and returns the total
// size. The largest come first, each at the lowest free place (Pisarchyk and Lee, arXiv:2001.03288, "greedy
// by size").
func place(buffers []*buffer) int {
	order := slices.Clone(buffers)
	slices.SortStableFunc(order, func(a, b *buffer) int {
		return cmp.Or(cmp.Compare(b.size(), a.size()), cmp.Compare(a.first, b.first))
	})
	total := 0
	var placed []*buffer // by offset
	for _, b := range order {
		at := 0
		for _, p := range placed {
			if !p.overlaps(b) {
				continue
			}
			if at+padded(b.size()) <= p.offset {
				break
			}
			at = max(at, p.offset+padded(p.size()))
		}
		b.offset = at
		total = max(total, at+padded(b.size()))
		i, _ := slices.BinarySearchFunc(placed, at, func(p *buffer, at int) int { return cmp.Compare(p.offset, at) })
		placed = slices.Insert(placed, i, b)
	}
	return total
}

// bind gives the buffer its place in the arena, as long as the run's rows need.
func (b *buffer) bind(arena []float32) {
	end := b.offset + b.rows.now*b.width
	b.data = arena[b.offset:end:end]
}

func dense(data []float32, shape tensor.Shape) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}
