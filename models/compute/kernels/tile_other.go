//go:build !amd64

package kernels

// No path but Generic is supported here, so that none of these is called.

func tile(Path, []float32, int, []float32, int, int, []float32, int, int, int, bool) {
	panic("kernels: no such path on this CPU")
}

func packRows(_ Path, to, from []float32, stride, have, columns, depth int) {
	packRowsGeneric(to, from, stride, have, columns, depth)
}

func packTransposed(_ Path, to, from []float32, stride, have, columns, depth int) {
	packTransposedGeneric(to, from, stride, have, columns, depth)
}
