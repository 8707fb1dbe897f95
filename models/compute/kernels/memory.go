package kernels

// hugeFloats is the size from which memory is asked for in huge pages: products over
// weights of many megabytes otherwise spend their time on page tables.
const hugeFloats = 1 << 19

// Memory is zeros for n numbers, in huge pages where the system has them and there are
// many.
func Memory(n int) []float32 {
	values := make([]float32, n)
	if n >= hugeFloats {
		preferHugePages(values)
	}
	return values
}
