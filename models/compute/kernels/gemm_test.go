package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"assay/harness/leaf/approx"
)

// numbers returns n numbers around 0.
func numbers(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(r.NormFloat64())
	}
	return out
}

// productOf is the reference: sums in float64, and sums of absolute values, which scale the errors.
func productOf(a, b []float32, m, n, k int, form Form) (sums, sizes []float64) {
	sums, sizes = make([]float64, m*n), make([]float64, m*n)
	for i := range m {
		for j := range n {
			for p := range k {
				x, y := 0.0, 0.0
				if form == TN {
					x = float64(a[p*m+i])
				} else {
					x = float64(a[i*k+p])
				}
				if form == NT {
					y = float64(b[j*k+p])
				} else {
					y = float64(b[p*n+j])
				}
				sums[i*n+j] += x * y
				sizes[i*n+j] += math.Abs(x * y)
			}
		}
	}
	return sums, sizes
}

func TestMatMul(t *testing.T) {
	shapes := [][3]int{{1, 1, 1}, {1, 32, 7}, {12, 32, 256}, {13, 33, 257}, {5, 17, 9}, {64, 100, 300}, {3, 1030, 20}, {40, 16, 513}, {25, 48, 1}, {7, 6, 5}}
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, form := range []Form{NN, NT, TN} {
			for _, s := range shapes {
				m, n, k := s[0], s[1], s[2]
				a, b := numbers(m*k, 1), numbers(k*n, 2)
				sums, sizes := productOf(a, b, m, n, k, form)
				out := numbers(m*n, 3)
				old := append([]float32(nil), out...)
				c.MatMul(out, a, b, m, n, k, form, true)
				plain := numbers(m*n, 4)
				c.MatMul(plain, a, b, m, n, k, form, false)
				for i := range out {
					room := 1e-6 * (sizes[i] + 1) * math.Sqrt(float64(k))
					if !approx.Equal(float64(plain[i]), sums[i], room) || !approx.Equal(float64(out[i])-sums[i], float64(old[i]), room) {
						t.Fatalf("%v %v, element %d: %g, and %g added to %g; want %g", form, s, i, plain[i], out[i], old[i], sums[i])
					}
				}
			}
		}
	})
}

// A row has the same bits alone, among others and on any number of threads.
func TestMatMulRowsStandAlone(t *testing.T) {
	const m, n, k = 64, 130, 700
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, form := range []Form{NN, NT} {
			a, b := numbers(m*k, 1), numbers(k*n, 2)
			whole := make([]float32, m*n)
			c.MatMul(whole, a, b, m, n, k, form, false)
			for _, threads := range []int{1, 2, 3} {
				other := New(c.Path(), threads)
				again := make([]float32, m*n)
				other.MatMul(again, a, b, m, n, k, form, false)
				mustEqual(t, fmt.Sprintf("%v on %d threads", form, threads), again, whole)
				for _, rows := range []int{1, 2, 5, 13} {
					part := make([]float32, rows*n)
					other.MatMul(part, a[7*k:(7+rows)*k], b, rows, n, k, form, false)
					mustEqual(t, fmt.Sprintf("%v, %d rows", form, rows), part, whole[7*n:(7+rows)*n])
				}
				other.Close()
			}
			// Nor do the bits depend on the number of columns.
			if form == NT {
				part := make([]float32, m*33)
				c.MatMul(part, a, b[:33*k], m, 33, k, form, false)
				for i := range m {
					mustEqual(t, "33 columns", part[i*33:(i+1)*33], whole[i*n:i*n+33])
				}
			}
		}
	})
}

// Nor do blocks of k, groups of columns and the start of a chain change the bits: a single row is computed
// without them.
func TestMatMulInBlocks(t *testing.T) {
	const m, n, k = 40, 2310, 1999 // n*k is more than is packed at a time
	onEachPath(t, func(t *testing.T, c *CPU) {
		a, b, bias := numbers(m*k, 1), numbers(k*n, 2), numbers(n, 3)
		for _, threads := range []int{1, 2} {
			c := New(c.Path(), threads)
			biased, added := make([]float32, m*n), numbers(m*n, 4)
			c.Linear(biased, a, b, bias, m, k, n)
			c.MatMul(added, a, b, m, n, k, NT, true)
			for _, i := range []int{0, 11, 12, m - 1} {
				row, old := make([]float32, n), numbers(m*n, 4)[i*n:(i+1)*n]
				c.Linear(row, a[i*k:(i+1)*k], b, bias, 1, k, n)
				mustEqual(t, fmt.Sprintf("row %d on a bias, %d threads", i, threads), biased[i*n:(i+1)*n], row)
				c.MatMul(old, a[i*k:(i+1)*k], b, 1, n, k, NT, true)
				mustEqual(t, fmt.Sprintf("row %d added, %d threads", i, threads), added[i*n:(i+1)*n], old)
			}
			c.Close()
		}
	})
}

func mustEqual(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: element %d is %g, want %g", what, i, got[i], want[i])
		}
	}
}

func TestMatMulRefuses(t *testing.T) {
	c := New(Generic, 1)
	defer c.Close()
	defer func() {
		if recover() == nil {
			t.Error("wrong lengths passed")
		}
	}()
	c.MatMul(make([]float32, 4), make([]float32, 4), make([]float32, 5), 2, 2, 2, NN, false)
}
