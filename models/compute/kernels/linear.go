package kernels

// Linear is y = x·w + bias: x [rows,in], w [in,out] as Hugging Face's Conv1D
// stores it, bias [out] or nil, y [rows,out].
func (c *CPU) Linear(y, x, w, bias []float32, rows, in, out int) {
	c.product(linear(y, x, w, bias, rows, in, out))
}

// LinearGELU is pre = x·w + bias and y = gelu(pre), with the shapes of [CPU.Linear]; pre is output for the
// backward pass.
func (c *CPU) LinearGELU(y, pre, x, w, bias []float32, rows, in, out int) {
	mustLen("LinearGELU: y", len(y), rows*out)
	g := linear(pre, x, w, bias, rows, in, out)
	g.gelu = y
	c.product(g)
}

func linear(y, x, w, bias []float32, rows, in, out int) product {
	mustLen("Linear: y", len(y), rows*out)
	mustLen("Linear: x", len(x), rows*in)
	mustLen("Linear: w", len(w), in*out)
	if bias != nil {
		mustLen("Linear: bias", len(bias), out)
	}
	return product{out: y, a: x, b: w, m: rows, n: out, k: in, form: NN, bias: bias}
}

// LinearBackward is the backward pass of [CPU.Linear]: dx = dy·wᵀ (nil if not needed), dw += xᵀ·dy, dbias +=
// the columns' sums of dy (nil if there is no bias).
func (c *CPU) LinearBackward(dx, dw, dbias, dy, x, w []float32, rows, in, out int) {
	if dx != nil {
		c.MatMul(dx, dy, w, rows, in, out, NT, false)
	}
	c.LinearGradients(dw, dbias, dy, x, rows, in, out, true)
}

// LinearGradients is the part of [CPU.LinearBackward] for the weights. It adds to dbias; it adds to dw, or
// sets it without add, which saves a pass that zeroes it.
func (c *CPU) LinearGradients(dw, dbias, dy, x []float32, rows, in, out int, add bool) {
	c.MatMul(dw, x, dy, in, out, rows, TN, add)
	if dbias == nil {
		return
	}
	mustLen("LinearGradients: dbias", len(dbias), out)
	c.parallel(out, 128, func(lo, hi int) {
		columnSumsOn(c.path, dbias[lo:hi], dy[lo:], out, rows)
	})
}
