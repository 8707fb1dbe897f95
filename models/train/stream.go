package train

// Stream is 64 random bits for a place, such as a step, a part and a row: the same
// for the same seed and place, and unrelated for any other. It takes the place of
// generators with a state, which would have to be saved.
func Stream(seed uint64, place ...int) uint64 {
	x := mix(seed + golden)
	for _, p := range place {
		x = mix(x + golden*(uint64(p)+1))
	}
	return x
}

// golden and mix are the increment and the output function of SplitMix64 (Steele,
// Lea and Flood 2014).
const golden = 0x9e3779b97f4a7c15

func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
