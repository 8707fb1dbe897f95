package kernels

import (
	"fmt"
	"math"
	"testing"
)

// cacheOf makes empty blocks for a number of positions, filled with NaN so that a read of unwritten memory
// shows.
func cacheOf(positions, heads, size int) [][]float32 {
	blocks := make([][]float32, ceilDiv(positions, CacheBlock))
	for i := range blocks {
		blocks[i] = make([]float32, CacheFloats(heads, size))
		for j := range blocks[i] {
			blocks[i][j] = float32(math.NaN())
		}
	}
	return blocks
}

// Whether a sequence comes token by token, in pieces or at once, and whatever else is in
// the batch, its rows have the bits of attention over the complete sequence.
func TestAttentionCached(t *testing.T) {
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, s := range []struct{ time, heads, size int }{{1, 1, 16}, {70, 2, 16}, {70, 2, 24}, {200, 3, 64}, {130, 1, 5}, {66, 2, 144}} {
			width := s.heads * s.size
			qkv := numbers(s.time*3*width, 1)
			want, lse := make([]float32, s.time*width), make([]float32, s.heads*s.time)
			c.Attention(want, lse, qkv, uniform(1, s.time), s.heads, s.size)
			for _, piece := range []int{1, 7, 63, 64, 65, s.time} {
				got := make([]float32, s.time*width)
				mine, other := cacheOf(s.time, s.heads, s.size), cacheOf(s.time+3, s.heads, s.size)
				for from := 0; from < s.time; from += piece {
					n := min(piece, s.time-from)
					// They are followed by rows of another sequence.
					batch := append(append(numbers(3*width, 9), qkv[from*3*width:(from+n)*3*width]...), numbers(n*3*width, 10)...)
					out := make([]float32, len(batch)/3)
					c.AttentionCached(out, batch, []Cached{
						{Row: 1, Rows: n, Past: from, Blocks: mine},
						{Row: 1 + n, Rows: n, Past: from, Blocks: other},
					}, s.heads, s.size)
					copy(got[from*width:], out[width:(1+n)*width])
					for _, v := range out[:width] {
						if v != 0 {
							t.Fatal("a row of no sequence was written")
						}
					}
				}
				mustEqual(t, fmt.Sprintf("%+v in pieces of %d", s, piece), got, want)
			}
		}
	})
}

func TestAttentionCachedRefuses(t *testing.T) {
	c := New(Generic, 1)
	defer c.Close()
	for name, s := range map[string]Cached{
		"too few blocks": {Rows: 2, Past: CacheBlock - 1, Blocks: cacheOf(CacheBlock, 1, 4)},
		"no such row":    {Row: 3, Rows: 2, Blocks: cacheOf(CacheBlock, 1, 4)},
		"a small block":  {Rows: 2, Blocks: [][]float32{make([]float32, 5)}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s passed", name)
				}
			}()
			c.AttentionCached(make([]float32, 4*4), make([]float32, 4*12), []Cached{s}, 1, 4)
		}()
	}
}
