package kernels

// linearGrain is how many rows are finished at a time, while they are in cache.
const linearGrain = 16

// Linear is y = x·w + bias: x [rows,in], w [in,out] as Hugging Face's Conv1D
// stores it, bias [out] or nil, y [rows,out].
func (c *CPU) Linear(y, x, w, bias []float32, rows, in, out int) {
	c.fillRows(y, bias, rows, out)
	c.MatMul(y, x, w, rows, out, in, NN, bias != nil)
}

// fillRows sets every row to bias, from which the chains of a product go on.
func (c *CPU) fillRows(y, bias []float32, rows, out int) {
	if bias == nil {
		return
	}
	mustLen("Linear: bias", len(bias), out)
	c.parallel(rows, linearGrain, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			copy(y[r*out:(r+1)*out], bias)
		}
	})
}

// LinearGELU is pre = x·w + bias and y = gelu(pre), shapes as [CPU.Linear]'s; pre
// is kept for the backward pass.
func (c *CPU) LinearGELU(y, pre, x, w, bias []float32, rows, in, out int) {
	c.Linear(pre, x, w, bias, rows, in, out)
	c.GELU(y, pre)
}

// LinearBackward is the backward pass of [CPU.Linear]: dx = dy·wᵀ (nil where it is
// not wanted), dw += xᵀ·dy, dbias += the columns' sums of dy (nil where there is
// none).
func (c *CPU) LinearBackward(dx, dw, dbias, dy, x, w []float32, rows, in, out int) {
	if dx != nil {
		c.MatMul(dx, dy, w, rows, in, out, NT, false)
	}
	c.MatMul(dw, x, dy, in, out, rows, TN, true)
	if dbias == nil {
		return
	}
	mustLen("LinearBackward: dbias", len(dbias), out)
	c.parallel(out, 64, func(lo, hi int) {
		sums := dbias[lo:hi]
		for r := range rows {
			addOn(c.path, sums, sums, dy[r*out+lo:r*out+hi])
		}
	})
}
