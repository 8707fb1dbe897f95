package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func refLoss(logits []float64, target int) float64 {
	_, lse := refSoftmax(logits)
	return lse - logits[target]
}

func TestCrossEntropyReferenceByDifferences(t *testing.T) {
	x := wide(noise(9, 1))
	p, _ := refSoftmax(x)
	p[4]--
	closeTo(t, "dlogits", p, differences(x, func(x []float64) float64 { return refLoss(x, 4) }), 1e-8)
}

func TestCrossEntropy(t *testing.T) {
	for _, s := range []struct{ rows, vocab int }{{0, 5}, {1, 1}, {3, 2}, {4, 17}, {5, 512}, {3, 4097}, {2, 50257}} {
		logits, dloss := noise(s.rows*s.vocab, 1), noise(s.rows, 2)
		targets := make([]int32, s.rows)
		wantLoss, wantLSE := make([]float64, s.rows), make([]float64, s.rows)
		var wantGrad []float64
		for r := range s.rows {
			row := logits[r*s.vocab : (r+1)*s.vocab]
			for i := range row {
				row[i] = row[i]*5 + 20
			}
			targets[r] = int32(r * 7919 % s.vocab)
			p, lse := refSoftmax(wide(row))
			wantLoss[r], wantLSE[r] = refLoss(wide(row), int(targets[r])), lse
			p[targets[r]]--
			if r == 2 {
				targets[r], wantLoss[r] = -1, 0
				clear(p)
			}
			for _, v := range p {
				wantGrad = append(wantGrad, v*float64(dloss[r]))
			}
		}
		t.Run(fmt.Sprintf("rows=%d,vocab=%d", s.rows, s.vocab), func(t *testing.T) {
			onEachPath(t, func(t *testing.T, c *CPU) {
				loss, lse, grad := noise(s.rows, 3), noise(s.rows, 4), noise(len(logits), 5)
				c.CrossEntropy(loss, lse, logits, targets, s.rows, s.vocab)
				within(t, "loss", loss, wantLoss, 5e-7)
				within(t, "lse", lse, wantLSE, 5e-7)
				c.CrossEntropyBackward(grad, dloss, logits, lse, targets, s.rows, s.vocab)
				within(t, "dlogits", grad, wantGrad, 2e-5) // lse is rounded to 1 in 2^24 of about 50

				inPlace := slices.Clone(logits)
				c.CrossEntropyBackward(inPlace, dloss, inPlace, lse, targets, s.rows, s.vocab)
				sameBits(t, "in place", inPlace, grad)
				if s.rows > 1 {
					l, e := make([]float32, 1), make([]float32, 1)
					c.CrossEntropy(l, e, logits[s.vocab:2*s.vocab], targets[1:2], 1, s.vocab)
					sameBits(t, "a row alone", append(l, e...), []float32{loss[1], lse[1]})
				}
			})
		})
	}
}

func TestCrossEntropyEdges(t *testing.T) {
	onEachPath(t, func(t *testing.T, c *CPU) {
		// No row counts; logits whose e^x overflows; a mask of -Inf; a small loss.
		inf := float32(math.Inf(-1))
		loss, lse := make([]float32, 4), make([]float32, 4)
		c.CrossEntropy(loss, lse, []float32{1, 2, 3, 500, 400, -500, inf, 0, inf, 10, 0, 0}, []int32{-1, 0, 1, 0}, 4, 3)
		want := []float64{0, 0, 0, math.Log1p(2 * math.Exp(-10))}
		for i := range want {
			if d := math.Abs(float64(loss[i]) - want[i]); d > 2e-7 {
				t.Errorf("row %d: loss %g, want %g", i, loss[i], want[i])
			}
		}
		c.CrossEntropy(loss[:1], lse[:1], []float32{1, float32(math.NaN()), 2}, []int32{0}, 1, 3)
		if loss[0] == loss[0] {
			t.Errorf("the loss beside a logit of NaN is %g", loss[0])
		}
		dlogits := make([]float32, 3)
		c.CrossEntropyBackward(dlogits, []float32{1}, []float32{inf, 0, 0}, []float32{math.Ln2}, []int32{1}, 1, 3)
		within(t, "dlogits beside -Inf", dlogits, []float64{0, -0.5, 0.5}, 1e-6)
		defer func() {
			if got, want := recover(), "kernels: CrossEntropy: a target outside the vocabulary"; got != want {
				t.Errorf("panicked with %v, want %q", got, want)
			}
		}()
		c.CrossEntropy(loss[:1], lse[:1], []float32{1, 2}, []int32{2}, 1, 2)
	})
}

func TestCrossEntropySameBitsOnAnyThreads(t *testing.T) {
	const rows, vocab = 37, 300
	logits, targets := noise(rows*vocab, 1), make([]int32, rows)
	onEachPath(t, func(t *testing.T, c *CPU) {
		sameOnAnyThreads(t, c.Path(), func(c *CPU) []float32 {
			loss, lse, grad := make([]float32, rows), make([]float32, rows), make([]float32, len(logits))
			c.CrossEntropy(loss, lse, logits, targets, rows, vocab)
			c.CrossEntropyBackward(grad, loss, logits, lse, targets, rows, vocab)
			return append(append(loss, lse...), grad...)
		})
	})
}

func BenchmarkCrossEntropy(b *testing.B) {
	for _, s := range []struct{ rows, vocab int }{{1024, 512}, {128, 50257}} {
		n := s.rows * s.vocab
		logits, grad, targets := noise(n, 1), make([]float32, n), make([]int32, s.rows)
		loss, lse := make([]float32, s.rows), make([]float32, s.rows)
		benchmarkPaths(b, fmt.Sprintf("shape=%dx%d", s.rows, s.vocab), func(b *testing.B, c *CPU) {
			b.Run("forward", func(b *testing.B) {
				b.SetBytes(int64(4 * n))
				for b.Loop() {
					c.CrossEntropy(loss, lse, logits, targets, s.rows, s.vocab)
				}
			})
			c.CrossEntropy(loss, lse, logits, targets, s.rows, s.vocab)
			b.Run("backward", func(b *testing.B) {
				b.SetBytes(int64(8 * n))
				for b.Loop() {
					c.CrossEntropyBackward(grad, loss, logits, lse, targets, s.rows, s.vocab)
				}
			})
		})
	}
}

func TestArgMax(t *testing.T) {
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, n := range []int{1, 2, 15, 17, 4096, 4097, 50257} {
			x := noise(n, uint64(n))
			for _, at := range []int{0, n / 3, n / 2, n - 1} {
				row := slices.Clone(x)
				row[at] = 9
				row[n-1] = max(row[n-1], row[at]) // an equal one after it
				if got := c.ArgMax(row); got != at {
					t.Errorf("the largest of %d is at %d, and ArgMax gives %d", n, at, got)
				}
			}
		}
		low := float32(math.Inf(-1))
		if got := c.ArgMax([]float32{low, low}); got != 0 {
			t.Errorf("of equal ones ArgMax gives that at %d", got)
		}
		c.ArgMax([]float32{float32(math.NaN())})
		if got := c.ArgMax(nil); got != 0 {
			t.Errorf("of none ArgMax gives %d", got)
		}
	})
}
