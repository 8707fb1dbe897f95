package compute

import "assay/models/compute/kernels"

// Embed is the sum of the tokens' rows of tokens [vocab, width] and the positions' of
// positions [context, width], dropped out by rate.
func (b *Builder) Embed(tokens, positions *Param, rate float32) *Activation {
	vocab, width := tokens.matrix()
	context, columns := positions.matrix()
	check(columns == width && b.Time <= context, "embedding", "tokens [%d, %d], positions [%d, %d], batch [%d, %d]",
		vocab, width, context, columns, b.Rows, b.Time)
	l := &layer{name: "embedding", params: []*Param{tokens, positions}}
	site, dropping := b.dropout(rate)
	if dropping {
		l.scratch = b.Rows * b.Time * width
	}
	l.forward = func(out []float32) {
		b.cpu.Embed(out, b.inputs.Tokens, tokens.Value, positions.Value, b.Rows, b.Time, width)
		if dropping {
			b.cpu.Dropout(out, out, rate, b.inputs.key(site))
		}
	}
	l.backward = func(_, dout, scratch []float32) {
		if dropping {
			b.cpu.Dropout(scratch, dout, rate, b.inputs.key(site))
			dout = scratch
		}
		b.cpu.EmbedBackward(tokens.cleared(), positions.cleared(), b.inputs.Tokens, dout, b.Rows, b.Time, width)
	}
	return b.add(l, b.Rows*b.Time, width)
}

// dropout numbers a place that drops out, if this graph does.
func (b *Builder) dropout(rate float32) (site uint64, dropping bool) {
	check(rate >= 0 && rate < 1, "dropout", "a rate of %g; it runs from 0 to below 1", rate)
	b.sites++
	return b.sites, b.Training && rate > 0
}

// Norm is LayerNorm (Ba et al., arXiv:1607.06450) with gain [width] and bias [width],
// which may be nil.
func (b *Builder) Norm(x *Activation, gain, bias *Param, epsilon float32) *Activation {
	rows, width := x.Rows, x.Width
	check(len(gain.Value) == width && (bias == nil || len(bias.Value) == width), "norm", "width %d, gain %v", width, gain.Shape)
	mean, rstd := b.buffer(rows), b.buffer(rows)
	l := &layer{name: "norm", x: x, params: []*Param{gain, bias}, saved: []*buffer{mean, rstd}, wantsX: true}
	l.forward = func(out []float32) {
		b.cpu.LayerNorm(out, mean.data, rstd.data, x.buf.data, gain.Value, bias.value(), rows, width, epsilon)
	}
	l.backward = func(dx, dout, _ []float32) {
		b.cpu.LayerNormBackward(dx, gain.cleared(), bias.cleared(), dout, x.buf.data, gain.Value, mean.data, rstd.data, rows, width)
		if l.rejoin != nil {
			b.cpu.Add(dx, dx, l.skipGrad.data)
		}
	}
	return b.add(l, rows, width)
}

// value is nil for no parameter.
func (p *Param) value() []float32 {
	if p == nil {
		return nil
	}
	return p.Value
}

// Linear is x·weight + bias, weight [in, out], bias [out] or nil.
func (b *Builder) Linear(x *Activation, weight, bias *Param) *Activation {
	rows, in, out := b.linear("linear", x, weight, bias)
	l := &layer{name: "linear", x: x, params: []*Param{weight, bias}, wantsX: true}
	l.forward = func(y []float32) { b.cpu.Linear(y, x.buf.data, weight.Value, bias.value(), rows, in, out) }
	l.backward = func(dx, dout, _ []float32) {
		b.linearBackward(dx, dout, x, weight, bias)
	}
	return b.add(l, rows, out)
}

