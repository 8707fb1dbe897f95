package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// refAttention is the definition, in float64, over complete rows of scores.
func refAttention(qkv []float64, batch, time, heads, size int) (out, lse []float64) {
	out, lse = make([]float64, batch*time*heads*size), make([]float64, batch*heads*time)
	eachQuery(batch, time, heads, func(b, h, t int) {
		p, total := refWeights(qkv, b, h, t, time, heads, size)
		lse[(b*heads+h)*time+t] = total
		for s, w := range p {
			for i := range size {
				out[((b*time+t)*heads+h)*size+i] += w * qkv[at(2, b, h, s, time, heads, size)+i]
			}
		}
	})
	return out, lse
}

func eachQuery(batch, time, heads int, f func(b, h, t int)) {
	for b := range batch {
		for h := range heads {
			for t := range time {
				f(b, h, t)
			}
		}
	}
}

// at is where part (0 query, 1 key, 2 value) of a token starts in qkv.
func at(part, b, h, t, time, heads, size int) int {
	return (((b*time+t)*3+part)*heads + h) * size
}

// refWeights returns the softmax over the keys 0..t, and its log-sum-exp.
func refWeights(qkv []float64, b, h, t, time, heads, size int) (p []float64, lse float64) {
	p = make([]float64, t+1)
	for s := range p {
		for i := range size {
			p[s] += qkv[at(0, b, h, t, time, heads, size)+i] * qkv[at(1, b, h, s, time, heads, size)+i]
		}
		p[s] /= math.Sqrt(float64(size))
	}
	return refSoftmax(p)
}

// refSoftmax returns the softmax of x and its log-sum-exp.
func refSoftmax(x []float64) (p []float64, lse float64) {
	top, sum := slices.Max(x), 0.0
	for _, v := range x {
		sum += math.Exp(v - top)
	}
	lse = top + math.Log(sum)
	for _, v := range x {
		p = append(p, math.Exp(v-lse))
	}
	return p, lse
}

// refAttentionBackward is the derivative by the chain rule through softmax.
func refAttentionBackward(dout, qkv []float64, batch, time, heads, size int) []float64 {
	dqkv := make([]float64, len(qkv))
	eachQuery(batch, time, heads, func(b, h, t int) {
		p, _ := refWeights(qkv, b, h, t, time, heads, size)
		d := dout[((b*time+t)*heads+h)*size:][:size]
		dp := make([]float64, len(p))
		var along float64
		for s := range p {
			v := at(2, b, h, s, time, heads, size)
			for i := range size {
				dp[s] += d[i] * qkv[v+i]
				dqkv[v+i] += p[s] * d[i]
			}
			along += p[s] * dp[s]
		}
		q := at(0, b, h, t, time, heads, size)
		for s := range p {
			k, ds := at(1, b, h, s, time, heads, size), p[s]*(dp[s]-along)/math.Sqrt(float64(size))
			for i := range size {
				dqkv[q+i] += ds * qkv[k+i]
				dqkv[k+i] += ds * qkv[q+i]
			}
		}
	})
	return dqkv
}

// differences returns the gradient of f at x by central differences.
func differences(x []float64, f func([]float64) float64) []float64 {
	const h = 1e-5
	grad := make([]float64, len(x))
	for i, v := range x {
		x[i] = v + h
		above := f(x)
		x[i] = v - h
		grad[i] = (above - f(x)) / (2 * h)
		x[i] = v
	}
	return grad
}

func weigh(a, b []float64) float64 {
	var sum float64
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func closeTo(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if d := math.Abs(got[i] - want[i]); !(d <= tolerance) {
			t.Fatalf("%s: element %d is %g, want %g", what, i, got[i], want[i])
		}
	}
}

func TestAttentionReferenceByDifferences(t *testing.T) {
	const batch, time, heads, size = 1, 5, 2, 3
	qkv, dout := wide(noise(batch*time*3*heads*size, 3)), wide(noise(batch*time*heads*size, 4))
	got := refAttentionBackward(dout, qkv, batch, time, heads, size)
	want := differences(qkv, func(x []float64) float64 {
		out, _ := refAttention(x, batch, time, heads, size)
		return weigh(out, dout)
	})
	closeTo(t, "dqkv", got, want, 1e-8)
}

