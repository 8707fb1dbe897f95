package kernels

import (
	"math"
	"testing"

	"assay/harness/leaf/approx"
)

// refGELU is the published formula, in float64.
func refGELU(x float64) float64 {
	return 0.5 * x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
}

// refGELUSlope is its derivative by the product rule.
func refGELUSlope(x float64) float64 {
	th := math.Tanh(math.Sqrt(2/math.Pi) * (x + 0.044715*x*x*x))
	return 0.5*(1+th) + 0.5*x*(1-th*th)*math.Sqrt(2/math.Pi)*(1+3*0.044715*x*x)
}

func TestGELUReference(t *testing.T) {
	// torch.nn.functional.gelu(torch.tensor([-3., -1, -.5, 0, .5, 1, 3], dtype=torch.float64), approximate='tanh')
	for x, want := range map[float64]float64{-3: -0.00363739, -1: -0.15880801, -0.5: -0.15428599, 0: 0, 0.5: 0.34571401, 1: 0.84119199, 3: 2.99636261} {
		if got := refGELU(x); !approx.Equal(got, want, 1e-8) {
			t.Errorf("gelu(%g) = %.8f, want %.8f", x, got, want)
		}
	}
	for x := -8.0; x < 8; x += 0.01 {
		h := 1e-5
		if got, want := refGELUSlope(x), (refGELU(x+h)-refGELU(x-h))/(2*h); !approx.Equal(got, want, 1e-9) {
			t.Errorf("gelu'(%g) = %g, by differences %g", x, got, want)
		}
	}
}

func TestGELU(t *testing.T) {
	var x []float32
	for i := -200000; i <= 200000; i++ {
		x = append(x, float32(i)*1e-4)
	}
	x = append(x, 1e-30, -1e-30, 1e10, -1e10, 3e38, -3e38)
	onEachPath(t, func(t *testing.T, c *CPU) {
		y, dy, dx := make([]float32, len(x)), make([]float32, len(x)), make([]float32, len(x))
		for i := range dy {
			dy[i] = 2
		}
		c.GELU(y, x)
		c.GELUBackward(dx, dy, x)
		for i, v := range x {
			want := refGELU(float64(v))
			// The exponent's rounding grows with it, hence the factor; 1e-15 is the
			// reference's own cancellation.
			if d := math.Abs(float64(y[i]) - want); !(d <= 4e-7*(1+min(float64(v)*float64(v), 100))*math.Abs(want)+1e-15) {
				t.Fatalf("gelu(%g) = %g, want %g", v, y[i], want)
			}
			slope := 2 * refGELUSlope(float64(v))
			if v > 1e5 || v < -1e5 { // x^2 overflows in the reference
				slope = 2 * max(0, float64(sign(v)))
			}
			if d := math.Abs(float64(dx[i]) - slope); !(d <= 1e-6) {
				t.Fatalf("gelu'(%g): %g, want %g", v, dx[i], slope)
			}
		}
		c.GELUBackward(dy, dy, x)
		sameBits(t, "in place", dy, dx)
	})
}

func sign(x float32) float32 {
	if x < 0 {
		return -1
	}
	return 1
}
