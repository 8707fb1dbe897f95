package kernels

// packFloats is how much of a transposed block is written at a time.
const packFloats = 4096

// packB packs some columns of b, depth elements of each from p on: [depth, t.columns], padded with zero
// columns.
func (g *product) packB(path Path, t tiling, to []float32, columns span, p, depth int) {
	to = to[:depth*t.columns]
	have := columns.size()
	switch {
	case g.form == NT:
		packTransposed(path, to, t.columns, g.b[columns.lo*g.k+p:], g.k, have, depth)
		if have < t.columns {
			clearColumns(to, t.columns, have)
		}
	case have < t.columns:
		for d := range depth {
			copy(to[d*t.columns:], g.b[(p+d)*g.n+columns.lo:][:have])
		}
		clearColumns(to, t.columns, have)
	default:
		packRows(path, to, g.b[p*g.n+columns.lo:], g.n, t.columns, depth)
	}
}

// packA packs rows of a, tile by tile: [tiles, depth, t.rows].
func (b *blocking) packA(path Path, to []float32, rows span, p, depth int) {
	from := b.a[rows.lo*b.aRow+p*b.aStep:]
	whole := rows.size() / b.t.rows
	if b.form == TN && whole > 0 {
		copyTiles(path, to, from, b.m, b.t.rows, depth, whole)
		rows.lo += whole * b.t.rows
		to, from = to[whole*b.t.rows*depth:], from[min(whole*b.t.rows, len(from)-1):]
	}
	for ; rows.lo < rows.hi; rows.lo += b.t.rows {
		have := min(b.t.rows, rows.size())
		if b.form == TN {
			for d := range depth {
				copy(to[d*b.t.rows:], from[d*b.m:][:have])
			}
			return
		}
		packTransposed(path, to[:depth*b.t.rows], b.t.rows, from, b.k, have, depth)
		if have == rows.size() {
			return
		}
		to, from = to[depth*b.t.rows:], from[b.t.rows*b.k:]
	}
}

func clearColumns(to []float32, width, from int) {
	for d := 0; d < len(to); d += width {
		clear(to[d+from : d+width])
	}
}

// packTransposed writes have rows of from, stride apart, as columns of to [depth, width]. It writes a limited
// number of their elements at a time, so that the written memory stays in the first-level cache until its
// lines are full.
func packTransposed(path Path, to []float32, width int, from []float32, stride, have, depth int) {
	lines := max(packFloats/width/8*8, 8)
	for p := 0; p < depth; p += lines {
		d := min(lines, depth-p)
		packColumns(path, to[p*width:(p+d)*width], width, from[p:], stride, have, d)
	}
}

// packColumns is packTransposed for a few elements of each row.
func packColumns(path Path, to []float32, width int, from []float32, stride, have, depth int) {
	done := 0
	if path != Generic {
		for _, side := range []int{8, 4} {
			for ; have-done >= side && depth >= 8; done += side {
				transpose(side, to[done:], width, from[done*stride:], stride, depth)
			}
		}
		if have >= 4 && done < have && depth >= 8 { // some rows again
			transpose(4, to[have-4:], width, from[(have-4)*stride:], stride, depth)
			done = have
		}
	}
	for j := done; j < have; j++ {
		for p, v := range from[j*stride:][:depth] {
			to[p*width+j] = v
		}
	}
}

func packRowsGeneric(to, from []float32, stride, columns, depth int) {
	for d := range depth {
		copy(to[d*columns:(d+1)*columns], from[d*stride:])
	}
}

func copyTilesGeneric(to, from []float32, stride, rows, depth, tiles int) {
	for t := range tiles {
		packRowsGeneric(to[t*depth*rows:], from[t*rows:], stride, rows, depth)
	}
}
