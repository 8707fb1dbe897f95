package compute

import "assay/models/compute/kernels"

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
