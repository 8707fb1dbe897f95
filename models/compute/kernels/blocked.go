package kernels

import (
	"math"
	"sync/atomic"
)

// tiling is the sizes of a path's tiles: rows and columns of one that is kept in
// registers, and the depth of a block of k. A panel of b, columns wide and depth
// deep, stays in the first-level cache while the rows of a unit pass over it.
type tiling struct {
	rows, columns, depth int
}

func (p Path) tiling() tiling {
	switch p {
	case AVX512:
		return tiling{12, 32, 512}
	case AVX2:
		return tiling{6, 16, 512}
	}
	return tiling{2, 4, 256}
}

const (
	unitRows   = 96      // of out, that one thread works on at a time
	mostPacked = 4 << 20 // elements of b at a time
	packLines  = 16
)

// blocking is the product at hand and what it is cut into. It is kept in the CPU,
// with the buffers, so that a product allocates nothing.
type blocking struct {
	product
	t        tiling
	wide     tiling    // of a slim product
	columns  span      // of b, that are packed
	packed   []float32 // [panels, k, t.columns]
	ready    []float32 // the panels at hand: packed, or laid
	rows     int       // of a unit
	panels   int       // of a unit
	together int       // panels that are packed side by side
	buffers  []buffer  // one for each thread

	pack, compute, slim func(lo, hi int) // bound once
}

// buffer belongs to whoever has taken it.
type buffer struct {
	taken atomic.Bool
	data  []float32
}

// bindBlocking makes what lasts as long as the CPU does.
func (c *CPU) bindBlocking() {
	c.gemm.buffers = make([]buffer, c.Threads())
	c.gemm.pack, c.gemm.compute, c.gemm.slim = c.packUnits, c.computeUnits, c.slimUnits
}

// take gives a buffer of n elements that no other thread uses.
func (b *blocking) take(n int) *buffer {
	for i := 0; ; i = (i + 1) % len(b.buffers) {
		if free := &b.buffers[i]; !free.taken.Swap(true) {
			free.data = grow(free.data, n)
			return free
		}
	}
}

func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

// blocked computes a product as Goto and van de Geijn (2008), "Anatomy of
// high-performance matrix multiplication", do: b is packed into panels, and then
// each unit, of rows and panels, packs its rows of a block by block of k. Where n
// times k is large, so many columns at a time.
func (c *CPU) blocked(g product) {
	b := &c.gemm
	b.product, b.t = g, c.path.tiling()
	b.t.depth = roundUp(parts(g.k, parts(g.k, b.t.depth)), 8)
	if g.laid != nil {
		c.sweep(span{0, g.n}, g.laid)
	} else {
		c.packAndSweep()
	}
	b.product, b.ready = product{}, nil
}

func (c *CPU) packAndSweep() {
	b := &c.gemm
	most := max(mostPacked/b.k/b.t.columns, 1) * b.t.columns
	for from := 0; from < b.n; from += most {
		b.columns = span{from, min(from+most, b.n)}
		panels := parts(b.columns.size(), b.t.columns)
		b.packed = grow(b.packed, panels*b.t.columns*b.k)
		blocks := parts(b.k, b.t.depth)
		b.together = packPanels
		for b.together > 1 && parts(panels, b.together)*blocks < 2*c.Threads() {
			b.together /= 2
		}
		c.parallel(parts(panels, b.together)*blocks, 1, b.pack)
		c.sweep(b.columns, b.packed)
	}
}

// sweep computes some columns of the product over their panels.
func (c *CPU) sweep(columns span, ready []float32) {
	b := &c.gemm
	b.columns, b.ready = columns, ready
	panels := parts(columns.size(), b.t.columns)
	b.cut(panels, c.Threads())
	c.parallel(parts(b.m, b.rows)*parts(panels, b.panels), 1, b.compute)
}

// cut chooses the units' size: the one that is estimated to end soonest.
func (b *blocking) cut(panels, threads int) {
	b.rows, b.panels = unitRows, panels
	if threads == 1 {
		return
	}
	least := math.Inf(1)
	for rows := unitRows; rows >= b.t.rows; rows /= 2 {
		for width := panels; ; width = parts(width, 2) {
			if cost := b.cost(rows, width, panels, threads); cost < least {
				least, b.rows, b.panels = cost, rows, width
			}
			if width == 1 {
				break
			}
		}
	}
}

