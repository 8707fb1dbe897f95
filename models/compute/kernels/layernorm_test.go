package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"assay/harness/leaf/approx"
)

// refNorm is the definition, in float64. bias may be nil.
func refNorm(x, gain, bias []float64, width int, epsilon float64) []float64 {
	var y []float64
	for row := range slices.Chunk(x, width) {
		mean, rstd := refMoments(row, epsilon)
		for j, v := range row {
			v = (v - mean) * rstd * gain[j]
			if bias != nil {
				v += bias[j]
			}
			y = append(y, v)
		}
	}
	return y
}

func refMoments(row []float64, epsilon float64) (mean, rstd float64) {
	n := float64(len(row))
	for _, v := range row {
		mean += v / n
	}
	var variance float64
	for _, v := range row {
		variance += (v - mean) * (v - mean) / n
	}
	return mean, 1 / math.Sqrt(variance+epsilon)
}

func refNormBackward(dy, x, gain []float64, width int, epsilon float64) (dx, dgain, dbias []float64) {
	dgain, dbias = make([]float64, width), make([]float64, width)
	for r := range len(x) / width {
		row, d := x[r*width:(r+1)*width], dy[r*width:(r+1)*width]
		mean, rstd := refMoments(row, epsilon)
		var sum, along float64
		for j, v := range row {
			n := (v - mean) * rstd
			sum += d[j] * gain[j] / float64(width)
			along += d[j] * gain[j] * n / float64(width)
			dgain[j] += d[j] * n
			dbias[j] += d[j]
		}
		for j, v := range row {
			dx = append(dx, rstd*(d[j]*gain[j]-sum-(v-mean)*rstd*along))
		}
	}
	return dx, dgain, dbias
}

func TestLayerNormReferenceByDifferences(t *testing.T) {
	const width = 7
	x, gain, bias, dy := wide(noise(3*width, 1)), wide(noise(width, 2)), wide(noise(width, 3)), wide(noise(3*width, 4))
	dx, dgain, dbias := refNormBackward(dy, x, gain, width, 1e-5)
	loss := func([]float64) float64 { return weigh(refNorm(x, gain, bias, width, 1e-5), dy) }
	closeTo(t, "dx", dx, differences(x, loss), 1e-8)
	closeTo(t, "dgain", dgain, differences(gain, loss), 1e-8)
	closeTo(t, "dbias", dbias, differences(bias, loss), 1e-8)
}

func TestLayerNorm(t *testing.T) {
	for _, s := range []struct{ rows, width int }{{0, 8}, {1, 1}, {3, 5}, {2, 16}, {5, 31}, {7, 128}, {9, 200}, {4, 768}, {130, 65}} {
		n := s.rows * s.width
		x, gain, bias, dy := noise(n, 1), noise(s.width, 2), noise(s.width, 3), noise(n, 4)
		for i := range x {
			x[i] += 3 // an average far from 0
		}
		had := noise(s.width, 5)
		wantDX, wantDGain, wantDBias := refNormBackward(wide(dy), wide(x), wide(gain), s.width, 1e-5)
		for j := range had {
			wantDGain[j] += float64(had[j])
			wantDBias[j] += float64(had[j])
		}
		t.Run(fmt.Sprintf("rows=%d,width=%d", s.rows, s.width), func(t *testing.T) {
			onEachPath(t, func(t *testing.T, c *CPU) {
				y, mean, rstd, dx := make([]float32, n), make([]float32, s.rows), make([]float32, s.rows), make([]float32, n)
				c.LayerNorm(y, mean, rstd, x, gain, nil, s.rows, s.width, 1e-5)
				within(t, "y without bias", y, refNorm(wide(x), wide(gain), nil, s.width, 1e-5), 1e-6)
				c.LayerNorm(y, mean, rstd, x, gain, bias, s.rows, s.width, 1e-5)
				within(t, "y", y, refNorm(wide(x), wide(gain), wide(bias), s.width, 1e-5), 1e-6)

				dgain, dbias := slices.Clone(had), slices.Clone(had)
				c.LayerNormBackward(dx, dgain, nil, dy, x, gain, mean, rstd, s.rows, s.width)
				within(t, "dgain without dbias", dgain, wantDGain, 2e-6)
				copy(dgain, had)
				c.LayerNormBackward(dx, dgain, dbias, dy, x, gain, mean, rstd, s.rows, s.width)
				if s.width > 1 { // with one column only rounding is left
					within(t, "dx", dx, wantDX, 2e-6)
				}
				within(t, "dgain", dgain, wantDGain, 2e-6)
				within(t, "dbias", dbias, wantDBias, 2e-6)

				inPlace := slices.Clone(dy)
				c.LayerNormBackward(inPlace, dgain, nil, inPlace, x, gain, mean, rstd, s.rows, s.width)
				sameBits(t, "dx in place", inPlace, dx)
				copy(inPlace, x)
				c.LayerNorm(inPlace, mean, rstd, inPlace, gain, bias, s.rows, s.width, 1e-5)
				sameBits(t, "y in place", inPlace, y)
			})
		})
	}
}

