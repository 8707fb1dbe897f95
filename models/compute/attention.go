package compute

import "assay/models/compute/kernels"

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
