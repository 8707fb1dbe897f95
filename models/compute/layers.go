package compute

import "assay/models/compute/kernels"

// Embed is the sum of the tokens' rows of tokens [vocab, width] and the positions' rows of positions
// [context, width], with dropout of the given rate.
func (b *Builder) Embed(tokens, positions *Param, rate float32) *Activation {
	vocab, width := tokens.matrix()
	context, columns := positions.matrix()
	check(columns == width, "embedding", "tokens [%d, %d], positions [%d, %d]", vocab, width, context, columns)
	l := &layer{name: "embedding", params: []*Param{tokens, positions}}
	site, dropping := b.dropout(rate)
	if dropping {
		l.scratch = width
	}
	l.forward = func(out []float32) {
		b.cpu.Embed(out, b.inputs.layout.tokens, b.inputs.layout.positions, tokens.Value, positions.Value, width)
		if dropping {
			b.cpu.Dropout(out, out, rate, b.inputs.key(site))
		}
	}
	l.backward = func(_, dout, scratch []float32) {
		if dropping {
			b.cpu.Dropout(scratch, dout, rate, b.inputs.key(site))
			dout = scratch
		}
		b.cpu.EmbedBackward(tokens.cleared(), positions.cleared(), b.inputs.layout.tokens, b.inputs.layout.positions, dout, width)
	}
	return b.add(l, &b.tokens, width)
}

// dropout numbers a place with dropout, if this graph applies it.
func (b *Builder) dropout(rate float32) (site uint64, dropping bool) {
	check(rate >= 0 && rate < 1, "dropout", "the rate %g must be at least 0 and below 1", rate)
	b.sites++
	dropping = b.Training && rate > 0
	b.dropping = b.dropping || dropping
	return b.sites, dropping
}

// Norm is LayerNorm (Ba et al., arXiv:1607.06450) with gain [width] and bias [width],
// which may be nil.
func (b *Builder) Norm(x *Activation, gain, bias *Param, epsilon float32) *Activation {
	width := x.Width
	check(len(gain.Value) == width && (bias == nil || len(bias.Value) == width), "norm", "width %d, gain %v", width, gain.Shape)
	mean, rstd := b.buffer(x.rows, 1), b.buffer(x.rows, 1)
	l := &layer{name: "norm", x: x, params: []*Param{gain, bias}, saved: []*buffer{mean, rstd}, wantsX: true}
	l.forward = func(out []float32) {
		b.cpu.LayerNorm(out, mean.data, rstd.data, x.buf.data, gain.Value, bias.value(), x.rows.now, width, epsilon)
	}
	l.backward = func(dx, dout, _ []float32) {
		b.cpu.LayerNormBackward(dx, gain.cleared(), bias.cleared(), dout, x.buf.data, gain.Value, mean.data, rstd.data, x.rows.now, width)
		switch {
		case l.rejoin == nil:
		case l.rejoin.rows == x.rows:
			b.cpu.Add(dx, dx, l.skipGrad.data)
		default:
			b.cpu.AddScattered(dx, l.skipGrad.data, b.inputs.layout.picked, width)
		}
	}
	return b.add(l, x.rows, width)
}

// value returns nil for an absent parameter.
func (p *Param) value() []float32 {
	if p == nil {
		return nil
	}
	return p.Value
}

// Linear is x·weight + bias, weight [in, out], bias [out] or nil.
func (b *Builder) Linear(x *Activation, weight, bias *Param) *Activation {
	in, out := b.linear("linear", x, weight, bias)
	l := &layer{name: "linear", x: x, params: []*Param{weight, bias}, wantsX: true}
	l.forward = func(y []float32) { b.cpu.Linear(y, x.buf.data, weight.Value, bias.value(), x.rows.now, in, out) }
	l.backward = func(dx, dout, _ []float32) {
		b.linearBackward(dx, dout, x, weight, bias)
	}
	return b.add(l, x.rows, out)
}

// linearBackward is the backward pass of x·weight + bias.
func (b *Builder) linearBackward(dx, dout []float32, x *Activation, weight, bias *Param) {
	in, out := weight.matrix()
	b.cpu.MatMul(dx, dout, weight.Value, x.rows.now, in, out, kernels.NT, false)
	b.cpu.LinearGradients(weight.Grad, bias.cleared(), dout, x.buf.data, x.rows.now, in, out, weight.begin())
}

