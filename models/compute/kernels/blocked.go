package kernels

// gemmScratch is the panels of b and the tiles at the edges, kept between calls.
type gemmScratch struct {
	panels []float32
}

// tiling is the sizes of a path's tiles: rows and columns of one that is kept in
// registers, and the depth of a block of k.
type tiling struct {
	rows, columns, depth int
}

func (p Path) tiling() tiling {
	if p == AVX512 {
		return tiling{12, 32, 256}
	}
	return tiling{6, 16, 256}
}

// widest is how many columns of b are packed at a time.
const widest = 1024

// blocked computes a product block by block: panels of b first, then all rows
// over them.
func (c *CPU) blocked(g *product) {
	t := c.path.tiling()
	for from := 0; from < g.n; from += widest {
		columns := min(widest, g.n-from)
		panels := (columns + t.columns - 1) / t.columns
		for p := 0; p < g.k; p += t.depth {
			depth := min(t.depth, g.k-p)
			c.gemm.panels = grow(c.gemm.panels, panels*t.columns*depth)
			packed := c.gemm.panels
			c.parallel(panels, 1, func(lo, hi int) {
				for i := lo; i < hi; i++ {
					g.pack(c.path, packed[i*t.columns*depth:(i+1)*t.columns*depth], from+i*t.columns, t.columns, p, depth)
				}
			})
			c.parallel((g.m+t.rows-1)/t.rows, 4, func(lo, hi int) {
				g.rows(c.path, t, packed, lo*t.rows, min(hi*t.rows, g.m), from, columns, p, depth)
			})
		}
	}
}

func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

// pack lays the columns from an index on, in a block of k, side by side:
// [depth, columns], with zeros where b has no more.
func (g *product) pack(path Path, to []float32, from, columns, p, depth int) {
	have := min(columns, g.n-from)
	if g.form == NT {
		packTransposed(path, to, g.b[from*g.k+p:], g.k, have, columns, depth)
		return
	}
	packRows(path, to, g.b[p*g.n+from:], g.n, have, columns, depth)
}

// rows computes the rows from lo to hi over packed panels.
func (g *product) rows(path Path, t tiling, packed []float32, lo, hi, from, columns, p, depth int) {
	var edge [12 * 32]float32
	add := g.add || p > 0
	for j := 0; j < columns; j += t.columns {
		panel := packed[j*depth : (j+t.columns)*depth]
		have := min(t.columns, columns-j)
		for i := lo; i < hi; i += t.rows {
			rows := min(t.rows, hi-i)
			a := g.a[i*g.aRow+p*g.aStep:]
			if have == t.columns {
				tile(path, g.out[i*g.n+from+j:], g.n, a, g.aRow, g.aStep, panel, t.columns, rows, depth, add)
				continue
			}
			if add {
				for r := range rows {
					copy(edge[r*t.columns:], g.out[(i+r)*g.n+from+j:][:have])
				}
			}
			tile(path, edge[:], t.columns, a, g.aRow, g.aStep, panel, t.columns, rows, depth, add)
			for r := range rows {
				copy(g.out[(i+r)*g.n+from+j:][:have], edge[r*t.columns:])
			}
		}
	}
}

func packRowsGeneric(to, from []float32, stride, have, columns, depth int) {
	for p := range depth {
		row := to[p*columns : (p+1)*columns]
		copy(row, from[p*stride:p*stride+have])
		clear(row[have:])
	}
}

func packTransposedGeneric(to, from []float32, stride, have, columns, depth int) {
	clear(to)
	for j := range have {
		for p, v := range from[j*stride : j*stride+depth] {
			to[p*columns+j] = v
		}
	}
}
