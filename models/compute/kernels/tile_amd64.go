package kernels

// tile computes a tile of rows by the path's columns with the assembly for so many
// rows; strides are in elements here, and in bytes there.
func tile(path Path, to []float32, toRow int, a []float32, aRow, aStep int, b []float32, bStep, rows, k int, add bool) {
	t := path.tiling()
	_ = to[(rows-1)*toRow+t.columns-1]
	_ = a[(rows-1)*aRow+(k-1)*aStep]
	_ = b[(k-1)*bStep+t.columns-1]
	toRow, aRow, aStep, bStep = 4*toRow, 4*aRow, 4*aStep, 4*bStep
	if path == AVX512 {
		tileAVX512(&to[0], toRow, &a[0], aRow, aStep, &b[0], bStep, rows, k, add)
		return
	}
	tileAVX2(&to[0], toRow, &a[0], aRow, aStep, &b[0], bStep, rows, k, add)
}

func tileAVX512(to *float32, toRow int, a *float32, aRow, aStep int, b *float32, bStep, rows, k int, add bool) {
	switch rows {
	case 1:
		tileAVX512x1(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 2:
		tileAVX512x2(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 3:
		tileAVX512x3(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 4:
		tileAVX512x4(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 5:
		tileAVX512x5(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 6:
		tileAVX512x6(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 7:
		tileAVX512x7(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 8:
		tileAVX512x8(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 9:
		tileAVX512x9(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 10:
		tileAVX512x10(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 11:
		tileAVX512x11(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 12:
		tileAVX512x12(to, toRow, a, aRow, aStep, b, bStep, k, add)
	default:
		panic("kernels: a tile of too many rows")
	}
}

func tileAVX2(to *float32, toRow int, a *float32, aRow, aStep int, b *float32, bStep, rows, k int, add bool) {
	switch rows {
	case 1:
		tileAVX2x1(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 2:
		tileAVX2x2(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 3:
		tileAVX2x3(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 4:
		tileAVX2x4(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 5:
		tileAVX2x5(to, toRow, a, aRow, aStep, b, bStep, k, add)
	case 6:
		tileAVX2x6(to, toRow, a, aRow, aStep, b, bStep, k, add)
	default:
		panic("kernels: a tile of too many rows")
	}
}

// packRows lays have columns of depth rows of from, which lie stride apart, into
// rows of the path's columns, filled up with zeros.
func packRows(path Path, to, from []float32, stride, have, columns, depth int) {
	if have < columns {
		packRowsGeneric(to, from, stride, have, columns, depth)
		return
	}
	_, _ = to[depth*columns-1], from[(depth-1)*stride+columns-1]
	if path == AVX512 {
		packRowsAVX512(&to[0], &from[0], 4*stride, depth)
		return
	}
	packRowsAVX2(&to[0], &from[0], 4*stride, depth)
}

// packTransposed does so with have rows of from as columns.
func packTransposed(path Path, to, from []float32, stride, have, columns, depth int) {
	const side = 8
	if have < columns || depth < side {
		packTransposedGeneric(to, from, stride, have, columns, depth)
		return
	}
	whole := depth / side * side
	_, _ = to[depth*columns-1], from[(have-1)*stride+depth-1]
	for j := 0; j < columns; j += side {
		transpose8(&to[j], 4*columns, &from[j*stride], 4*stride, whole/side)
	}
	for j := range have {
		for p := whole; p < depth; p++ {
			to[p*columns+j] = from[j*stride+p]
		}
	}
}
