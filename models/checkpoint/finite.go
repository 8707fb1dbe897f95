package checkpoint

import (
	"runtime"
	"slices"
	"sync"
	"unsafe"
)

// NonFinite returns the index of the first NaN or infinity in values, or -1.
func NonFinite(values []float32) int {
	const each = 1 << 20 // values: less isn't worth a second thread
	threads := min(runtime.GOMAXPROCS(0), len(values)/each)
	if threads < 2 {
		return nonFinite(values)
	}
	// Each thread scans a range of the values. The first fault in order counts.
	size := (len(values) + threads - 1) / threads
	found := make([]int, threads)
	var wg sync.WaitGroup
	for i := range threads {
		wg.Go(func() {
			lo, hi := min(i*size, len(values)), min((i+1)*size, len(values))
			if found[i] = nonFinite(values[lo:hi]); found[i] >= 0 {
				found[i] += lo
			}
		})
	}
	wg.Wait()
	if i := slices.IndexFunc(found, func(at int) bool { return at >= 0 }); i >= 0 {
		return found[i]
	}
	return -1
}

// The exponent of a float32 that is not finite is all ones, and adding one to its lowest bit then carries
// into the sign. Two numbers are tested at a time.
const (
	exponents = 0x7f800000_7f800000
	lowest    = 0x00800000_00800000
	signs     = 0x80000000_80000000
)

func nonFinite(values []float32) int {
	const block = 1 << 14
	for from := 0; from < len(values); from += block {
		part := values[from:min(from+block, len(values))]
		if !allFinite(part) {
			return from + slices.IndexFunc(part, func(v float32) bool { return !isFinite(v) })
		}
	}
	return -1
}

func allFinite(values []float32) bool {
	if len(values) > 0 && uintptr(unsafe.Pointer(&values[0]))%8 != 0 {
		if !isFinite(values[0]) {
			return false
		}
		values = values[1:]
	}
	if len(values) >= 2 {
		var seen uint64
		pairs := unsafe.Slice((*uint64)(unsafe.Pointer(&values[0])), len(values)/2)
		for len(pairs) >= 4 {
			four := pairs[:4:4]
			seen |= (four[0]&exponents + lowest) | (four[1]&exponents + lowest) | (four[2]&exponents + lowest) | (four[3]&exponents + lowest)
			pairs = pairs[4:]
		}
		for _, p := range pairs {
			seen |= p&exponents + lowest
		}
		if seen&signs != 0 {
			return false
		}
	}
	return len(values)%2 == 0 || isFinite(values[len(values)-1])
}

func isFinite(v float32) bool { return v-v == 0 }

// CheckFinite refuses a tensor with a value that is not finite: the error names the tensor and the element.
func CheckFinite(name string, values []float32, shape ...int) error {
	at := NonFinite(values)
	if at < 0 {
		return nil
	}
	index := make([]int, len(shape))
	rest := at
	for i := len(shape) - 1; i >= 0; i-- {
		index[i] = rest % shape[i]
		rest /= shape[i]
	}
	return tensorError(name, "element %s is %v: its training diverged or a conversion overflowed; use an earlier checkpoint, or save it again in float32", shapeText(index), float64(values[at]))
}
