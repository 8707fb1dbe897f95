package kernels

import "fmt"

// Form says which operand of a product is stored transposed.
type Form int

const (
	NN Form = iota // a [m,k], b [k,n]
	NT             // a [m,k], b [n,k]
	TN             // a [k,m], b [k,n]
)

// String is the form's name.
func (f Form) String() string { return [...]string{"NN", "NT", "TN"}[f] }

// MatMul sets out [m,n] to the product of a and b in the given form, or adds it to out (add). Each element is
// one chain of multiply-adds over k in ascending order, from 0 or from the element's old value: a row has the
// same bits whatever m, n and the tiles are.
func (c *CPU) MatMul(out, a, b []float32, m, n, k int, form Form, add bool) {
	if len(out) != m*n || len(a) != m*k || len(b) != k*n {
		panic(fmt.Sprintf("kernels: MatMul %v of %d x %d by %d: %d, %d and %d elements", form, m, n, k, len(out), len(a), len(b)))
	}
	c.product(product{out: out, a: a, b: b, m: m, n: n, k: k, form: form, add: add})
}

// product is one matrix product and what is fused with it. Element (i, p) of a is at i*aRow + p*aStep.
type product struct {
	out, a, b   []float32
	m, n, k     int
	form        Form
	add         bool
	aRow, aStep int
	bias        []float32 // [n], the start of the chains, or nil
	gelu        []float32 // [m,n], set to gelu(out), or nil
	laid        []float32 // b as laid out in a Packed, in place of b, or nil
}

// product computes out and the rest of g.
func (c *CPU) product(g product) {
	if g.m == 0 || g.n == 0 {
		return
	}
	g.aRow, g.aStep = g.k, 1
	if g.form == TN {
		g.aRow, g.aStep = 1, g.m
	}
	if g.k > 0 && g.m > slimRows*c.path.tiling().rows {
		c.blocked(g)
		return
	}
	c.slim(g)
}

// begin sets the part of out in the given rows and columns to the start of its chains, unless that is 0; it
// returns whether tiles start from out.
func (g *product) begin(rows, columns span) (add bool) {
	if g.bias == nil {
		return g.add
	}
	for i := rows.lo; i < rows.hi; i++ {
		copy(g.out[i*g.n+columns.lo:i*g.n+columns.hi], g.bias[columns.lo:columns.hi])
	}
	return true
}

// finish does what follows the product, while it is in the cache.
func (g *product) finish(path Path, rows, columns span) {
	if g.gelu == nil {
		return
	}
	for i := rows.lo; i < rows.hi; i++ {
		lo, hi := i*g.n+columns.lo, i*g.n+columns.hi
		geluOn(path, g.gelu[lo:hi], g.out[lo:hi])
	}
}

// span is the indices from lo up to, but not including, hi.
type span struct{ lo, hi int }

func (s span) size() int { return s.hi - s.lo }

// part is the i-th span of size indices out of n.
func part(i, size, n int) span { return span{i * size, min((i+1)*size, n)} }

// ceilDiv is n / size, rounded up.
func ceilDiv(n, size int) int { return (n + size - 1) / size }
