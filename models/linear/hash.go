package linear

import "math"

// FNV-1a's constants for 64 bits. A product with mixer brings all bits into the upper ones.
const (
	fnvOffset uint64 = 0xcbf29ce484222325
	fnvPrime  uint64 = 0x100000001b3
	mixer     uint64 = 0x9e3779b97f4a7c15
)

// hashBytes continues an FNV-1a hash. The standard library's can't continue from n-1 characters to
// n, which makes the hashes of all n-grams at a position one pass.
func hashBytes(h uint64, text []byte) uint64 {
	for _, c := range text {
		h = (h ^ uint64(c)) * fnvPrime
	}
	return h
}

// hashText is [hashBytes] of a string.
func hashText(h uint64, text string) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * fnvPrime
	}
	return h
}

// logs are 1 + log(n) for small counts.
var logs = func() (table [64]float32) {
	for n := 1; n < len(table); n++ {
		table[n] = float32(1 + math.Log(float64(n)))
	}
	return table
}()

// dampened is 1 + log(n).
func dampened(n float32) float32 {
	if int(n) < len(logs) {
		return logs[int(n)]
	}
	return float32(1 + math.Log(float64(n)))
}

// inverseRoot is 1/sqrt(x), and 0 for 0.
func inverseRoot(x float64) float32 {
	if x == 0 {
		return 0
	}
	return float32(1 / math.Sqrt(x))
}
