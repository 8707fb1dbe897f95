package kernels

import (
	"math"
	"strconv"
)

// Grains of the elementwise kernels, in elements: a chunk is long enough to
// pay for its dispatch, and short enough to leave work for every thread.
const (
	grainCheap = 16384 // bound by memory: add, scale, AdamW
	grainExp   = 4096  // bound by arithmetic: exp, tanh, GELU
)

// Exp sets y[i] = e^x[i]; y may be x. The relative error is below 1.5 units in the last place if the result
// is a normal number, and below one unit of the smallest denormal otherwise. Above 88.73 the result is +Inf,
// below -104 it is 0; e^NaN is NaN.
func (c *CPU) Exp(y, x []float32) {
	mustLen("Exp: y", len(y), len(x))
	c.parallel(len(x), grainExp, func(lo, hi int) { expOn(c.path, y[lo:hi], x[lo:hi]) })
}

// Tanh sets y[i] = tanh(x[i]); y may be x. The relative error is below 3
// units in the last place; tanh(±0) is ±0, tanh(±Inf) is ±1, tanh(NaN) is NaN.
func (c *CPU) Tanh(y, x []float32) {
	mustLen("Tanh: y", len(y), len(x))
	c.parallel(len(x), grainExp, func(lo, hi int) { tanhOn(c.path, y[lo:hi], x[lo:hi]) })
}

// Add sets y = a + b; y may be a or b.
func (c *CPU) Add(y, a, b []float32) {
	mustLen("Add: a", len(a), len(y))
	mustLen("Add: b", len(b), len(y))
	c.parallel(len(y), grainCheap, func(lo, hi int) { addOn(c.path, y[lo:hi], a[lo:hi], b[lo:hi]) })
}

// Scale multiplies x by a number, in place.
func (c *CPU) Scale(x []float32, by float32) {
	c.parallel(len(x), grainCheap, func(lo, hi int) { scaleOn(c.path, x[lo:hi], by) })
}

// SumSquares returns the sum of x[i]^2, computed in float64 over blocks that depend only on len(x).
func (c *CPU) SumSquares(x []float32) float64 {
	const most = 64
	var partial [most]float64
	block := max((len(x)+most-1)/most, grainCheap)
	blocks := (len(x) + block - 1) / block
	c.parallel(blocks, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			partial[i] = squaresOn(c.path, x[i*block:min((i+1)*block, len(x))])
		}
	})
	var sum float64
	for _, p := range partial[:blocks] {
		sum += p
	}
	return sum
}

// exp64 is e^x for a float32's worth of digits: relative error under 3e-10.
// Range reduction by ln 2, then the Taylor polynomial of degree 8 on
// [-ln2/2, ln2/2], its halves summed apart to shorten the chain; its arithmetic
// in float64 makes the float32 result nearly correctly rounded, denormals
// included.
func exp64(x float64) float64 {
	if !(x > -700 && x < 700) {
		return expLimit(x)
	}
	const whole = 3 << 51 // float64s of this size are integers
	shifted := x*math.Log2E + whole
	r := x - (shifted-whole)*math.Ln2
	r2 := r * r
	r4 := r2 * r2
	p := (1 + r) + r2*(1.0/2+r*(1.0/6)) + r4*((1.0/24+r*(1.0/120))+r2*(1.0/720+r*(1.0/5040))+r4*(1.0/40320))
	return p * math.Float64frombits((math.Float64bits(shifted)+1023)<<52)
}

func expLimit(x float64) float64 {
	switch {
	case x > 0:
		return math.Inf(1)
	case x < 0:
		return 0
	}
	return x // NaN
}

func exp32(x float32) float32 { return float32(exp64(float64(x))) }

func tanh32(x float32) float32 {
	v := math.Abs(float64(x))
	switch {
	case v < 1e-3: // the next term of the series is under 2e-13 of x
		return float32(float64(x) * (1 - v*v/3))
	case v > 10:
		return float32(math.Copysign(1, float64(x)))
	}
	e := exp64(2 * v)
	return float32(math.Copysign((e-1)/(e+1), float64(x)))
}

func expGeneric(y, x []float32) {
	for i, v := range x {
		y[i] = exp32(v)
	}
}

func tanhGeneric(y, x []float32) {
	for i, v := range x {
		y[i] = tanh32(v)
	}
}

func addGeneric(y, a, b []float32) {
	a, b = a[:len(y)], b[:len(y)]
	for i := range y {
		y[i] = a[i] + b[i]
	}
}

func scaleGeneric(x []float32, by float32) {
	for i := range x {
		x[i] *= by
	}
}

func squaresGeneric(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum
}

func dotGeneric(a, b []float32) float32 {
	b = b[:len(a)]
	var sum float64
	for i, v := range a {
		sum += float64(v) * float64(b[i])
	}
	return float32(sum)
}

func mustLen(what string, got, want int) {
	if got != want {
		panic("kernels: " + what + " has length " + strconv.Itoa(got) + ", want " + strconv.Itoa(want))
	}
}
