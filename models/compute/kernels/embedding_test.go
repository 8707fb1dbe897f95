package kernels

import (
	"fmt"
	"slices"
	"testing"
)

func TestEmbed(t *testing.T) {
	for _, s := range []struct{ batch, time, width, vocab, context int }{{0, 3, 4, 5, 6}, {1, 1, 1, 1, 1}, {2, 3, 5, 4, 8}, {3, 7, 130, 10, 7}, {2, 9, 64, 50, 16}} {
		rows := s.batch * s.time
		tokens, positions := make([]int32, rows), make([]int32, rows)
		for i := range tokens {
			tokens[i], positions[i] = int32(i*i%s.vocab), int32(i%s.time)
		}
		wte, wpe, dout := noise(s.vocab*s.width, 1), noise(s.context*s.width, 2), noise(rows*s.width, 3)
		want, wantWTE, wantWPE := make([]float32, rows*s.width), noise(len(wte), 4), noise(len(wpe), 5)
		for r, token := range tokens {
			for j := range s.width {
				want[r*s.width+j] = wte[int(token)*s.width+j] + wpe[int(positions[r])*s.width+j]
				wantWTE[int(token)*s.width+j] += dout[r*s.width+j]
				wantWPE[int(positions[r])*s.width+j] += dout[r*s.width+j]
			}
		}
		onEachPath(t, func(t *testing.T, c *CPU) {
			out := make([]float32, rows*s.width)
			c.Embed(out, tokens, positions, wte, wpe, s.width)
			sameBits(t, "out", out, want)
			// Positions are added in ascending order, so the bits are those of a plain loop.
			sameOnAnyThreads(t, c.Path(), func(c *CPU) []float32 {
				dwte, dwpe := noise(len(wte), 4), noise(len(wpe), 5)
				c.EmbedBackward(dwte, dwpe, tokens, positions, dout, s.width)
				sameBits(t, "dwte", dwte, wantWTE)
				sameBits(t, "dwpe", dwpe, wantWPE)
				return slices.Concat(dwte, dwpe)
			})
		})
	}
}

func TestEmbedRefuses(t *testing.T) {
	c := New(Generic, 1)
	defer c.Close()
	for _, bad := range []struct {
		name              string
		tokens, positions []int32
		want              string
	}{
		{"token", []int32{0, 3}, []int32{0, 1}, "kernels: Embed: a token outside the vocabulary"},
		{"negative", []int32{0, -1}, []int32{0, 1}, "kernels: Embed: a token outside the vocabulary"},
		{"position", []int32{0, 2}, []int32{4, 5}, "kernels: Embed: a position outside the context"},
		{"negative position", []int32{0, 2}, []int32{0, -1}, "kernels: Embed: a position outside the context"},
		{"positions", []int32{0, 2}, []int32{0}, "kernels: Embed: positions has length 1, want 2"},
	} {
		t.Run(bad.name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != bad.want {
					t.Errorf("panicked with %v, want %q", got, bad.want)
				}
			}()
			c.Embed(make([]float32, len(bad.tokens)*4), bad.tokens, bad.positions, make([]float32, 12), make([]float32, 20), 4)
		})
	}
}

func BenchmarkEmbed(b *testing.B) {
	for _, s := range []struct{ batch, time, width, vocab int }{{8, 128, 128, 512}, {2, 256, 768, 50257}} {
		rows := s.batch * s.time
		tokens, positions := make([]int32, rows), make([]int32, rows)
		for i := range tokens {
			tokens[i], positions[i] = int32(i*7919%s.vocab), int32(i%s.time)
		}
		wte, wpe, out := noise(s.vocab*s.width, 1), noise(s.time*s.width, 2), make([]float32, rows*s.width)
		benchmarkPaths(b, fmt.Sprintf("shape=%dx%dx%d,vocab=%d", s.batch, s.time, s.width, s.vocab), func(b *testing.B, c *CPU) {
			b.Run("forward", func(b *testing.B) {
				b.SetBytes(int64(12 * len(out)))
				for b.Loop() {
					c.Embed(out, tokens, positions, wte, wpe, s.width)
				}
			})
			b.Run("backward", func(b *testing.B) {
				b.SetBytes(int64(24 * len(out)))
				for b.Loop() {
					c.EmbedBackward(wte, wpe, tokens, positions, out, s.width)
				}
			})
		})
	}
}
