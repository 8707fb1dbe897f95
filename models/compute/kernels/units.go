package kernels

import "math"

const (
	unitRows    = 96      // of a unit, for a single thread
	mostRows    = 128     // of a unit, for one of several threads
	rowsStep    = 4       // units' rows are a multiple of it
	moreTurns   = 6       // numbers of turns to try, beyond the smallest
	mostFloats  = 4 << 20 // of b, that a single thread has packed at a time
	leastFloats = 1 << 20 // that each of many threads may have packed
)

// cut chooses the size of the units that is estimated to finish soonest.
func (b *blocking) cut(threads int) {
	panels := ceilDiv(b.n, b.t.columns)
	most := panels
	if b.laid == nil {
		floats := min(mostFloats, max(2*mostFloats/threads, leastFloats))
		most = min(panels, max(floats/(b.k*b.t.columns), 1))
	}
	b.rows, b.panels = unitRows, ceilDiv(panels, ceilDiv(panels, most))
	if threads == 1 {
		return
	}
	least := math.Inf(1)
	for across := ceilDiv(panels, most); ; across *= 2 {
		width := ceilDiv(panels, across)
		across = ceilDiv(panels, width)
		first := ceilDiv(ceilDiv(b.m, mostRows)*across, threads)
		for turns := first; turns < first+moreTurns; turns++ {
			rows := roundUp(ceilDiv(b.m, max(turns*threads/across, 1)), rowsStep)
			if rows > mostRows {
				continue
			}
			if cost := b.cost(rows, width, threads); cost < least {
				least, b.rows, b.panels = cost, rows, width
			}
		}
		if width == 1 {
			break
		}
	}
}

// cost estimates how long the threads take over units of rows and width panels, in steps of k of one tile.
// Besides its tiles' steps, a unit costs the packing of its rows of a, the loading of its panels into the
// cache (longer if b fits into no near cache), and a fixed start; and each thread packs the panels that it
// reaches. The slowest thread has as many units as any.
func (b *blocking) cost(rows, width, threads int) float64 {
	const packedTile, packedPanel, near, far, nearFloats, begin = 0.22, 0.44, 0.1, 0.2, 1 << 17, 50
	way := near
	if width*b.t.columns*b.k > nearFloats {
		way = far
	}
	tiles := float64(rows / b.t.rows)
	if rest := rows % b.t.rows; rest > 0 {
		tiles += float64(max(rest, 4)+1) / float64(b.t.rows)
	}
	down, across := ceilDiv(b.m, rows), ceilDiv(ceilDiv(b.n, b.t.columns), width)
	units := ceilDiv(down*across, threads)
	groups := units / down
	if units%down > 0 {
		groups = min(groups+2, across)
	}
	k, w := float64(b.k), float64(width)
	cost := float64(units) * (k*(tiles*(w+packedTile)+way*w) + begin)
	if b.laid == nil {
		cost += float64(groups) * k * packedPanel * w
	}
	return cost
}

// computeUnits computes the units from lo to hi; the units of the same columns follow one another.
func (c *CPU) computeUnits(lo, hi int) {
	b := &c.gemm
	own := b.take()
	defer own.taken.Store(false)
	tall := ceilDiv(b.rows, b.t.rows) * b.t.rows
	if !b.unpacked() {
		own.a = grow(own.a, tall*b.t.depth)
	}
	if b.k > b.t.depth {
		own.sums = grow(own.sums, tall*b.panels*b.t.columns)
	}
	down := ceilDiv(b.m, b.rows)
	for u := lo; u < hi; u++ {
		columns := part(u/down, b.panels*b.t.columns, b.n)
		ready := b.laid
		if ready != nil {
			ready = ready[columns.lo*b.k:]
		} else {
			ready = b.ownPanels(c.path, columns, own)
		}
		b.unit(c.path, part(u%down, b.rows, b.m), columns, ready, own)
	}
}

// ownPanels packs some columns of b for a thread, unless it already has them.
func (b *blocking) ownPanels(path Path, at span, own *buffer) []float32 {
	if want := (group{b.count, at}); own.of != want {
		own.panels, own.of = grow(own.panels, roundUp(at.size(), b.t.columns)*b.k), want
		for j := at.lo; j < at.hi; j += b.t.columns {
			b.packB(path, b.t, own.panels[(j-at.lo)*b.k:], span{j, min(j+b.t.columns, at.hi)}, 0, b.k)
		}
	}
	return own.panels
}

// unit computes rows and columns of out over packed panels of those columns.
func (b *blocking) unit(path Path, rows, columns span, ready []float32, own *buffer) {
	whole := rows.size() / b.t.rows // tiles of the full height
	for p := 0; p < b.k; p += b.t.depth {
		depth := min(b.t.depth, b.k-p)
		a, aRow, aStep, tall := own.a, 1, b.t.rows, depth // the distance in a between tiles' rows
		if b.unpacked() {
			a, aRow, aStep, tall = b.a[rows.lo*b.k:], b.k, 1, b.k
		} else {
			b.packA(path, own.a, rows, p, depth)
		}
		for j := columns.lo; j < columns.hi; j += b.t.columns {
			at := (j-columns.lo)*b.k + p*b.t.columns
			to := span{j, min(j+b.t.columns, columns.hi)}
			o := operand{a: a, aRow: aRow, aStep: aStep, b: ready[at:], bStep: b.t.columns, depth: depth}
			i := rows.lo
			if path != Generic && to.size() == b.t.columns && whole > 0 {
				o.soon = ready[b.soon(at, p+depth, j+b.t.columns >= columns.hi):]
				b.strip(path, i, j, p, whole, o, own.sums[min((j-columns.lo)*whole*b.t.rows, len(own.sums)):])
				i += whole * b.t.rows
			}
			add := p > 0 || b.begin(span{i, rows.hi}, to)
			for ; i < rows.hi; i += b.t.rows {
				o.a = a[(i-rows.lo)*tall:]
				b.tile(path, b.t, o, span{i, min(i+b.t.rows, rows.hi)}, to, add)
			}
		}
	}
	b.finish(path, rows, columns)
}

// unpacked reports whether rows of a are read in place, without packing. The rows of a tile are then close
// together, and few enough not to evict one another from the first-level cache, as rows a multiple of 4 KiB
// apart would.
func (b *blocking) unpacked() bool { return b.form != TN && b.k <= b.t.depth }

// soon returns where the panel after the one at a place in the packed ones starts: the next panel's block of
// k, or, after the last one, the first panel's next block.
func (b *blocking) soon(at, next int, last bool) int {
	if !last {
		return at + b.k*b.t.columns
	}
	return next % b.k * b.t.columns
}

// strip computes tiles of the full height from row i on, at column j, over the block of k at p. Their sums
// are stored next to each other until the last block: rows of out are often a multiple of 4 KiB apart, and
// reading one would then wait for writes to others.
func (b *blocking) strip(path Path, i, j, p, tiles int, o operand, sums []float32) {
	from, to, toRow := b.start(i, j), b.out[i*b.n+j:], b.n
	if p > 0 {
		from = start{sums, b.t.columns}
	}
	if p+o.depth < b.k {
		to, toRow = sums, b.t.columns
	}
	strip(path, to, toRow, from, o, tiles)
}

// start is where the chains of a strip at row i and column j of out start.
func (b *blocking) start(i, j int) start {
	switch {
	case b.bias != nil:
		return start{b.bias[j:], 0}
	case b.add:
		return start{b.out[i*b.n+j:], b.n}
	}
	return start{}
}

// start is rows of values, row elements apart; 0 means that all rows are the same one. No values are zeros.
type start struct {
	from []float32
	row  int
}