func TestAttention(t *testing.T) {
	for _, s := range []struct{ batch, time, heads, size int }{
		{1, 1, 1, 1}, {2, 1, 3, 16}, {1, 2, 1, 8}, {2, 7, 2, 5}, {1, 63, 2, 16}, {1, 64, 1, 32},
		{2, 65, 2, 20}, {2, 67, 2, 12}, {1, 128, 2, 64}, {1, 130, 1, 128}, {1, 200, 1, 24}, {1, 70, 1, 150}, {0, 5, 2, 16}, {2, 0, 2, 16},
	} {
		t.Run(fmt.Sprintf("batch=%d,time=%d,heads=%d,size=%d", s.batch, s.time, s.heads, s.size), func(t *testing.T) {
			n := s.batch * s.time * s.heads * s.size
			qkv, dout := noise(3*n, 5), noise(n, 6)
			wantOut, wantLSE := refAttention(wide(qkv), s.batch, s.time, s.heads, s.size)
			wantGrad := refAttentionBackward(wide(dout), wide(qkv), s.batch, s.time, s.heads, s.size)
			onEachPath(t, func(t *testing.T, c *CPU) {
				out, lse, dqkv := attend(c, qkv, dout, s.batch, s.time, s.heads, s.size)
				within(t, "out", out, wantOut, 1e-6)
				within(t, "lse", lse, wantLSE, 1e-6)
				within(t, "dqkv", dqkv, wantGrad, 2e-6)
			})
		})
	}
}

// uniform is a batch of sequences with as many tokens each.
func uniform(batch, time int) []Sequence {
	list := make([]Sequence, batch)
	for i := range list {
		list[i] = Sequence{Row: i * time, Rows: time}
	}
	return list
}

// attend runs both passes, over buffers full of unrelated numbers.
func attend(c *CPU, qkv, dout []float32, batch, time, heads, size int) (out, lse, dqkv []float32) {
	out, lse, dqkv = noise(len(dout), 91), noise(batch*heads*time, 92), noise(len(qkv), 93)
	c.Attention(out, lse, qkv, uniform(batch, time), heads, size)
	c.AttentionBackward(dqkv, dout, out, lse, qkv, uniform(batch, time), heads, size)
	return out, lse, dqkv
}

// A query's result has the same bits in a shorter sequence, in another batch, and whatever the later tokens
// are, NaN included.
func TestAttentionDependsOnlyOnThePast(t *testing.T) {
	const time, heads, size = 150, 2, 24
	const token = 3 * heads * size
	qkv := noise(2*time*token, 7)
	onEachPath(t, func(t *testing.T, c *CPU) {
		out, lse := make([]float32, 2*time*heads*size), make([]float32, 2*heads*time)
		c.Attention(out, lse, qkv, uniform(2, time), heads, size)
		for _, short := range []int{1, 2, 7, 8, 9, 63, 64, 65, 100, 128, 129, 149} {
			o, l := make([]float32, short*heads*size), make([]float32, heads*short)
			c.Attention(o, l, qkv[time*token:time*token+short*token], uniform(1, short), heads, size)
			sameBits(t, fmt.Sprintf("the first %d tokens", short), o, out[time*heads*size:][:len(o)])
			sameBits(t, "their lse", l[:short], lse[2*time:][:short])

			poisoned := append([]float32(nil), qkv[:time*token]...)
			for i := short * token; i < len(poisoned); i++ {
				poisoned[i] = float32(math.NaN())
			}
			o, l = make([]float32, time*heads*size), make([]float32, heads*time)
			c.Attention(o, l, poisoned, uniform(1, time), heads, size)
			sameBits(t, fmt.Sprintf("NaN from token %d on", short), o[:short*heads*size], out[:short*heads*size])
		}
	})
}

func TestAttentionSameBitsOnAnyThreads(t *testing.T) {
	const batch, time, heads, size = 2, 100, 3, 16
	qkv, dout := noise(batch*time*3*heads*size, 8), noise(batch*time*heads*size, 9)
	onEachPath(t, func(t *testing.T, c *CPU) {
		sameOnAnyThreads(t, c.Path(), func(c *CPU) []float32 {
			out, lse, dqkv := attend(c, qkv, dout, batch, time, heads, size)
			return append(append(out, lse...), dqkv...)
		})
	})
}

