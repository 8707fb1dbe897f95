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

// MatMul sets out [m,n] to the product of a and b in the given form, or adds it
// (add). Each element is one chain of multiply-adds over k in ascending order,
// from 0 or from the element's old value: a row has the same bits whatever m, n
// and the tiles are.
//
// The order of work is that of Goto and van de Geijn (2008), "Anatomy of
// high-performance matrix multiplication", with panels of b shared by all
// threads.
func (c *CPU) MatMul(out, a, b []float32, m, n, k int, form Form, add bool) {
	if len(out) != m*n || len(a) != m*k || len(b) != k*n {
		panic(fmt.Sprintf("kernels: MatMul %v of %d x %d by %d: %d, %d and %d elements", form, m, n, k, len(out), len(a), len(b)))
	}
	if m == 0 || n == 0 {
		return
	}
	if k == 0 {
		if !add {
			clear(out)
		}
		return
	}
	g := product{out: out, a: a, b: b, m: m, n: n, k: k, form: form, add: add}
	g.aRow, g.aStep = k, 1
	if form == TN {
		g.aRow, g.aStep = 1, m
	}
	if c.path == Generic {
		c.parallel(m, 4, g.generic)
		return
	}
	c.blocked(&g)
}

// product is one MatMul. Element (i, p) of a lies at i*aRow + p*aStep.
type product struct {
	out, a, b   []float32
	m, n, k     int
	form        Form
	add         bool
	aRow, aStep int
}

// generic computes the rows from lo to hi.
func (g *product) generic(lo, hi int) {
	for i := lo; i < hi; i++ {
		row := g.out[i*g.n : (i+1)*g.n]
		if !g.add {
			clear(row)
		}
		if g.form == NT {
			for j := range row {
				row[j] = chain(row[j], g.a[i*g.k:(i+1)*g.k], g.b[j*g.k:(j+1)*g.k])
			}
			continue
		}
		for p := range g.k {
			axpy(row, g.a[i*g.aRow+p*g.aStep], g.b[p*g.n:(p+1)*g.n])
		}
	}
}

// axpy adds by*x to y. The conversion keeps compilers from fusing the two
// operations on some machines and not on others.
func axpy(y []float32, by float32, x []float32) {
	x = x[:len(y)]
	for i := range y {
		y[i] += float32(by * x[i])
	}
}

// chain adds the dot product of x and y to sum, term by term.
func chain(sum float32, x, y []float32) float32 {
	y = y[:len(x)]
	for i := range x {
		sum += float32(x[i] * y[i])
	}
	return sum
}
