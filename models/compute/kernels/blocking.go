package kernels

import "sync/atomic"

// tiling holds the sizes of a path's tiles: rows and columns of a tile that is kept in registers, and the
// greatest depth of a block of k. A unit's rows of a, and two panels of b, columns wide and depth deep, stay
// in the second-level cache: from there the first level fills as fast as tiles need it.
type tiling struct {
	rows, columns, depth int
}

func (p Path) tiling() tiling {
	switch p {
	case AVX512:
		return tiling{12, 32, 768}
	case AVX2:
		return tiling{6, 16, 512}
	}
	return tiling{2, 4, 256}
}

// blocking is the current product and its division. The CPU keeps it, with the buffers, so that a product
// allocates nothing.
type blocking struct {
	product
	t       tiling
	wide    tiling   // of a slim product
	rows    int      // of a unit
	panels  int      // of a unit
	count   int      // of products so far
	buffers []buffer // one for each thread

	compute, slim func(lo, hi int) // bound once
}

// buffer belongs to the thread that has taken it.
type buffer struct {
	taken  atomic.Bool
	a      []float32 // a unit's rows, over a block of k
	sums   []float32 // a unit's sums up to the last block of k
	panels []float32 // of b: [panels, k, t.columns]
	of     group     // the columns that panels holds
	_      [128]byte // keeps other threads' memory away
}

// group is columns of a product that are packed together.
type group struct {
	product int // which product, in the count of all
	span
}

// bindBlocking makes what lasts as long as the CPU.
func (c *CPU) bindBlocking() {
	c.gemm.buffers = make([]buffer, c.Threads())
	c.gemm.compute, c.gemm.slim = c.computeUnits, c.slimUnits
}

// take returns a buffer that no other thread uses.
func (b *blocking) take() *buffer {
	for i := 0; ; i = (i + 1) % len(b.buffers) {
		if free := &b.buffers[i]; !free.taken.Swap(true) {
			return free
		}
	}
}

// apart is the number of elements between a thread's memory and what others write: a core prefetches beyond
// the end of what it works on.
const apart = 4096

// grow returns n elements, from s if it is large enough.
func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return Memory(n + 2*apart)[apart : apart+n : apart+n]
	}
	return s[:n]
}

// blocked computes a product as in Goto and van de Geijn (2008), "Anatomy of high-performance matrix
// multiplication": b is packed into panels, and then each unit of rows and panels packs its rows of a, block
// by block of k. Every thread packs what it needs itself: reading what another core has packed from that
// core's cache often takes longer, much longer if the cores share no cache.
func (c *CPU) blocked(g product) {
	b := &c.gemm
	b.product, b.t = g, c.path.tiling()
	b.t.depth = roundUp(ceilDiv(g.k, ceilDiv(g.k, b.t.depth)), 8)
	b.count++
	b.cut(c.pool.active())
	c.parallel(ceilDiv(b.m, b.rows)*ceilDiv(b.n, b.panels*b.t.columns), 1, b.compute)
	b.product = product{}
}

// operand is what a tile is the product of: rows of a, and b as wide as the tile. Strides are in elements.
type operand struct {
	a           []float32
	aRow, aStep int
	b           []float32
	bStep       int
	depth       int
	soon        []float32 // what comes after b, for strips
}

// tile computes the tile of out at rows and columns; if that is narrower than the path's tile, in a buffer of
// the full width.
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

func roundUp(n, to int) int { return ceilDiv(n, to) * to }
