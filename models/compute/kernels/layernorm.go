package kernels

import "math"

// LayerNorm normalises each row of x [rows, width] to mean 0 and variance 1
// and maps it by gain and bias [width] (Ba et al., arXiv:1607.06450, eq. 4):
//
//	y = (x - mean) * rstd * gain + bias,   rstd = 1/sqrt(var + epsilon)
//
// The variance divides by width. bias may be nil. mean and rstd [rows] are output for the backward pass. y
// may be x.
func (c *CPU) LayerNorm(y, mean, rstd, x, gain, bias []float32, rows, width int, epsilon float32) {
	mustLen("LayerNorm: y", len(y), rows*width)
	mustLen("LayerNorm: x", len(x), rows*width)
	mustLen("LayerNorm: mean", len(mean), rows)
	mustLen("LayerNorm: rstd", len(rstd), rows)
	mustLen("LayerNorm: gain", len(gain), width)
	if bias != nil {
		mustLen("LayerNorm: bias", len(bias), width)
	}
	if width == 0 {
		return
	}
	c.parallel(rows, rowGrain(width), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			mean[r], rstd[r] = normOn(c.path, y[r*width:(r+1)*width], x[r*width:(r+1)*width], gain, bias, epsilon)
		}
	})
}

// LayerNormBackward is the derivative of LayerNorm, from its input and the statistics that it output. With n
// = (x-mean)*rstd and h = dy*gain:
//
//	dx    = rstd * (h - average(h) - n * average(h*n))   overwritten; may be dy
//	dgain += sum over rows of dy*n
//	dbias += sum over rows of dy                          nil: not needed
func (c *CPU) LayerNormBackward(dx, dgain, dbias, dy, x, gain, mean, rstd []float32, rows, width int) {
	mustLen("LayerNormBackward: dx", len(dx), rows*width)
	mustLen("LayerNormBackward: dy", len(dy), rows*width)
	mustLen("LayerNormBackward: x", len(x), rows*width)
	mustLen("LayerNormBackward: mean", len(mean), rows)
	mustLen("LayerNormBackward: rstd", len(rstd), rows)
	mustLen("LayerNormBackward: gain", len(gain), width)
	mustLen("LayerNormBackward: dgain", len(dgain), width)
	if dbias != nil {
		mustLen("LayerNormBackward: dbias", len(dbias), width)
	}
	if rows == 0 || width == 0 {
		return
	}
	// The columns come first, because dx may overwrite dy. A column's sum runs over the rows in order, on one
	// thread.
	c.parallel((width+normColumns-1)/normColumns, 1, func(lo, hi int) {
		for j := lo * normColumns; j < min(hi*normColumns, width); j += normColumns {
			normColumnsOn(c.path, dgain, dbias, dy, x, mean, rstd, width, j, min(j+normColumns, width))
		}
	})
	c.parallel(rows, rowGrain(width), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			row := func(v []float32) []float32 { return v[r*width : (r+1)*width] }
			normBackwardOn(c.path, row(dx), row(dy), row(x), gain, mean[r], rstd[r])
		}
	})
}

// normColumns is how many columns of dgain and dbias are summed together.
const normColumns = 64

// rowGrain is how many rows of a width make a chunk worth dispatching.
func rowGrain(width int) int { return max(1, grainExp/max(width, 1)) }

func normGeneric(y, x, gain, bias []float32, epsilon float32) (mean, rstd float32) {
	var sum float64
	for _, v := range x {
		sum += float64(v)
	}
	mean = float32(sum / float64(len(x)))
	var squares float64
	for _, v := range x {
		squares += float64(v-mean) * float64(v-mean)
	}
	rstd = rstdOf(squares, len(x), epsilon)
	for i, v := range x {
		y[i] = (v - mean) * rstd * gain[i]
	}
	if bias != nil {
		addGeneric(y, y, bias)
	}
	return mean, rstd
}

// rstdOf is 1/sqrt(variance + epsilon), from the sum of n squared deviations.
func rstdOf(squares float64, n int, epsilon float32) float32 {
	return float32(1 / math.Sqrt(squares/float64(n)+float64(epsilon)))
}

func normColumnsGeneric(dgain, dbias, dy, x, mean, rstd []float32, width, lo, hi int) {
	var gains, biases [normColumns]float32
	for r := range mean {
		for j := lo; j < hi; j++ {
			d := dy[r*width+j]
			gains[j-lo] += d * ((x[r*width+j] - mean[r]) * rstd[r])
			biases[j-lo] += d
		}
	}
	addGeneric(dgain[lo:hi], dgain[lo:hi], gains[:hi-lo])
	if dbias != nil {
		addGeneric(dbias[lo:hi], dbias[lo:hi], biases[:hi-lo])
	}
}

func normBackwardGeneric(dx, dy, x, gain []float32, mean, rstd float32) {
	var sum, along float64
	for i, v := range x {
		h := dy[i] * gain[i]
		sum += float64(h)
		along += float64(h * ((v - mean) * rstd))
	}
	average := float32(sum / float64(len(x)))
	slope := float32(along / float64(len(x)))
	for i, v := range x {
		dx[i] = rstd * (dy[i]*gain[i] - average - (v-mean)*rstd*slope)
	}
}
