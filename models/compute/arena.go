package compute

import (
	"cmp"
	"slices"

	"gorgonia.org/tensor"
)

// buffer is memory of a graph: activations, gradients of activations, and what a
// layer keeps for its backward pass. Its place in the arena is chosen when the graph
// is whole; buffers that are not in use at the same time share memory.
type buffer struct {
	rows  *extent
	width int       // floats of a row
	data  []float32 // of the run that is under way

	first, last int // the steps of the tape between which it is in use; -1: in none
	kept        bool
	offset      int
}

// size is how many floats it takes at most.
func (b *buffer) size() int { return b.rows.most * b.width }

// use says that the buffer is in use at a step.
func (b *buffer) use(step int) {
	if b.first < 0 {
		b.first = step
	}
	b.last = max(b.last, step)
}

func (b *buffer) overlaps(other *buffer) bool { return b.first <= other.last && other.first <= b.last }

// place gives buffers offsets so that no two that are in use at the same step
// overlap, and returns the size of it all. The largest come first, each at the lowest
// place that is free (Pisarchyk and Lee, arXiv:2001.03288, "greedy by size").
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

// bind gives the buffer its place in the arena, of the length that the run's rows take.
func (b *buffer) bind(arena []float32) {
	end := b.offset + b.rows.now*b.width
	b.data = arena[b.offset:end:end]
}

func dense(data []float32, shape tensor.Shape) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}
