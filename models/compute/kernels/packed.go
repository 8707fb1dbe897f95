package kernels

// Packed is the right operand of many products, a [k, n] matrix laid out once: panels as wide as the path's
// tiles, one after the other, [panels, k, columns], with zeros after the last column. Reading it is one pass
// over memory in ascending order, which is the cost of decoding one token.
type Packed struct {
	n, k    int
	columns int // columns of a panel
	data    []float32
}

// Pack lays out w: [k, n] if the form is NN, [n, k] if it is NT.
func (c *CPU) Pack(w []float32, n, k int, form Form) *Packed {
	mustLen("Pack: w", len(w), n*k)
	if form == TN {
		panic("kernels: Pack: TN is not supported; it transposes a")
	}
	t := c.path.tiling()
	panels := ceilDiv(n, t.columns)
	p := &Packed{n: n, k: k, columns: t.columns, data: Memory(panels * k * t.columns)}
	if k == 0 {
		return p
	}
	g := product{b: w, n: n, k: k, form: form}
	c.parallel(panels, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			g.packB(c.path, t, p.data[i*k*t.columns:], part(i, t.columns, n), 0, k)
		}
	})
	return p
}

// Bytes is the memory that it uses.
func (p *Packed) Bytes() int { return 4 * len(p.data) }

// Column copies the first len(to) elements of a column.
func (p *Packed) Column(to []float32, column int) {
	first := column/p.columns*p.k*p.columns + column%p.columns
	for i := range to {
		to[i] = p.data[first+i*p.columns]
	}
}

// Multiply sets out [m, n] to a [m, k] times p, plus bias [n] if it isn't nil, with the same chains as
// [CPU.MatMul] and [CPU.Linear].
func (c *CPU) Multiply(out, a []float32, p *Packed, bias []float32, m int) {
	c.product(p.product("Multiply", out, a, bias, m))
}

// MultiplyGELU sets pre to the result of [CPU.Multiply], and y to its GELU.
func (c *CPU) MultiplyGELU(y, pre, a []float32, p *Packed, bias []float32, m int) {
	mustLen("MultiplyGELU: y", len(y), m*p.n)
	g := p.product("MultiplyGELU", pre, a, bias, m)
	g.gelu = y
	c.product(g)
}

func (p *Packed) product(name string, out, a, bias []float32, m int) product {
	mustLen(name+": out", len(out), m*p.n)
	mustLen(name+": a", len(a), m*p.k)
	if bias != nil {
		mustLen(name+": bias", len(bias), p.n)
	}
	return product{out: out, a: a, m: m, n: p.n, k: p.k, form: NN, bias: bias, laid: p.data}
}

// slimPanels computes all rows of some columns over packed panels.
func (b *blocking) slimPanels(path Path, columns span, add bool) {
	for j := columns.lo; j < columns.hi && b.k > 0; j += b.t.columns {
		panel := b.laid[j*b.k:][:b.k*b.t.columns]
		for i := 0; i < b.m; i += b.t.rows {
			o := operand{a: b.a[i*b.aRow:], aRow: b.aRow, aStep: b.aStep, b: panel, bStep: b.t.columns, depth: b.k}
			b.tile(path, b.t, o, span{i, min(i+b.t.rows, b.m)}, span{j, min(j+b.t.columns, columns.hi)}, add)
		}
	}
}
