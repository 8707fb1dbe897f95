package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// exactFlips is the largest number of nonzero differences for which all sign flips
// are enumerated: 2^20 sums.
const exactFlips = 20

// SignFlip is the two-sided p-value of the sign-flip permutation test of the mean
// of d, the differences of pairs (Fisher 1935, The Design of Experiments, sec. 21):
// how often a mean at least as far from 0 arises when each difference keeps or
// changes its sign at random. It is exact when the differences are symmetric about
// 0 under the hypothesis, as they are when the two of a pair are exchangeable.
//
// With up to 20 nonzero differences all flips are enumerated, and the result is
// exact. With more, it draws the given number of resamples from a PCG generator
// with the given seed and returns (1+hits)/(1+resamples). That is a valid p-value
// and never 0 (Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39). A sum
// within 1e-12 of the observed one, relative to the sum of |d|, counts as equal to
// it.
//
// Differences of 0 don't move the mean. When all are 0, SignFlip returns 1. It
// panics for no differences, for a NaN or an infinity, or for resamples < 1.
func SignFlip(d []float64, resamples int, seed uint64) float64 {
	if len(d) == 0 || resamples < 1 {
		panic(fmt.Sprintf("stats: SignFlip of %d pairs with %d resamples", len(d), resamples))
	}
	var observed, total float64
	nonzero := make([]float64, 0, len(d))
	for i, v := range d {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			panic(fmt.Sprintf("stats: SignFlip with d[%d] = %v", i, v))
		}
		if v != 0 {
			nonzero = append(nonzero, v)
			observed += v
			total += math.Abs(v)
		}
	}
	extreme := math.Abs(observed) - 1e-12*total
	if len(nonzero) <= exactFlips {
		return enumerateFlips(nonzero, extreme)
	}
	hits := sampleFlips(nonzero, extreme, resamples, rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	return float64(1+hits) / float64(1+resamples)
}

// enumerateFlips is the share of all sign assignments of d whose sum is at least
// extreme in absolute value. Every sum is the sum of one entry from each of two
// tables, each of half the differences, so rounding errors don't accumulate.
func enumerateFlips(d []float64, extreme float64) float64 {
	low, high := signedSums(d[:len(d)/2]), signedSums(d[len(d)/2:])
	hits := 0
	for _, h := range high {
		for _, l := range low {
			if math.Abs(h+l) >= extreme {
				hits++
			}
		}
	}
	return float64(hits) / float64(len(low)*len(high))
}

// signedSums lists the sums of d under each of the 2^len(d) sign assignments.
func signedSums(d []float64) []float64 {
	sums := []float64{0}
	for _, v := range d {
		next := make([]float64, 0, 2*len(sums))
		for _, s := range sums {
			next = append(next, s+v, s-v)
		}
		sums = next
	}
	return sums
}

// sampleFlips counts, among random sign assignments of d, those whose sum is at
// least extreme in absolute value. One random word flips 64 signs: each bit is
// moved onto the sign bit of its difference.
func sampleFlips(d []float64, extreme float64, resamples int, source rand.Source) int {
	const signBit = 1 << 63
	words := make([]uint64, len(d))
	for i, v := range d {
		words[i] = math.Float64bits(v)
	}
	hits := 0
	for range resamples {
		var sum float64
		for start := 0; start < len(words); start += 64 {
			random := source.Uint64()
			for _, w := range words[start:min(start+64, len(words))] {
				sum += math.Float64frombits(w ^ random&signBit)
				random <<= 1
			}
		}
		if math.Abs(sum) >= extreme {
			hits++
		}
	}
	return hits
}