// LinearGELU is Linear followed by GPT-2's GELU (Hendrycks and Gimpel, arXiv:1606.08415, the tanh
// approximation).
func (b *Builder) LinearGELU(x *Activation, weight, bias *Param) *Activation {
	in, out := b.linear("linear and GELU", x, weight, bias)
	before := b.buffer(x.rows, out)
	l := &layer{name: "linear and GELU", x: x, params: []*Param{weight, bias}, saved: []*buffer{before}, wantsX: true, scratch: out}
	l.forward = func(y []float32) {
		pre := y // nobody reads it
		if b.Training {
			pre = before.data
		}
		b.cpu.LinearGELU(y, pre, x.buf.data, weight.Value, bias.value(), x.rows.now, in, out)
	}
	l.backward = func(dx, dout, scratch []float32) {
		b.cpu.GELUBackward(scratch, dout, before.data)
		b.linearBackward(dx, scratch, x, weight, bias)
	}
	return b.add(l, x.rows, out)
}

func (b *Builder) linear(name string, x *Activation, weight, bias *Param) (in, out int) {
	in, out = weight.matrix()
	check(x.Width == in && (bias == nil || len(bias.Value) == out), name, "input of width %d, weight %v", x.Width, weight.Shape)
	return in, out
}

// Attention is causal scaled dot-product attention within each sequence (Vaswani et al., arXiv:1706.03762). x
// holds queries, keys and values side by side, each of heads times size. If a [Builder.Pick] follows
// (picked), queries before the first token that it keeps of a sequence are not computed.
func (b *Builder) Attention(x *Activation, heads int, picked bool) *Activation {
	width := x.Width / 3
	check(heads > 0 && x.Width == 3*width && width%heads == 0 && x.rows == &b.tokens, "attention",
		"%d heads over rows of %d", heads, x.Width)
	lse := b.buffer(x.rows, heads)
	l := &layer{name: "attention", x: x, saved: []*buffer{lse}, wantsX: true, wantsOut: true}
	sequences := func() []kernels.Sequence {
		if picked {
			return b.inputs.layout.queries
		}
		return b.inputs.layout.sequences
	}
	l.forward = func(out []float32) {
		var kept []float32
		if b.Training {
			kept = lse.data
		}
		b.cpu.Attention(out, kept, x.buf.data, sequences(), heads, width/heads)
	}
	l.backward = func(dx, dout, _ []float32) {
		b.cpu.AttentionBackward(dx, dout, l.out.buf.data, lse.data, x.buf.data, sequences(), heads, width/heads)
	}
	return b.add(l, x.rows, width)
}

// Residual is skip + branch, with dropout of the given rate on the branch. If the branch's rows were picked,
// the same rows of skip are used. The branch must start with a [Builder.Norm] of skip: that norm's backward
// pass also adds the gradient that bypasses the branch, which saves a pass over memory.
func (b *Builder) Residual(skip, branch *Activation, rate float32) *Activation {
	check(skip.Width == branch.Width && (branch.rows == skip.rows || branch.rows == &b.picked), "residual",
		"widths %d and %d, or only the first has picked rows", skip.Width, branch.Width)
	check(skip.reader != nil && skip.reader.name == "norm" && skip.reader.rejoin == nil, "residual", "its branch doesn't begin with a norm")
	l := &layer{name: "residual", x: branch, skip: skip}
	site, dropping := b.dropout(rate)
	l.passes = !dropping
	l.forward = func(out []float32) {
		added := branch.buf.data
		if dropping {
			b.cpu.Dropout(out, added, rate, b.inputs.key(site))
			added = out
		}
		if branch.rows == skip.rows {
			b.cpu.Add(out, skip.buf.data, added)
		} else {
			b.cpu.AddPicked(out, skip.buf.data, added, b.inputs.layout.picked, skip.Width)
		}
	}
	l.backward = func(dx, dout, _ []float32) { b.cpu.Dropout(dx, dout, rate, b.inputs.key(site)) }
	out := b.add(l, branch.rows, skip.Width)
	skip.reader.rejoin = out
	return out
}
