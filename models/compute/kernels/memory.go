package kernels

// hugeFloats is the size from which memory is requested in huge pages: without them, products over weights of
// many megabytes spend their time on page tables.
const hugeFloats = 1 << 19

// Memory returns n zeros, in huge pages if the system has them and n is large.
func Memory(n int) []float32 {
	values := make([]float32, n)
	if n >= hugeFloats {
		preferHugePages(values)
	}
	return values
}
