package compute

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
