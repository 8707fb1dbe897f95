package kernels

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"assay/harness/leaf/approx"
)

// onEachPath runs a test on every path, or on the one in ASSAY_CPU. It skips paths that this CPU lacks.
func onEachPath(t *testing.T, f func(t *testing.T, c *CPU)) {
	t.Helper()
	forced := os.Getenv("ASSAY_CPU")
	for _, path := range []Path{Generic, AVX2, AVX512} {
		if forced != "" && forced != path.String() {
			continue
		}
		t.Run(path.String(), func(t *testing.T) {
			if _, err := Choose(path.String()); err != nil {
				t.Skipf("NOT TESTED: %v", err)
			}
			c := New(path, 2)
			defer c.Close()
			f(t, c)
		})
	}
}

// noise returns n normal deviates from a fixed stream.
func noise(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

func wide(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// within fails if got is further from want than tolerance times want's largest magnitude.
func within(t *testing.T, what string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	var size float64
	for _, v := range want {
		size = max(size, math.Abs(v))
	}
	for i, v := range want {
		if d := math.Abs(float64(got[i]) - v); !(d <= tolerance*size) {
			t.Fatalf("%s: element %d of %d is %g, want %g: off by %.2g of the largest", what, i, len(want), got[i], v, d/size)
		}
	}
}

func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: element %d is %x, want %x", what, i, got[i], want[i])
		}
	}
}

// sameOnAnyThreads runs f with several thread counts and expects equal results.
func sameOnAnyThreads(t *testing.T, path Path, f func(c *CPU) []float32) {
	t.Helper()
	var want []float32
	for _, threads := range []int{1, 2, 3, 7} {
		c := New(path, threads)
		got := f(c)
		c.Close()
		if want == nil {
			want = got
			continue
		}
		sameBits(t, strconv.Itoa(threads)+" threads", got, want)
	}
}

// ulps is the distance of got from want, in units of want's last place as a float32 (of the smallest denormal
// below that).
func ulps(got float32, want float64) float64 {
	_, exponent := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(exponent-24, -149))
}

// sweep returns every float32 whose bits are a multiple of step, and the limits.
func sweep(step uint64) []float32 {
	var x []float32
	for bits := uint64(0); bits < 1<<32; bits += step {
		if v := math.Float32frombits(uint32(bits)); v == v {
			x = append(x, v)
		}
	}
	return x
}

func TestExpAndTanhOverAllFloats(t *testing.T) {
	step := uint64(2003)
	if testing.Short() {
		step = 40009
	}
	x := sweep(step)
	for i := range 400000 { // dense where the results are neither 0, 1 nor infinite
		x = append(x, float32(i-200000)*0.0006, float32(i-200000)*0.00006)
	}
	functions := []struct {
		name string
		f    func(c *CPU, y, x []float32)
		want func(float64) float64
		most float64
	}{
		{"exp", (*CPU).Exp, math.Exp, 1.5},
		{"tanh", (*CPU).Tanh, math.Tanh, 3},
	}
	onEachPath(t, func(t *testing.T, c *CPU) {
		y := make([]float32, len(x))
		for _, f := range functions {
			f.f(c, y, x)
			worst, at := 0.0, float32(0)
			for i, v := range x {
				want := f.want(float64(v))
				if float32(want) == y[i] {
					continue
				}
				if u := ulps(y[i], want); !(u <= worst) {
					worst, at = u, v
				}
			}
			t.Logf("%s: %.3f units in the last place, at %g", f.name, worst, at)
			if !(worst <= f.most) {
				t.Errorf("%s: off by %.3f units in the last place at %g, want at most %g", f.name, worst, at, f.most)
			}
		}
	})
}

func TestLimitsOfExpAndTanh(t *testing.T) {
	inf := float32(math.Inf(1))
	nan := float32(math.NaN())
	zero := float32(math.Copysign(0, -1))
	x := []float32{inf, -inf, nan, 0, zero, 88.72283, 88.73, 1e38, -87.3, -103.9, -104.1, -1e38, 1e-45}
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, f := range []struct {
			name string
			got  func(y, x []float32)
			want []float32
		}{
			{"exp", c.Exp, []float32{inf, 0, nan, 1, 1, 3.4027974e38, inf, inf, 1.2192e-38, 1e-45, 0, 0, 1}},
			{"tanh", c.Tanh, []float32{1, -1, nan, 0, zero, 1, 1, 1, -1, -1, -1, -1, 1e-45}},
		} {
			y := make([]float32, len(x))
			f.got(y, x)
			for i, want := range f.want {
				got := y[i]
				close := math.Abs(float64(got)-float64(want)) <= 1e-4*math.Abs(float64(want))
				if want != want {
					close = got != got
				}
				if want == 0 || math.IsInf(float64(want), 0) {
					close = math.Float32bits(got) == math.Float32bits(want)
				}
				if !close {
					t.Errorf("%s(%g) = %g, want %g", f.name, x[i], got, want)
				}
			}
		}
	})
}

