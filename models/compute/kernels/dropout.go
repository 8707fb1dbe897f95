package kernels

import (
	"assay/harness/leaf/seed"
)

// Dropout sets y to x with a fraction rate of its elements replaced by 0 and the rest scaled by 1/(1-rate)
// (Srivastava et al., JMLR 15, 2014, in the scaling of section 10). y may be x. Whether element i is kept
// depends on key and i alone, so the backward pass is the same call on the gradients. A rate outside [0, 1)
// panics.
func (c *CPU) Dropout(y, x []float32, rate float32, key uint64) {
	mustLen("Dropout: y", len(y), len(x))
	if !(rate >= 0 && rate < 1) {
		panic("kernels: Dropout: rate must be in [0, 1)")
	}
	if rate == 0 {
		copy(y, x)
		return
	}
	const pair = 2 // one hash decides two elements
	drop := uint32(float64(rate) * (1 << 32))
	keep := 1 / (1 - rate)
	first := seed.Mix(key) + seed.Golden // so that close keys have states far apart
	c.parallel((len(x)+pair-1)/pair, grainExp/pair, func(lo, hi int) {
		from, to := lo*pair, min(hi*pair, len(x))
		dropoutOn(c.path, y[from:to], x[from:to], first+uint64(lo)*seed.Golden, drop, keep)
	})
}

// dropoutGeneric drops the elements whose 32 bits of a hash are below drop; state is the generator's state for the
// first pair.
func dropoutGeneric(y, x []float32, state uint64, drop uint32, keep float32) {
	for i := 0; i < len(x); i += 2 {
		h := seed.Mix(state)
		state += seed.Golden
		y[i] = kept(x[i], uint32(h), drop, keep)
		if i+1 < len(x) {
			y[i+1] = kept(x[i+1], uint32(h>>32), drop, keep)
		}
	}
}

func kept(x float32, draw, drop uint32, keep float32) float32 {
	if draw < drop {
		return 0
	}
	return x * keep
}
