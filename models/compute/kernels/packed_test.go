package kernels

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// A product over packed panels has the bits of one that packs them itself.
func TestMultiply(t *testing.T) {
	shapes := [][2]int{{1, 1}, {32, 7}, {33, 513}, {130, 700}, {768, 64}, {5, 0}}
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, s := range shapes {
			n, k := s[0], s[1]
			w, bias := numbers(n*k, 1), numbers(n, 2)
			for _, form := range []Form{NN, NT} {
				p := c.Pack(w, n, k, form)
				for _, m := range []int{0, 1, 2, 3, 13, 24, 25, 100} {
					what := fmt.Sprintf("%v, [%d, %d] by [%d, %d]", form, m, k, k, n)
					a, want, got := numbers(m*k, 3), numbers(m*n, 4), numbers(m*n, 5)
					c.MatMul(want, a, w, m, n, k, form, false)
					c.Multiply(got, a, p, nil, m)
					mustEqual(t, what, got, want)
					if form == NT {
						continue
					}
					c.Linear(want, a, w, bias, m, k, n)
					c.Multiply(got, a, p, bias, m)
					mustEqual(t, what+" and a bias", got, want)
					pre, gelu := numbers(m*n, 6), numbers(m*n, 7)
					c.LinearGELU(want, pre, a, w, bias, m, k, n)
					c.MultiplyGELU(gelu, got, a, p, bias, m)
					mustEqual(t, what+", its GELU", gelu, want)
					mustEqual(t, what+" and before it", got, pre)
				}
				column := make([]float32, k)
				for j := range n {
					p.Column(column, j)
					for i, v := range column {
						if at := map[Form]int{NN: i*n + j, NT: j*k + i}[form]; v != w[at] {
							t.Fatalf("%v: element %d of column %d is %g, want %g", form, i, j, v, w[at])
						}
					}
				}
			}
		}
	})
}

// BenchmarkMultiply measures the products of decoding with GPT-2 small: the rate at which weights are read,
// next to the rate of only reading them.
func BenchmarkMultiply(b *testing.B) {
	path, err := Choose(os.Getenv("ASSAY_CPU"))
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range [][2]int{{2304, 768}, {3072, 768}, {768, 3072}, {50257, 768}} {
		n, k := s[0], s[1]
		for _, m := range []int{1, 2, 8, 64} {
			for _, threads := range []int{1, 2} {
				b.Run(fmt.Sprintf("m=%d/n=%d/k=%d/threads=%d", m, n, k, threads), func(b *testing.B) {
					c := New(path, threads)
					defer c.Close()
					var layers []*Packed // more than the caches hold
					for i := 0; i < 1+(400<<20)/(4*n*k); i++ {
						layers = append(layers, c.Pack(noise(n*k, uint64(i)), n, k, NN))
					}
					a, out := noise(m*k, 3), make([]float32, m*n)
					var read, multiplied time.Duration
					for b.Loop() {
						start := time.Now()
						for _, p := range layers {
							c.readAll(p.data)
						}
						read += time.Since(start)
						start = time.Now()
						for _, p := range layers {
							c.Multiply(out, a, p, nil, m)
						}
						multiplied += time.Since(start)
					}
					bytes := float64(b.N) * float64(len(layers)) * float64(layers[0].Bytes())
					b.ReportMetric(bytes/read.Seconds()/1e9, "read-GB/s")
					b.ReportMetric(bytes/multiplied.Seconds()/1e9, "GB/s")
					b.ReportMetric(read.Seconds()/multiplied.Seconds(), "of-read")
					b.ReportMetric(2*float64(m)*bytes/4/multiplied.Seconds()/1e9, "GFLOP/s")
				})
			}
		}
	}
}

// readAll reads memory as fast as the CPU can: it finds the largest number.
func (c *CPU) readAll(x []float32) {
	const block = 1 << 14
	c.parallel(ceilDiv(len(x), block), 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			s := part(i, block, len(x))
			largestOn(c.path, x[s.lo:s.hi])
		}
	})
}
