package kernels

// slimRows is the largest height of a product, in tiles, for which packing b is not worth it.
const slimRows = 2

// slimTiling is the tile of a product that has at most as many rows, which reads longer pieces of b: such a
// product waits for memory.
func (p Path) slimTiling() tiling {
	switch p {
	case AVX512:
		return tiling{rows: 2, columns: 128}
	case AVX2:
		return tiling{rows: 2, columns: 32}
	}
	return tiling{rows: 2, columns: 64}
}

// slim computes a product of few rows. Each thread takes some columns, and multiplies with b in place, or, if
// b is stored transposed, with a block that it transposes into its own buffer.
func (c *CPU) slim(g product) {
	b := &c.gemm
	b.product, b.t, b.wide = g, c.path.tiling(), c.path.tiling()
	if t := c.path.slimTiling(); g.m <= t.rows && g.laid == nil {
		b.wide = t
	}
	const work = 1 << 15 // multiplications; less isn't worth sharing
	each := max(1, g.m*g.k*b.wide.columns)
	c.parallel(ceilDiv(g.n, b.wide.columns), ceilDiv(work, each), b.slim)
	b.product = product{}
}

// slimUnits computes the columns of the units from lo to hi.
func (c *CPU) slimUnits(lo, hi int) {
	b := &c.gemm
	wide := b.wide.columns
	columns := span{lo * wide, min(hi*wide, b.n)}
	rows := span{0, b.m}
	add := b.begin(rows, columns)
	if b.k == 0 && !add {
		for i := range b.m {
			clear(b.out[i*b.n+columns.lo : i*b.n+columns.hi])
		}
	}
	if b.laid != nil {
		b.slimPanels(c.path, columns, add)
		b.finish(c.path, rows, columns)
		return
	}
	own := b.take()
	defer own.taken.Store(false)
	own.panels, own.of = grow(own.panels, b.t.depth*b.t.columns), group{}
	for j := columns.lo; j < columns.hi && b.k > 0; {
		switch {
		case b.form == NT || columns.hi-j < b.t.columns:
			at := span{j, min(j+b.t.columns, columns.hi)}
			b.slimPacked(c.path, at, own.panels, add)
			j = at.hi
		case columns.hi-j >= wide:
			b.slimDirect(c.path, b.wide, j, add)
			j += wide
		default:
			b.slimDirect(c.path, b.t, j, add)
			j += b.t.columns
		}
	}
	b.finish(c.path, rows, columns)
}

// slimDirect computes all rows of some columns with b in place.
func (b *blocking) slimDirect(path Path, t tiling, j int, add bool) {
	for i := 0; i < b.m; i += t.rows {
		rows := span{i, min(i+t.rows, b.m)}
		o := operand{a: b.a[i*b.aRow:], aRow: b.aRow, aStep: b.aStep, b: b.b[j:], bStep: b.n, depth: b.k}
		b.tile(path, t, o, rows, span{j, j + t.columns}, add)
	}
}

// slimPacked computes all rows of the columns of one tile, or fewer, over packed blocks.
func (b *blocking) slimPacked(path Path, columns span, own []float32, add bool) {
	for p := 0; p < b.k; p += b.t.depth {
		depth := min(b.t.depth, b.k-p)
		b.packB(path, b.t, own, columns, p, depth)
		for i := 0; i < b.m; i += b.t.rows {
			o := operand{a: b.a[i*b.aRow+p*b.aStep:], aRow: b.aRow, aStep: b.aStep, b: own, bStep: b.t.columns, depth: depth}
			b.tile(path, b.t, o, span{i, min(i+b.t.rows, b.m)}, columns, add || p > 0)
		}
	}
}