func TestLayerNormRowsAndThreads(t *testing.T) {
	const rows, width = 70, 100
	x, gain, dy := noise(rows*width, 1), noise(width, 2), noise(rows*width, 4)
	onEachPath(t, func(t *testing.T, c *CPU) {
		run := func(c *CPU, lo, hi int) (y, dx, sums []float32) {
			n := hi - lo
			y, dx, sums = make([]float32, n*width), make([]float32, n*width), make([]float32, 2*width)
			mean, rstd := make([]float32, n), make([]float32, n)
			c.LayerNorm(y, mean, rstd, x[lo*width:hi*width], gain, gain, n, width, 1e-5)
			c.LayerNormBackward(dx, sums[:width], sums[width:], dy[lo*width:hi*width], x[lo*width:hi*width], gain, mean, rstd, n, width)
			return y, dx, sums
		}
		y, dx, _ := run(c, 0, rows)
		y1, dx1, _ := run(c, 33, 34)
		sameBits(t, "y of one row", y1, y[33*width:34*width])
		sameBits(t, "dx of one row", dx1, dx[33*width:34*width])
		sameOnAnyThreads(t, c.Path(), func(c *CPU) []float32 {
			y, dx, sums := run(c, 0, rows)
			return append(append(y, dx...), sums...)
		})
	})
}

func TestLayerNormOfAConstantRow(t *testing.T) {
	onEachPath(t, func(t *testing.T, c *CPU) {
		x := slices.Repeat([]float32{2.5}, 24)
		y, mean, rstd := make([]float32, 24), make([]float32, 1), make([]float32, 1)
		c.LayerNorm(y, mean, rstd, x, slices.Repeat([]float32{1}, 24), nil, 1, 24, 1e-5)
		if mean[0] != 2.5 || !approx.Equal(float64(rstd[0]), 316.22777, 1e-3) || slices.Max(y) != 0 || slices.Min(y) != 0 {
			t.Errorf("mean %g, rstd %g, y within [%g, %g]", mean[0], rstd[0], slices.Min(y), slices.Max(y))
		}
	})
}

func BenchmarkLayerNorm(b *testing.B) {
	for _, s := range []struct{ rows, width int }{{1024, 128}, {512, 768}, {8192, 768}} {
		n := s.rows * s.width
		x, gain, dy := noise(n, 1), noise(s.width, 2), noise(n, 4)
		y, mean, rstd, dgain := make([]float32, n), make([]float32, s.rows), make([]float32, s.rows), make([]float32, s.width)
		benchmarkPaths(b, fmt.Sprintf("shape=%dx%d", s.rows, s.width), func(b *testing.B, c *CPU) {
			b.Run("forward", func(b *testing.B) {
				b.SetBytes(int64(8 * n))
				for b.Loop() {
					c.LayerNorm(y, mean, rstd, x, gain, gain, s.rows, s.width, 1e-5)
				}
			})
			c.LayerNorm(y, mean, rstd, x, gain, gain, s.rows, s.width, 1e-5)
			b.Run("backward", func(b *testing.B) {
				b.SetBytes(int64(20 * n)) // dy and x twice, dx
				for b.Loop() {
					c.LayerNormBackward(y, dgain, dgain, dy, x, gain, mean, rstd, s.rows, s.width)
				}
			})
		})
	}
}
