// Package seed makes seeds out of seeds: SplitMix64, and what is built on it. Each
// random number of assay depends on the run's seed and on what it is for, never on
// what was drawn before it, so that nothing has a state to save.
//
// SplitMix64 is from Steele, Lea and Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014. Its outputs here are those of Vigna's splitmix64.c.
package seed

import (
	"crypto/sha256"
	"encoding/binary"
)

// Golden is the distance between two neighbouring states of SplitMix64: 2^64 divided
// by the golden ratio, odd.
const Golden uint64 = 0x9e3779b97f4a7c15

// Mix is SplitMix64's output in a state, a bijection of 64-bit words. Numbers that
// differ in one bit come out with about half of their bits different.
func Mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Next is the first output of a generator with this seed.
func Next(seed uint64) uint64 { return Mix(seed + Golden) }

// At is a seed for a place, such as a step, a part and a row: the same for the same
// seed and place, and unrelated for any other.
func At(seed uint64, place ...int) uint64 {
	x := Next(seed)
	for _, p := range place {
		x = Mix(x + Golden*(uint64(p)+1))
	}
	return x
}

// Text is a seed that depends on a text: the first eight bytes of its SHA-256,
// little-endian.
func Text(text []byte) uint64 {
	sum := sha256.Sum256(text)
	return binary.LittleEndian.Uint64(sum[:])
}

// Unit maps 64 bits to a number in [0, 1), by their upper 53.
func Unit(x uint64) float64 { return float64(x>>11) / (1 << 53) }

// Generator is SplitMix64. Its zero value has the seed 0.
type Generator struct{ state uint64 }

// New is a generator with a seed.
func New(seed uint64) *Generator { return &Generator{seed} }

// Uint64 draws 64 bits; it makes the generator a source of math/rand/v2.
func (g *Generator) Uint64() uint64 {
	g.state += Golden
	return Mix(g.state)
}
