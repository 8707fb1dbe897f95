package kernels

// Pick sets row i of out [len(rows), width] to the row of x that rows names.
func (c *CPU) Pick(out, x []float32, rows []int32, width int) {
	mustLen("Pick: out", len(out), len(rows)*width)
	c.parallel(len(rows), rowGrain(width), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			copy(out[i*width:(i+1)*width], x[int(rows[i])*width:])
		}
	})
}

// AddPicked sets row i of out [len(rows), width] to the row of x that rows names plus
// row i of y. out may be y.
func (c *CPU) AddPicked(out, x, y []float32, rows []int32, width int) {
	mustLen("AddPicked: out", len(out), len(rows)*width)
	mustLen("AddPicked: y", len(y), len(out))
	c.parallel(len(rows), rowGrain(width), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			from := int(rows[i]) * width
			addOn(c.path, out[i*width:(i+1)*width], x[from:from+width], y[i*width:(i+1)*width])
		}
	})
}

// AddScattered adds row i of x [len(rows), width] to the row of out that rows names,
// which are all different.
func (c *CPU) AddScattered(out, x []float32, rows []int32, width int) {
	mustLen("AddScattered: x", len(x), len(rows)*width)
	c.parallel(len(rows), rowGrain(width), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			to := out[int(rows[i])*width:][:width]
			addOn(c.path, to, to, x[i*width:(i+1)*width])
		}
	})
}