// Sequences may have different lengths and gaps between them. Queries that aren't requested cost nothing, and
// requested ones have the same bits as if each sequence were alone and all its queries requested. The same
// holds for every gradient if the gradients of the other results are zero.
func TestAttentionOfSomeQueries(t *testing.T) {
	for _, s := range []struct {
		heads, size int
		sequences   []Sequence
	}{
		{4, 16, []Sequence{{0, 43, 19}, {43, 43, 0}, {86, 43, 42}, {129, 1, 0}, {130, 7, 7}, {140, 20, 3}, {160, 0, 0}, {165, 9, 8}}},
		{2, 24, []Sequence{{5, 200, 150}, {205, 30, 10}, {235, 130, 60}, {365, 128, 64}, {493, 200, 199}, {693, 0, 0}, {693, 65, 0}}},
	} {
		const gap = 3
		row, rows := s.heads*s.size, gap
		for _, q := range s.sequences {
			rows = max(rows, q.Row+q.Rows+gap)
		}
		qkv, dout := noise(3*rows*row, 11), noise(rows*row, 12)
		asked := make([]bool, rows)
		for _, q := range s.sequences {
			for r := q.Row; r < q.Row+q.Rows; r++ {
				asked[r] = r >= q.Row+q.From
			}
		}
		for i := range dout {
			if !asked[i/row] {
				dout[i] = 0
			}
		}
		onEachPath(t, func(t *testing.T, c *CPU) {
			out, lse, grad := make([]float32, rows*row), make([]float32, rows*s.heads), make([]float32, 3*rows*row)
			c.Attention(out, lse, qkv, s.sequences, s.heads, s.size)
			for i := range out {
				if !asked[i/row] {
					if out[i] != 0 {
						t.Fatalf("element %d, of a query that isn't asked, was written", i)
					}
					out[i] = float32(math.NaN()) // it must not be read either
				}
			}
			without := make([]float32, rows*row)
			c.Attention(without, nil, qkv, s.sequences, s.heads, s.size)
			c.AttentionBackward(grad, dout, out, lse, qkv, s.sequences, s.heads, s.size)
			for _, q := range s.sequences {
				from, to := q.Row*row, (q.Row+q.Rows)*row
				want, wantLSE, wantGrad := attend(c, qkv[3*from:3*to], dout[from:to], 1, q.Rows, s.heads, s.size)
				what := fmt.Sprintf("%+v: ", q)
				sameBits(t, what+"out", out[from+q.From*row:to], want[q.From*row:])
				sameBits(t, what+"out without lse", without[from+q.From*row:to], want[q.From*row:])
				for h := range s.heads {
					sameBits(t, what+"lse", lse[q.Row*s.heads+h*q.Rows:][:q.Rows][q.From:], wantLSE[h*q.Rows:][:q.Rows][q.From:])
				}
				mustEqual(t, what+"gradients", grad[3*from:3*to], wantGrad)
				clear(grad[3*from : 3*to])
			}
			mustEqual(t, "gradients of rows of no sequence", grad, make([]float32, len(grad)))
		})
	}
}

func TestAttentionRefuses(t *testing.T) {
	c := New(Generic, 1)
	defer c.Close()
	for _, bad := range []Sequence{{Row: -1, Rows: 2}, {Row: 2, Rows: 2}, {Rows: 2, From: 3}, {Rows: 2, From: -1}, {Rows: -1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v of three rows passed", bad)
				}
			}()
			c.Attention(make([]float32, 3*4), nil, make([]float32, 3*3*4), []Sequence{bad}, 1, 4)
		}()
	}
}

// Scores of hundreds must neither overflow nor lose the largest.
func TestAttentionOfLargeScores(t *testing.T) {
	const time, size = 90, 16
	qkv := noise(time*3*size, 10)
	for i := range qkv {
		if i/size%3 < 2 {
			qkv[i] *= 20
		}
	}
	want, lse := refAttention(wide(qkv), 1, time, 1, size)
	onEachPath(t, func(t *testing.T, c *CPU) {
		out, l := make([]float32, time*size), make([]float32, time)
		c.Attention(out, l, qkv, uniform(1, time), 1, size)
		within(t, "lse", l, lse, 1e-6)
		within(t, "out", out, want, 1e-3) // a score of 400 is known to 3e-5 only
	})
}

func BenchmarkAttention(b *testing.B) {
	for _, s := range []struct{ batch, time, heads, size int }{{64, 43, 4, 16}, {64, 43, 4, 24}, {8, 128, 4, 32}, {2, 256, 12, 64}, {1, 1024, 2, 128}} {
		n := s.batch * s.time * s.heads * s.size
		qkv, dout := noise(3*n, 5), noise(n, 6)
		out, lse, dqkv := make([]float32, n), make([]float32, s.batch*s.heads*s.time), make([]float32, 3*n)
		benchmarkPaths(b, fmt.Sprintf("shape=%dx%dx%dx%d", s.batch, s.time, s.heads, s.size), func(b *testing.B, c *CPU) {
			c.Attention(out, lse, qkv, uniform(s.batch, s.time), s.heads, s.size)
			b.Run("forward", func(b *testing.B) {
				for b.Loop() {
					c.Attention(out, lse, qkv, uniform(s.batch, s.time), s.heads, s.size)
				}
				gflops(b, 2*2*n*s.time/2)
			})
			b.Run("backward", func(b *testing.B) {
				for b.Loop() {
					c.AttentionBackward(dqkv, dout, out, lse, qkv, uniform(s.batch, s.time), s.heads, s.size)
				}
				gflops(b, 2*5*n*s.time/2)
			})
		})
	}
}

func gflops(b *testing.B, flops int) {
	b.ReportMetric(float64(flops)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}
