package compute

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
