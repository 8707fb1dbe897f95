package compute

// hugeFloats is the size from which memory is asked for in huge pages: products over
// weights of many megabytes otherwise spend their time on page tables.
const hugeFloats = 1 << 20

// zeros is memory for n numbers.
func zeros(n int) []float32 {
	values := make([]float32, n)
	if n >= hugeFloats {
		preferHugePages(values)
	}
	return values
}