// cost estimates how long the threads take over units of rows and width panels, in
// steps of k of one tile. Besides the tiles' own steps a unit costs the packing of its
// rows of a, the way of its panels into cache (longer where b fits into none that is
// near), and what it takes to begin; and at the end, threads wait for the last one.
func (b *blocking) cost(rows, width, panels, threads int) float64 {
	const packed, near, far, nearFloats, begin = 0.5, 0.1, 0.7, 1 << 17, 150
	way := near
	if panels*b.t.columns*b.k > nearFloats {
		way = far
	}
	across, down := float64(parts(panels, width)), float64(parts(b.m, rows))
	tiles := float64(b.m) / float64(b.t.rows)
	all := float64(b.k)*(tiles*(float64(panels)+packed*across)+way*float64(panels)*down) + begin*across*down
	return all * (1/float64(threads) + 0.5/(across*down))
}

// computeUnits computes the units from lo to hi.
func (c *CPU) computeUnits(lo, hi int) {
	b := &c.gemm
	own := b.take(parts(b.rows, b.t.rows) * b.t.rows * b.t.depth)
	defer own.taken.Store(false)
	groups := parts(parts(b.columns.size(), b.t.columns), b.panels)
	for u := lo; u < hi; u++ {
		rows := part(u/groups, b.rows, b.m)
		width := b.panels * b.t.columns
		columns := part(u%groups, width, b.columns.size())
		b.unit(c.path, rows, span{b.columns.lo + columns.lo, b.columns.lo + columns.hi}, own.data)
	}
}

// unit computes rows and columns of out.
func (b *blocking) unit(path Path, rows, columns span, a []float32) {
	whole := rows.size() / b.t.rows // tiles of the full height
	for p := 0; p < b.k; p += b.t.depth {
		depth := min(b.t.depth, b.k-p)
		b.packA(path, a, rows, p, depth)
		for j := columns.lo; j < columns.hi; j += b.t.columns {
			at := (j-b.columns.lo)*b.k + p*b.t.columns
			to := span{j, min(j+b.t.columns, columns.hi)}
			o := operand{a: a, aRow: 1, aStep: b.t.rows, b: b.ready[at:], bStep: b.t.columns, depth: depth}
			soon := min(at+b.k*b.t.columns, len(b.ready)-1) // the next panel
			i := rows.lo
			if path != Generic && to.size() == b.t.columns && whole > 0 {
				strip(path, b.out[i*b.n+j:], b.n, b.start(i, j, p), o, b.ready[soon:], whole)
				i += whole * b.t.rows
			}
			add := p > 0 || b.begin(span{i, rows.hi}, to)
			for ; i < rows.hi; i += b.t.rows {
				o.a = a[(i-rows.lo)*depth:]
				b.tile(path, b.t, o, span{i, min(i+b.t.rows, rows.hi)}, to, add)
			}
		}
	}
	b.finish(path, rows, columns)
}

// start is where the chains of a strip at row i and column j of out begin, before the
// block of k at p.
func (b *blocking) start(i, j, p int) start {
	switch {
	case p > 0 || b.add && b.bias == nil:
		return start{b.out[i*b.n+j:], b.n}
	case b.bias != nil:
		return start{b.bias[j:], 0}
	}
	return start{}
}

// start is rows of values, row elements apart; with 0 they are all the same one. None
// are zeros.
type start struct {
	from []float32
	row  int
}

// operand is what a tile is the product of: rows of a, and b as wide as the tile.
// Strides are in elements.
type operand struct {
	a           []float32
	aRow, aStep int
	b           []float32
	bStep       int
	depth       int
}

// tile computes the tile of out at rows and columns; if that is narrower than the
// path's, in a buffer of the full width.
func (g *product) tile(path Path, t tiling, o operand, rows, columns span, add bool) {
	to := g.out[rows.lo*g.n+columns.lo:]
	if columns.size() == t.columns {
		tile(path, t, to, g.n, o, rows.size(), add)
		return
	}
	var edge [12 * 32]float32
	if add {
		for r := range rows.size() {
			copy(edge[r*t.columns:], to[r*g.n:][:columns.size()])
		}
	}
	tile(path, t, edge[:], t.columns, o, rows.size(), add)
	for r := range rows.size() {
		copy(to[r*g.n:][:columns.size()], edge[r*t.columns:])
	}
}

func roundUp(n, to int) int { return parts(n, to) * to }
