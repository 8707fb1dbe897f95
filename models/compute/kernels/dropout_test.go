package kernels

import (
	"math"
	"math/bits"
	"slices"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/leaf/seed"
)

func TestDropout(t *testing.T) {
	const n = 200001
	x := slices.Repeat([]float32{3}, n)
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, rate := range []float32{0, 0.1, 0.5, 0.9, 0.999} {
			y := make([]float32, n)
			c.Dropout(y, x, rate, 11)
			dropped, both := 0, 0
			for i, v := range y {
				if v != 0 && v != 3*(1/(1-rate)) {
					t.Fatalf("rate %g: element %d is %g", rate, i, v)
				}
				if v == 0 {
					dropped++
					if i > 0 && y[i-1] == 0 {
						both++
					}
				}
			}
			p := float64(rate)
			if d := math.Abs(float64(dropped)/n - p); d > 5*math.Sqrt(p*(1-p)/n) {
				t.Errorf("rate %g: %d of %d dropped", rate, dropped, n)
			}
			if d := math.Abs(float64(both)/n - p*p); d > 7*math.Sqrt(p*p*(1-p*p)/n) {
				t.Errorf("rate %g: %d neighbours of %d both dropped", rate, both, n)
			}
			want := make([]float32, n)
			dropoutGeneric(want, x, seed.Mix(11)+seed.Golden, uint32(p*(1<<32)), 1/(1-rate))
			sameBits(t, "beside plain Go", y, want)
			again := slices.Clone(x)
			c.Dropout(again, again, rate, 11)
			sameBits(t, "in place", again, y)
			prefix := make([]float32, 777)
			c.Dropout(prefix, x[:777], rate, 11)
			sameBits(t, "a prefix", prefix, y[:777])
			sameOnAnyThreads(t, c.Path(), func(c *CPU) []float32 {
				y := make([]float32, n)
				c.Dropout(y, x, rate, 11)
				return y
			})
		}
	})
}

// Masks of neighbouring keys must look independent: half of the elements agree.
func TestDropoutKeys(t *testing.T) {
	const n = 100000
	c := New(Generic, 1)
	defer c.Close()
	one := slices.Repeat([]float32{1}, n)
	mask := func(key uint64) []float32 {
		y := make([]float32, n)
		c.Dropout(y, one, 0.5, key)
		return y
	}
	first := mask(100)
	for bit := range 64 {
		agree := 0
		for i, v := range mask(100 ^ 1<<bit) {
			if v == first[i] {
				agree++
			}
		}
		if !approx.Equal(float64(agree), n/2, 5*math.Sqrt(n)/2) {
			t.Errorf("flipping bit %d of the key (%d set) leaves %d of %d", bit, bits.OnesCount64(1<<bit), agree, n)
		}
	}
}

func TestDropoutRefusesRates(t *testing.T) {
	c := New(Generic, 1)
	defer c.Close()
	for _, rate := range []float32{-0.1, 1, 2, float32(math.NaN())} {
		func() {
			defer func() {
				if got, want := recover(), "kernels: Dropout: rate must be in [0, 1)"; got != want {
					t.Errorf("rate %g: panicked with %v, want %q", rate, got, want)
				}
			}()
			c.Dropout(nil, nil, rate, 1)
		}()
	}
}
