package kernels

import (
	"math"
	"testing"

	"assay/harness/leaf/approx"
)

// linearShapes are rows, in and out: slim products, full strips of tiles, several blocks of k, and tiles that
// are cut off below and on the right.
var linearShapes = [][3]int{{1, 5, 3}, {2, 40, 130}, {24, 16, 64}, {36, 48, 96}, {50, 600, 70}, {97, 33, 65}, {120, 1100, 33}}

func TestLinear(t *testing.T) {
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, s := range linearShapes {
			rows, in, out := s[0], s[1], s[2]
			x, w, bias := numbers(rows*in, 1), numbers(in*out, 2), numbers(out, 3)
			sums, sizes := productOf(x, w, rows, out, in, NN)
			y, pre, active := numbers(rows*out, 4), numbers(rows*out, 5), numbers(rows*out, 6)
			bare := numbers(rows*out, 7)
			c.Linear(y, x, w, bias, rows, in, out)
			c.Linear(bare, x, w, nil, rows, in, out)
			c.LinearGELU(active, pre, x, w, bias, rows, in, out)
			mustEqual(t, "before GELU", pre, y)
			c.GELU(pre, pre)
			mustEqual(t, "GELU", active, pre)
			for i := range y {
				room := 1e-6 * (sizes[i] + 1) * math.Sqrt(float64(in))
				want := sums[i] + float64(bias[i%out])
				if !approx.Equal(float64(bare[i]), sums[i], room) || !approx.Equal(float64(y[i]), want, room+1e-6*math.Abs(want)) {
					t.Fatalf("%v, element %d: %g without bias, %g with; want %g and %g", s, i, bare[i], y[i], sums[i], want)
				}
			}
		}
	})
}

func TestLinearBackward(t *testing.T) {
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, s := range linearShapes {
			rows, in, out := s[0], s[1], s[2]
			x, w, dy := numbers(rows*in, 1), numbers(in*out, 2), numbers(rows*out, 3)
			dx, dw, dbias := numbers(rows*in, 4), numbers(in*out, 5), numbers(out, 6)
			oldW, oldBias := append([]float32(nil), dw...), append([]float32(nil), dbias...)
			c.LinearBackward(dx, dw, dbias, dy, x, w, rows, in, out)
			check := func(what string, got, old []float32, sums, sizes []float64, terms int) {
				t.Helper()
				for i := range got {
					want := sums[i]
					if old != nil {
						want += float64(old[i])
					}
					if !approx.Equal(float64(got[i]), want, 1e-6*(sizes[i]+1)*math.Sqrt(float64(terms))) {
						t.Fatalf("%v: %s[%d] is %g, want %g", s, what, i, got[i], want)
					}
				}
			}
			sums, sizes := productOf(dy, w, rows, in, out, NT)
			check("dx", dx, nil, sums, sizes, out)
			sums, sizes = productOf(x, dy, in, out, rows, TN)
			check("dw", dw, oldW, sums, sizes, rows)
			fresh := numbers(in*out, 7)
			c.LinearGradients(fresh, nil, dy, x, rows, in, out, false)
			check("dw anew", fresh, nil, sums, sizes, rows)
			ones := make([]float32, rows)
			for i := range ones {
				ones[i] = 1
			}
			sums, sizes = productOf(ones, dy, 1, out, rows, NN)
			check("dbias", dbias, oldBias, sums, sizes, rows)
		}
	})
}

// A row of a linear map has the same bits alone, among others, and on any number of threads: its chains start
// at the bias everywhere.
func TestLinearRowsStandAlone(t *testing.T) {
	const rows, in, out = 130, 700, 130
	onEachPath(t, func(t *testing.T, c *CPU) {
		x, w, bias := numbers(rows*in, 1), numbers(in*out, 2), numbers(out, 3)
		whole := make([]float32, rows*out)
		c.Linear(whole, x, w, bias, rows, in, out)
		for _, threads := range []int{1, 2, 3} {
			other := New(c.Path(), threads)
			for _, n := range []int{1, 2, 13, 37, rows - 7} {
				part := make([]float32, n*out)
				other.Linear(part, x[7*in:(7+n)*in], w, bias, n, in, out)
				mustEqual(t, "rows of a linear map", part, whole[7*out:(7+n)*out])
			}
			other.Close()
		}
	})
}
