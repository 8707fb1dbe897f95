package compute

import "assay/models/compute/kernels"

// picks are the rows of a run whose targets count.
type picks struct {
	rows    []int32 // ascending
	targets []int32 // theirs
	// queries are, for each sequence, the tokens from the first to the last picked one.
	queries []kernels.Queries
}

func (p *picks) choose(targets []int32, time int) {
	p.rows, p.targets, p.queries = p.rows[:0], p.targets[:0], p.queries[:0]
	for from := 0; from < len(targets); from += time {
		var q kernels.Queries
		for i, t := range targets[from : from+time] {
			if t < 0 {
				continue
			}
			p.rows, p.targets = append(p.rows, int32(from+i)), append(p.targets, t)
			if q.To == 0 {
				q.From = i
			}
			q.To = i + 1
		}
		p.queries = append(p.queries, q)
	}
}

// Pick keeps the rows of tokens whose target isn't negative; the layers above it do no work for the others.
// Results and gradients are the same as without it, as long as no output of the other tokens is used. A run
// must keep at least one row.
func (b *Builder) Pick(x *Activation) *Activation {
	check(x.rows == &b.tokens, "pick", "the rows were already picked")
	b.picking = true
	l := &layer{name: "pick", x: x}
	l.forward = func(out []float32) { b.cpu.Pick(out, x.buf.data, b.inputs.picks.rows, x.Width) }
	l.backward = func(dx, dout, _ []float32) {
		clear(dx)
		b.cpu.AddScattered(dx, dout, b.inputs.picks.rows, x.Width)
	}
	return b.add(l, &b.picked, x.Width)
}

// targets returns the targets of x's rows.
func (b *Builder) targets(x *Activation) []int32 {
	if x.rows == &b.picked {
		return b.inputs.picks.targets
	}
	return b.inputs.Targets
}

// spread sets out, for all tokens, to the numbers of x's rows, and to 0 elsewhere.
func (b *Builder) spread(out, numbers []float32, x *Activation) {
	if x.rows != &b.picked {
		copy(out, numbers)
		return
	}
	clear(out)
	for i, row := range b.inputs.picks.rows {
		out[row] = numbers[i]
	}
}

// gather sets numbers, for x's rows, from those for all tokens.
func (b *Builder) gather(numbers, all []float32, x *Activation) {
	if x.rows != &b.picked {
		copy(numbers, all)
		return
	}
	for i, row := range b.inputs.picks.rows {
		numbers[i] = all[row]
	}
}
