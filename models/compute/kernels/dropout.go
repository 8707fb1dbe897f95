package kernels

// Dropout sets y to x with a fraction rate of its elements replaced by 0 and
// the rest scaled by 1/(1-rate) (Srivastava et al., JMLR 15, 2014, in the
// scaling of section 10). y may be x. Whether element i is kept hangs on key
// and i alone, so that the backward pass is the same call on the gradients.
// A rate outside [0, 1) panics: at 1 nothing would be left to scale.
func (c *CPU) Dropout(y, x []float32, rate float32, key uint64) {
	mustLen("Dropout: y", len(y), len(x))
	if !(rate >= 0 && rate < 1) {
		panic("kernels: Dropout: rate must lie within [0, 1)")
	}
	if rate == 0 {
		copy(y, x)
		return
	}
	const pair = 2 // one hash decides on two elements
	drop := uint32(float64(rate) * (1 << 32))
	keep := 1 / (1 - rate)
	c.parallel((len(x)+pair-1)/pair, grainExp/pair, func(lo, hi int) {
		dropoutGeneric(y, x, lo*pair, min(hi*pair, len(x)), drop, keep, key)
	})
}

func dropoutGeneric(y, x []float32, lo, hi int, drop uint32, keep float32, key uint64) {
	for i := lo; i < hi; i += 2 {
		h := hash(key, uint64(i/2))
		y[i] = kept(x[i], uint32(h), drop, keep)
		if i+1 < hi {
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

// hash is the i-th output of the SplitMix64 generator seeded with key (Steele,
// Lea and Flood, OOPSLA 2014, figure 17): 64 bits for each pair of key and index.
func hash(key, i uint64) uint64 {
	z := key + (i+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
