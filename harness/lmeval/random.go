package lmeval

import (
	"fmt"
	"math"
	"math/bits"

	"assay/harness/leaf/plural"
)

// pythonRandom is Python's random.Random: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), seeded and
// used as CPython does.
type pythonRandom struct {
	state [624]uint32
	index int
}

// newPythonRandom is random.Random(seed).
func newPythonRandom(seed uint32) *pythonRandom {
	r := &pythonRandom{index: 624}
	s := &r.state
	s[0] = 19650218
	for i := 1; i < len(s); i++ {
		s[i] = 1812433253*(s[i-1]^s[i-1]>>30) + uint32(i)
	}
	i := 1
	next := func() {
		if i++; i >= len(s) {
			s[0], i = s[len(s)-1], 1
		}
	}
	for range s { // init_by_array with one number
		s[i] = (s[i] ^ (s[i-1]^s[i-1]>>30)*1664525) + seed
		next()
	}
	for range len(s) - 1 {
		s[i] = (s[i] ^ (s[i-1]^s[i-1]>>30)*1566083941) - uint32(i)
		next()
	}
	s[0] = 1 << 31
	return r
}

func (r *pythonRandom) uint32() uint32 {
	s := &r.state
	if r.index == len(s) {
		for i := range s {
			y := s[i]&(1<<31) | s[(i+1)%len(s)]&(1<<31-1)
			s[i] = s[(i+397)%len(s)] ^ y>>1 ^ y&1*0x9908b0df
		}
		r.index = 0
	}
	y := s[r.index]
	r.index++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// below is a number from 0 to n-1.
func (r *pythonRandom) below(n int) int {
	k := bits.Len(uint(n))
	for {
		if v := int(r.uint32() >> (32 - k)); v < n {
			return v
		}
	}
}

// sample is the indices of random.sample(population, k), for a population of n.
func (r *pythonRandom) sample(n, k int) ([]int, error) {
	if k > n {
		return nil, fmt.Errorf("%s wanted, but the data have only %d", plural.Of(k, "few-shot example"), n)
	}
	out := make([]int, k)
	set := 21
	if k > 5 {
		set += 1 << (2 * int(math.Ceil(math.Log(float64(k*3))/math.Log(4))))
	}
	if n <= set {
		pool := make([]int, n)
		for i := range pool {
			pool[i] = i
		}
		for i := range out {
			j := r.below(n - i)
			out[i], pool[j] = pool[j], pool[n-i-1]
		}
		return out, nil
	}
	chosen := map[int]bool{}
	for i := range out {
		j := r.below(n)
		for chosen[j] {
			j = r.below(n)
		}
		chosen[j], out[i] = true, j
	}
	return out, nil
}
