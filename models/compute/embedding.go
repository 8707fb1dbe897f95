package compute

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
