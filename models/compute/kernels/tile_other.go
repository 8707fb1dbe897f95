//go:build !amd64

package kernels

// Elsewhere than on amd64 there is one path. tile_amd64.go says what each does.

func tile(_ Path, t tiling, to []float32, toRow int, o operand, rows int, add bool) {
	tileGeneric(t, to, toRow, o, rows, add)
}

func packRows(_ Path, to, from []float32, stride, columns, depth int) {
	packRowsGeneric(to, from, stride, columns, depth)
}

func copyTiles(_ Path, to, from []float32, stride, rows, depth, tiles int) {
	copyTilesGeneric(to, from, stride, rows, depth, tiles)
}

func strip(Path, []float32, int, start, operand, int) {
	panic("kernels: no such path on this CPU")
}

func transpose(int, []float32, int, []float32, int, int) {
	panic("kernels: no such path on this CPU")
}

func columnSumsOn(_ Path, sums, x []float32, stride, rows int) {
	columnSumsGeneric(sums, x, stride, rows)
}
