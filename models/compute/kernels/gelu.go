package kernels

// GELU in its tanh form, x/2 * (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
// (Hendrycks and Gimpel, arXiv:1606.08415, section 2), which is GPT-2's
// activation. With u the tanh's argument it is computed as x/(1 + e^(-2u)):
// the same function, without the cancellation at negative x.
const (
	geluSlope = 0.7978845608028654 // sqrt(2/pi)
	geluCube  = 0.044715
	// geluClamp bounds x in the derivative, so that no product overflows;
	// beyond it the derivative is within 1e-35 of 0 or 1.
	geluClamp = 10
)

// GELU sets y[i] = gelu(x[i]); y may be x.
func (c *CPU) GELU(y, x []float32) {
	mustLen("GELU: y", len(y), len(x))
	c.parallel(len(x), grainExp, func(lo, hi int) { geluOn(c.path, y[lo:hi], x[lo:hi]) })
}

// GELUBackward sets dx[i] = dy[i] * gelu'(x[i]); dx may be dy.
func (c *CPU) GELUBackward(dx, dy, x []float32) {
	mustLen("GELUBackward: dx", len(dx), len(x))
	mustLen("GELUBackward: dy", len(dy), len(x))
	c.parallel(len(x), grainExp, func(lo, hi int) { geluBackwardOn(c.path, dx[lo:hi], dy[lo:hi], x[lo:hi]) })
}

func geluGeneric(y, x []float32) {
	for i, f := range x {
		v := float64(f)
		y[i] = float32(v / (1 + exp64(-2*geluSlope*v*(1+geluCube*v*v))))
	}
}

// With s = 1/(1 + e^(-2u)): gelu' = s + x s (1-s) 2u', 2u' = 2 sqrt(2/pi) (1 + 3*0.044715 x^2).
func geluBackwardGeneric(dx, dy, x []float32) {
	dx, dy = dx[:len(x)], dy[:len(x)]
	for i, f := range x {
		v := min(max(float64(f), -geluClamp), geluClamp)
		e := exp64(-2 * geluSlope * v * (1 + geluCube*v*v))
		s := 1 / (1 + e)
		slope := 2 * geluSlope * (1 + 3*geluCube*v*v)
		dx[i] = float32(float64(dy[i]) * (s + v*e*s*s*slope))
	}
}
