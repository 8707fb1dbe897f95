package kernels

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

// benchmarkShapes are m, n and k: those of GPT's layers at several widths, and the corners of the range for
// which the targets are set.
var benchmarkShapes = [][3]int{
	{128, 128, 32}, {256, 128, 128}, {1024, 128, 128}, {1024, 384, 128}, {256, 3072, 128}, {256, 128, 3072},
	{256, 768, 768}, {512, 768, 3072}, {512, 3072, 768}, {1024, 768, 768}, {1024, 1152, 384}, {1024, 3072, 768},
	{1024, 768, 3072}, {1024, 3072, 3072}, {4096, 768, 768},
}

// BenchmarkMatMul reports the median of the rates, and of their shares of the peak rate measured just before
// each.
func BenchmarkMatMul(b *testing.B) {
	for _, s := range benchmarkShapes {
		for _, form := range []Form{NN, NT, TN} {
			for _, threads := range []int{1, 2} {
				b.Run(fmt.Sprintf("form=%v/m=%d/n=%d/k=%d/threads=%d", form, s[0], s[1], s[2], threads), func(b *testing.B) {
					benchmarkMatMul(b, s[0], s[1], s[2], form, threads)
				})
			}
		}
	}
}

// BenchmarkMatMulSlim measures the products of decoding: a few rows.
func BenchmarkMatMulSlim(b *testing.B) {
	for _, m := range []int{1, 2, 4, 8, 12, 24, 25, 48, 96} {
		for _, form := range []Form{NN, NT} {
			b.Run(fmt.Sprintf("form=%v/m=%d/n=3072/k=768/threads=2", form, m), func(b *testing.B) {
				benchmarkMatMul(b, m, 3072, 768, form, 2)
			})
		}
	}
}

func benchmarkMatMul(b *testing.B, m, n, k int, form Form, threads int) {
	path, err := Choose(os.Getenv("ASSAY_CPU"))
	if err != nil {
		b.Fatal(err)
	}
	c := New(path, threads)
	defer c.Close()
	x, y, out := noise(m*k, 1), noise(k*n, 2), make([]float32, m*n)
	flops := 2 * float64(m) * float64(n) * float64(k)
	times := max(1, int(5e8/flops))
	c.MatMul(out, x, y, m, n, k, form, false)
	var rates, shares []float64
	for b.Loop() {
		peak := measurePeak(c)
		start := time.Now()
		for range times {
			c.MatMul(out, x, y, m, n, k, form, false)
		}
		rate := flops * float64(times) / time.Since(start).Seconds() / 1e9
		rates = append(rates, rate)
		if peak > 0 {
			shares = append(shares, 100*rate/peak)
		}
	}
	b.ReportMetric(median(rates), "GFLOP/s")
	if len(shares) > 0 {
		b.ReportMetric(median(shares), "%peak")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkPeak measures the CPU's peak rate.
func BenchmarkPeak(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			path, err := Choose(os.Getenv("ASSAY_CPU"))
			if err != nil {
				b.Fatal(err)
			}
			if path == Generic {
				b.Skip("plain Go has no kernel of multiply-adds alone")
			}
			c := New(path, threads)
			defer c.Close()
			var peaks []float64
			for b.Loop() {
				peaks = append(peaks, measurePeak(c))
			}
			b.ReportMetric(median(peaks), "GFLOP/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkDispatch measures the cost of dispatching no work.
func BenchmarkDispatch(b *testing.B) {
	c := New(Generic, 2)
	defer c.Close()
	nothing := func(int, int) {}
	b.ReportAllocs()
	for b.Loop() {
		c.parallel(2, 1, nothing)
	}
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}
