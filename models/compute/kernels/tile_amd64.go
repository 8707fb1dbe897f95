package kernels

// Each of these runs one kernel on a path. Strides are in elements here, and in bytes in the assembly.

// tile computes a tile of the given rows and t's columns.
func tile(path Path, t tiling, to []float32, toRow int, o operand, rows int, add bool) {
	if path == Generic {
		tileGeneric(t, to, toRow, o, rows, add)
		return
	}
	_ = to[(rows-1)*toRow+t.columns-1]
	_ = o.a[(rows-1)*o.aRow+(o.depth-1)*o.aStep]
	_ = o.b[(o.depth-1)*o.bStep+t.columns-1]
	call := tileCall{&to[0], 4 * toRow, &o.a[0], 4 * o.aRow, 4 * o.aStep, &o.b[0], 4 * o.bStep, o.depth, add}
	slim := t.columns != path.tiling().columns
	switch {
	case slim && path == AVX512:
		call.slimAVX512(rows)
	case slim:
		call.slimAVX2(rows)
	case path == AVX512:
		call.avx512(rows)
	default:
		call.avx2(rows)
	}
}

// tileCall holds the arguments of the assembly.
type tileCall struct {
	to          *float32
	toRow       int
	a           *float32
	aRow, aStep int
	b           *float32
	bStep, k    int
	add         bool
}

func (t *tileCall) avx512(rows int) {
	switch rows {
	case 1:
		tileAVX512x1(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 2:
		tileAVX512x2(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 3:
		tileAVX512x3(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 4:
		tileAVX512x4(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 5:
		tileAVX512x5(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 6:
		tileAVX512x6(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 7:
		tileAVX512x7(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 8:
		tileAVX512x8(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 9:
		tileAVX512x9(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 10:
		tileAVX512x10(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 11:
		tileAVX512x11(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 12:
		tileAVX512x12(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	default:
		panic("kernels: the tile has too many rows")
	}
}

func (t *tileCall) avx2(rows int) {
	switch rows {
	case 1:
		tileAVX2x1(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 2:
		tileAVX2x2(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 3:
		tileAVX2x3(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 4:
		tileAVX2x4(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 5:
		tileAVX2x5(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 6:
		tileAVX2x6(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	default:
		panic("kernels: the tile has too many rows")
	}
}

func (t *tileCall) slimAVX512(rows int) {
	switch rows {
	case 1:
		slimAVX512x1(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 2:
		slimAVX512x2(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	default:
		panic("kernels: the slim tile has too many rows")
	}
}

func (t *tileCall) slimAVX2(rows int) {
	switch rows {
	case 1:
		slimAVX2x1(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	case 2:
		slimAVX2x2(t.to, t.toRow, t.a, t.aRow, t.aStep, t.b, t.bStep, t.k, t.add)
	default:
		panic("kernels: the slim tile has too many rows")
	}
}

// packRows copies the columns of a tile from depth rows, which are stride apart.
func packRows(path Path, to, from []float32, stride, columns, depth int) {
	if path == Generic {
		packRowsGeneric(to, from, stride, columns, depth)
		return
	}
	_, _ = to[depth*columns-1], from[(depth-1)*stride+columns-1]
	if path == AVX512 {
		packRowsAVX512(&to[0], &from[0], 4*stride, depth)
		return
	}
	packRowsAVX2(&to[0], &from[0], 4*stride, depth)
}

// copyLines is how many lines copyTiles copies at a time: no more than the ways of the first-level cache,
// where strides that are powers of two put them into the same set.
const copyLines = 8

// copyTiles copies the rows of some adjacent tiles, of depth lines.
func copyTiles(path Path, to, from []float32, stride, rows, depth, tiles int) {
	if path == Generic {
		copyTilesGeneric(to, from, stride, rows, depth, tiles)
		return
	}
	_, _ = to[tiles*depth*rows-1], from[(depth-1)*stride+tiles*rows-1]
	for p := 0; p < depth; p += copyLines {
		lines := min(copyLines, depth-p)
		if path == AVX512 {
			copyTilesAVX512(&to[p*rows], 4*depth*rows, &from[p*stride], 4*stride, lines, tiles)
		} else {
			copyTilesAVX2(&to[p*rows], 4*depth*rows, &from[p*stride], 4*stride, lines, tiles)
		}
	}
}

// strip computes tiles of the full height over packed b and an a that is either packed, or has its rows aRow
// apart and its steps adjacent.
func strip(path Path, to []float32, toRow int, s start, o operand, tiles int) {
	t := path.tiling()
	var from *float32
	if s.from != nil {
		from = &s.from[0]
		_ = s.from[(tiles*t.rows-1)*s.row+t.columns-1]
	}
	_ = to[(tiles*t.rows-1)*toRow+t.columns-1]
	_ = o.b[o.depth*t.columns-1]
	packed := o.aRow == 1
	if packed {
		_ = o.a[tiles*t.rows*o.depth-1]
	} else {
		_ = o.a[(tiles*t.rows-1)*o.aRow+o.depth-1]
	}
	switch {
	case path == AVX512 && packed:
		stripAVX512(&to[0], 4*toRow, from, 4*s.row, &o.a[0], &o.b[0], &o.soon[0], o.depth, tiles)
	case path == AVX512:
		stripRowsAVX512(&to[0], 4*toRow, from, 4*s.row, &o.a[0], 4*o.aRow, &o.b[0], &o.soon[0], o.depth, tiles)
	case packed:
		stripAVX2(&to[0], 4*toRow, from, 4*s.row, &o.a[0], &o.b[0], &o.soon[0], o.depth, tiles)
	default:
		stripRowsAVX2(&to[0], 4*toRow, from, 4*s.row, &o.a[0], 4*o.aRow, &o.b[0], &o.soon[0], o.depth, tiles)
	}
}

// transpose writes side rows of from, 8 or 4, as columns of to, which is width wide.
func transpose(side int, to []float32, width int, from []float32, stride, depth int) {
	whole := depth / 8 * 8
	_, _ = to[(depth-1)*width+side-1], from[(side-1)*stride+depth-1]
	if side == 8 {
		transpose8(&to[0], 4*width, &from[0], 4*stride, whole/8)
	} else {
		transpose4(&to[0], 4*width, &from[0], 4*stride, whole/8)
	}
	for j := range side {
		for p := whole; p < depth; p++ {
			to[p*width+j] = from[j*stride+p]
		}
	}
}

// columnSumsOn adds rows of x, each with as many columns as there are sums, one after the other.
func columnSumsOn(path Path, sums, x []float32, stride, rows int) {
	wide := 64
	if path == AVX2 {
		wide = 32
	}
	done := 0
	if path != Generic && rows > 0 {
		_ = x[(rows-1)*stride+len(sums)-1]
		for ; len(sums)-done >= wide; done += wide {
			if path == AVX512 {
				columnSumsAVX512(&sums[done], &x[done], 4*stride, rows)
			} else {
				columnSumsAVX2(&sums[done], &x[done], 4*stride, rows)
			}
		}
	}
	if done < len(sums) {
		columnSumsGeneric(sums[done:], x[done:], stride, rows)
	}
}