// An element's result must not depend on its place in the slice: lanes, tails and chunks all compute the
// same.
func TestElementwiseAnyOffset(t *testing.T) {
	x, z := noise(5000, 1), noise(5000, 2)
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, k := range []struct {
			name string
			f    func(y, x, z []float32)
		}{
			{"Exp", func(y, x, _ []float32) { c.Exp(y, x) }},
			{"Tanh", func(y, x, _ []float32) { c.Tanh(y, x) }},
			{"GELU", func(y, x, _ []float32) { c.GELU(y, x) }},
			{"GELUBackward", func(y, x, z []float32) { c.GELUBackward(y, z, x) }},
			{"Add", func(y, x, z []float32) { c.Add(y, x, z) }},
			{"Scale", func(y, x, _ []float32) { copy(y, x); c.Scale(y, 1.7) }},
			{"EMA", func(y, x, z []float32) { copy(y, x); c.EMA(y, z, 0.99) }},
		} {
			all := make([]float32, len(x))
			k.f(all, x, z)
			for _, n := range []int{0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 1000, 4097} {
				for _, from := range []int{0, 1, 5, 300} {
					guarded := make([]float32, n+2)
					guarded[0], guarded[n+1] = 42, 43
					k.f(guarded[1:n+1], x[from:from+n], z[from:from+n])
					sameBits(t, k.name, guarded[1:n+1], all[from:from+n])
					if guarded[0] != 42 || guarded[n+1] != 43 {
						t.Fatalf("%s of %d elements wrote outside", k.name, n)
					}
				}
			}
		}
	})
}

func TestAddAndScale(t *testing.T) {
	a, b := noise(1003, 1), noise(1003, 2)
	onEachPath(t, func(t *testing.T, c *CPU) {
		sum, scaled := make([]float32, len(a)), slices.Clone(a)
		c.Add(sum, a, b)
		c.Scale(scaled, 0.3)
		for i := range a {
			if sum[i] != a[i]+b[i] || scaled[i] != a[i]*0.3 {
				t.Fatalf("element %d: sum %g, scaled %g, of %g and %g", i, sum[i], scaled[i], a[i], b[i])
			}
		}
		c.Add(sum, sum, b)
		if sum[1002] != a[1002]+b[1002]+b[1002] {
			t.Errorf("in place: %g", sum[1002])
		}
	})
}

func TestSumSquares(t *testing.T) {
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, n := range []int{0, 1, 3, 16, 31, 1000, 16385, 100003} {
			x := noise(n, uint64(n))
			var want float64
			for _, v := range x {
				want += float64(v) * float64(v)
			}
			got := c.SumSquares(x)
			if !approx.Equal(got, want, 1e-12*want) {
				t.Errorf("%d elements: %.17g, want %.17g", n, got, want)
			}
			sameOnAnyThreads(t, c.Path(), func(c *CPU) []float32 {
				bits := math.Float64bits(c.SumSquares(x))
				return []float32{math.Float32frombits(uint32(bits)), math.Float32frombits(uint32(bits >> 32))}
			})
		}
		if got, want := c.SumSquares([]float32{3e38, 3e38}), 1.8e77; !approx.Equal(got, want, 1e71) {
			t.Errorf("large elements: %g, want %g", got, want)
		}
	})
}

func TestWrongLengthPanics(t *testing.T) {
	c := New(Generic, 1)
	defer c.Close()
	defer func() {
		if got, want := recover(), "kernels: Exp: y has length 2, want 3"; got != want {
			t.Errorf("panicked with %v, want %q", got, want)
		}
	}()
	c.Exp(make([]float32, 2), make([]float32, 3))
}

// benchmarkPaths runs a benchmark on each path that the CPU supports, with one thread and with two.
func benchmarkPaths(b *testing.B, name string, f func(b *testing.B, c *CPU)) {
	for _, path := range []Path{Generic, AVX2, AVX512} {
		if _, err := Choose(path.String()); err != nil {
			continue
		}
		for _, threads := range []int{1, 2} {
			b.Run(name+"/cpu="+path.String()+"/threads="+strconv.Itoa(threads), func(b *testing.B) {
				c := New(path, threads)
				defer c.Close()
				f(b, c)
			})
		}
	}
}

func BenchmarkElementwise(b *testing.B) {
	x, y, z := noise(1<<18, 1), make([]float32, 1<<18), noise(1<<18, 2)
	for _, k := range []struct {
		name  string
		bytes int
		f     func(c *CPU)
	}{
		{"exp", 8, func(c *CPU) { c.Exp(y, x) }},
		{"tanh", 8, func(c *CPU) { c.Tanh(y, x) }},
		{"gelu", 8, func(c *CPU) { c.GELU(y, x) }},
		{"gelubackward", 12, func(c *CPU) { c.GELUBackward(y, z, x) }},
		{"add", 12, func(c *CPU) { c.Add(y, x, z) }},
		{"scale", 8, func(c *CPU) { c.Scale(y, 1) }},
		{"ema", 12, func(c *CPU) { c.EMA(y, x, 0.99) }},
		{"sumsquares", 4, func(c *CPU) { c.SumSquares(x) }},
		{"dropout", 8, func(c *CPU) { c.Dropout(y, x, 0.1, 7) }},
	} {
		benchmarkPaths(b, "kernel="+k.name, func(b *testing.B, c *CPU) {
			b.SetBytes(int64(k.bytes * len(x)))
			for b.Loop() {
				k.f(c)
			}
		})
	}
}
