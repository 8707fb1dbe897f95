package compute

import "assay/models/compute/kernels"

// layout places a run's tokens in rows. Without [Builder.Pick], each token of the batch has a row. With it,
// a sequence's rows end at its last token whose target counts: no result that is used depends on later ones.
type layout struct {
	tokens, positions []int32 // of each row
	sequences         []kernels.Sequence

	picked  []int32            // the rows that Pick keeps, ascending
	targets []int32            // theirs
	cells   []int32            // their places in the batch, [Rows, Time]
	queries []kernels.Sequence // the sequences, each from its first picked row on
}

// set lays out a batch. It reuses memory.
func (l *layout) set(in *Inputs, picking bool) {
	l.tokens, l.positions, l.sequences = l.tokens[:0], l.positions[:0], l.sequences[:0]
	l.picked, l.targets, l.cells, l.queries = l.picked[:0], l.targets[:0], l.cells[:0], l.queries[:0]
	for cell := 0; cell < in.Rows*in.Time; cell += in.Time {
		s := kernels.Sequence{Row: len(l.tokens), Rows: in.Time}
		q := s
		if picking {
			q = l.pick(in.Targets[cell:cell+in.Time], cell)
			s.Rows = q.Rows
		}
		for i, token := range in.Tokens[cell : cell+s.Rows] {
			l.tokens, l.positions = append(l.tokens, token), append(l.positions, int32(i))
		}
		l.sequences, l.queries = append(l.sequences, s), append(l.queries, q)
	}
}

// pick records the tokens of a sequence whose target counts, and returns its rows.
func (l *layout) pick(targets []int32, cell int) kernels.Sequence {
	q := kernels.Sequence{Row: len(l.tokens)}
	for i, t := range targets {
		if t < 0 {
			continue
		}
		l.picked, l.targets, l.cells = append(l.picked, int32(q.Row+i)), append(l.targets, t), append(l.cells, int32(cell+i))
		if q.Rows == 0 {
			q.From = i
		}
		q.Rows = i + 1
	}
	return q
}

// Pick keeps the rows of tokens whose target isn't negative; the layers above it do no work for the others,
// and the layers below it none for the tokens after the last one that a sequence keeps. Results and gradients
// are the same as without it, as long as no output of the other tokens is used. A run must keep at least one
// row. No layer below may have dropout, which depends on a row's place among all rows.
func (b *Builder) Pick(x *Activation) *Activation {
	check(x.rows == &b.tokens, "pick", "the rows were already picked")
	check(!b.dropping, "pick", "a layer below has dropout")
	b.picking = true
	l := &layer{name: "pick", x: x}
	l.forward = func(out []float32) { b.cpu.Pick(out, x.buf.data, b.inputs.layout.picked, x.Width) }
	l.backward = func(dx, dout, _ []float32) {
		clear(dx)
		b.cpu.AddScattered(dx, dout, b.inputs.layout.picked, x.Width)
	}
	return b.add(l, &b.picked, x.Width)
}

// targets returns the targets of x's rows.
func (b *Builder) targets(x *Activation) []int32 {
	if x.rows == &b.picked {
		return b.inputs.layout.targets
	}
	return b.inputs.Targets
}

// spread sets out, for all tokens of the batch, to the numbers of x's rows, and to 0 elsewhere.
func (b *Builder) spread(out, numbers []float32, x *Activation) {
	if x.rows != &b.picked {
		copy(out, numbers)
		return
	}
	clear(out)
	for i, cell := range b.inputs.layout.cells {
		out[cell] = numbers[i]
	}
}

// gather sets numbers, for x's rows, from those for all tokens of the batch.
func (b *Builder) gather(numbers, all []float32, x *Activation) {
	if x.rows != &b.picked {
		copy(numbers, all)
		return
	}
	for i, cell := range b.inputs.layout.cells {
		numbers[i] = all[cell]
	}
}
