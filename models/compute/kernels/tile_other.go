//go:build !amd64

package kernels

// There is one path except on amd64. tile_amd64.go describes each function.

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
	panic("kernels: this CPU doesn't have the path")
}

func transpose(int, []float32, int, []float32, int, int) {
	panic("kernels: this CPU doesn't have the path")
}

func columnSumsOn(_ Path, sums, x []float32, stride, rows int) {
	columnSumsGeneric(sums, x, stride, rows)
}