// linearBackward is the backward pass of x·weight + bias.
func (b *Builder) linearBackward(dx, dout []float32, x *Activation, weight, bias *Param) {
	in, out := weight.matrix()
	b.cpu.MatMul(dx, dout, weight.Value, x.Rows, in, out, kernels.NT, false)
	b.cpu.LinearGradients(weight.Grad, bias.cleared(), dout, x.buf.data, x.Rows, in, out, weight.begin())
}

// LinearGELU is Linear with GPT-2's GELU (Hendrycks and Gimpel, arXiv:1606.08415, the
// approximation by tanh) over it.
func (b *Builder) LinearGELU(x *Activation, weight, bias *Param) *Activation {
	rows, in, out := b.linear("linear and GELU", x, weight, bias)
	before := b.buffer(rows * out)
	l := &layer{name: "linear and GELU", x: x, params: []*Param{weight, bias}, saved: []*buffer{before}, wantsX: true, scratch: rows * out}
	l.forward = func(y []float32) {
		b.cpu.LinearGELU(y, before.data, x.buf.data, weight.Value, bias.value(), rows, in, out)
	}
	l.backward = func(dx, dout, scratch []float32) {
		b.cpu.GELUBackward(scratch, dout, before.data)
		b.linearBackward(dx, scratch, x, weight, bias)
	}
	return b.add(l, rows, out)
}

func (b *Builder) linear(name string, x *Activation, weight, bias *Param) (rows, in, out int) {
	in, out = weight.matrix()
	check(x.Width == in && (bias == nil || len(bias.Value) == out), name, "input of width %d, weight %v", x.Width, weight.Shape)
	return x.Rows, in, out
}

// Attention is causal scaled dot-product attention within each sequence (Vaswani et
// al., arXiv:1706.03762). x holds queries, keys and values side by side, each of heads
// times size.
func (b *Builder) Attention(x *Activation, heads int) *Activation {
	width := x.Width / 3
	check(heads > 0 && x.Width == 3*width && width%heads == 0 && x.Rows == b.Rows*b.Time, "attention",
		"%d heads over [%d, %d]", heads, x.Rows, x.Width)
	lse := b.buffer(x.Rows * heads)
	l := &layer{name: "attention", x: x, saved: []*buffer{lse}, wantsX: true, wantsOut: true}
	l.forward = func(out []float32) {
		b.cpu.Attention(out, lse.data, x.buf.data, b.Rows, b.Time, heads, width/heads)
	}
	l.backward = func(dx, dout, _ []float32) {
		b.cpu.AttentionBackward(dx, dout, l.out.buf.data, lse.data, x.buf.data, b.Rows, b.Time, heads, width/heads)
	}
	return b.add(l, x.Rows, width)
}

// Residual is skip + branch, the branch dropped out by rate. The branch must begin
// with a [Builder.Norm] of skip: that norm's backward pass adds the gradient that
// comes past the branch, so that no pass over memory is spent on it alone.
func (b *Builder) Residual(skip, branch *Activation, rate float32) *Activation {
	check(skip.Rows == branch.Rows && skip.Width == branch.Width, "residual",
		"[%d, %d] + [%d, %d]", skip.Rows, skip.Width, branch.Rows, branch.Width)
	check(skip.reader != nil && skip.reader.name == "norm" && skip.reader.rejoin == nil, "residual", "its branch doesn't begin with a norm")
	l := &layer{name: "residual", x: branch, skip: skip}
	site, dropping := b.dropout(rate)
	l.passes = !dropping
	l.forward = func(out []float32) {
		if !dropping {
			b.cpu.Add(out, skip.buf.data, branch.buf.data)
			return
		}
		b.cpu.Dropout(out, branch.buf.data, rate, b.inputs.key(site))
		b.cpu.Add(out, out, skip.buf.data)
	}
	l.backward = func(dx, dout, _ []float32) { b.cpu.Dropout(dx, dout, rate, b.inputs.key(site)) }
	out := b.add(l, skip.Rows, skip.Width)
	skip.reader.rejoin = out
	return out
}
