package kernels

import (
	"fmt"
	"math"
	"sync"
)

// Attention is computed tile by tile in the manner of FlashAttention (Dao et al., arXiv:2205.14135, Algorithm
// 1): a tile of scores stays in the cache and a row's softmax is updated as keys come in, so that there is no
// time x time matrix. Tiles start at multiples of attendTile in the sequence, sums over keys run in ascending
// order, and keys after the query are never added: a query's result has the same bits in every sequence with
// the same prefix.
const (
	attendTile  = 64  // queries and keys of a tile
	attendDepth = 128 // dimensions of a head that are transposed at a time
	attendStrip = 32  // keys that scores are computed for at a time
)

// head locates one head's rows in a [time, ...] buffer.
type head struct {
	rows   []float32 // from the head's first element on
	stride int       // from one row to the next
}

func (h head) row(t, size int) []float32 { return h.rows[t*h.stride : t*h.stride+size] }
func (h head) from(t int) []float32      { return h.rows[t*h.stride:] }

// headsOf are the views of one head of a sequence on qkv [rows, 3, heads, size].
func headsOf(qkv []float32, s Sequence, h, heads, size int) (q, k, v head) {
	stride := 3 * heads * size
	part := func(i int) head { return head{qkv[s.Row*stride+(i*heads+h)*size:], stride} }
	return part(0), part(1), part(2)
}

// outHead is the view of one head of a sequence on out [rows, heads, size].
func outHead(out []float32, s Sequence, h, heads, size int) head {
	return head{out[(s.Row*heads+h)*size:], heads * size}
}

// Sequence is a stretch of a batch's rows, one for each token of a text.
type Sequence struct {
	Row  int // the first row
	Rows int
	From int // the first of the rows whose query is computed
}

// Attention is causal scaled dot-product attention (Vaswani et al., arXiv:1706.03762, eq. 1, with the mask of
// section 3.1) within each sequence, scale 1/sqrt(size):
//
//	out[t] = sum over s <= t of softmax(scale q[t].k[s]) v[s]
//
// qkv is [rows, 3, heads, size], out [rows, heads, size]. lse, or nil, gets the log of each softmax's
// denominator: [heads, Rows] for each sequence, from heads*Row on. Rows of out and elements of lse that belong
// to queries before From, or to no sequence, stay as they were.
func (c *CPU) Attention(out, lse, qkv []float32, sequences []Sequence, heads, size int) {
	longest := checkAttention("Attention", len(out), len(lse), len(qkv), sequences, heads, size)
	if size == 0 {
		return
	}
	tiles := ceilDiv(longest, attendTile)
	c.parallel(len(sequences)*heads*tiles, 1, func(lo, hi int) {
		work := c.attends.take()
		defer c.attends.give(work)
		for i := lo; i < hi; i++ {
			pair, tile := i/tiles, tiles-1-i%tiles // the longest first
			s := sequences[pair/heads]
			if max(tile*attendTile, s.From) >= s.Rows {
				continue
			}
			a := attendTaskOf(c.path, out, lse, qkv, s, pair%heads, heads, size)
			if from, n := a.asked(tile * attendTile); n > 0 {
				a.forward(work, from, n)
			}
		}
	})
}

// AttentionBackward sets dqkv [rows, 3, heads, size] from dout and the inputs and outputs of Attention, for
// the rows of the sequences. It recomputes the scores from lse, tile by tile (FlashAttention's Algorithm 4).
func (c *CPU) AttentionBackward(dqkv, dout, out, lse, qkv []float32, sequences []Sequence, heads, size int) {
	checkAttention("AttentionBackward", len(out), len(lse), len(qkv), sequences, heads, size)
	mustLen("AttentionBackward: lse", len(lse), len(out)/max(size, 1))
	mustLen("AttentionBackward: dqkv", len(dqkv), len(qkv))
	mustLen("AttentionBackward: dout", len(dout), len(out))
	if size == 0 {
		return
	}
	c.parallel(len(sequences)*heads, 1, func(lo, hi int) {
		work, workV := c.attends.take(), c.attends.take()
		defer c.attends.give(work)
		defer c.attends.give(workV)
		for i := lo; i < hi; i++ {
			s, h := sequences[i/heads], i%heads
			if s.Rows == 0 {
				continue
			}
			a := attendTaskOf(c.path, out, lse, qkv, s, h, heads, size)
			a.dout = outHead(dout, s, h, heads, size)
			a.dq, a.dk, a.dv = headsOf(dqkv, s, h, heads, size)
			a.clearUnasked()
			for from := 0; from < s.Rows; from += attendTile {
				a.backward(work, workV, from)
			}
		}
	})
}

// checkAttention panics unless the lengths fit; it returns the length of the longest sequence.
func checkAttention(name string, out, lse, qkv int, sequences []Sequence, heads, size int) (longest int) {
	mustLen(name+": qkv", qkv, 3*out)
	rows := out / max(heads*size, 1)
	mustLen(name+": out", out, rows*heads*size)
	if lse > 0 {
		mustLen(name+": lse", lse, rows*heads)
	}
	for _, s := range sequences {
		if s.Row < 0 || s.Rows < 0 || s.Row+s.Rows > rows || s.From < 0 || s.From > s.Rows {
			panic(fmt.Sprintf("kernels: %s: the queries from %d on of rows %d to %d, out of %d rows", name, s.From, s.Row, s.Row+s.Rows, rows))
		}
		longest = max(longest, s.Rows)
	}
	return longest
}

// attendTask is the work on one sequence's head.
type attendTask struct {
	path         Path
	q, k, v, out head
	dq, dk, dv   head      // backward only
	dout         head      // backward only
	lse          []float32 // nil: not needed
	from, time   int       // the first query to compute, and the tokens; unused for cached
	size         int
	cached       *Cached // where keys and values are, in place of k and v, or nil
	head         int     // the head's index in it
	first        int     // the position of the first query and result in the views
}

// attendTaskOf makes the task of one head of a sequence that has rows.
func attendTaskOf(path Path, out, lse, qkv []float32, s Sequence, h, heads, size int) attendTask {
	q, k, v := headsOf(qkv, s, h, heads, size)
	a := attendTask{path: path, q: q, k: k, v: v, out: outHead(out, s, h, heads, size), from: s.From, time: s.Rows, size: size}
	if len(lse) > 0 {
		a.lse = lse[s.Row*heads+h*s.Rows:][:s.Rows]
	}
	return a
}

// asked returns the requested queries in the tile at a position: n from the first one on.
func (a *attendTask) asked(tile int) (from, n int) {
	from = max(tile, a.from)
	return from, min(tile+attendTile, a.time) - from
}

// clearUnasked zeroes the gradients of queries that aren't requested, and of all keys and values if none is.
func (a *attendTask) clearUnasked() {
	for t := range a.from {
		clear(a.dq.row(t, a.size))
		if a.from == a.time {
			clear(a.dk.row(t, a.size))
			clear(a.dv.row(t, a.size))
		}
	}
}

// attendWork is a tile of scores and the transposed tile of keys or values that they come from: [attendDepth,
// attendTile].
type attendWork struct {
	scores [attendTile * attendTile]float32
	packed [attendDepth * attendTile]float32
	ready  bool // packed holds all of the tile's dimensions
}

// attends keeps allocated work that isn't in use: clearing 48 KB for each task would take longer than a
// query.
type attends struct {
	mu   sync.Mutex
	free []*attendWork
}

func (a *attends) take() *attendWork {
	a.mu.Lock()
	defer a.mu.Unlock()
	if last := len(a.free) - 1; last >= 0 {
		work := a.free[last]
		a.free = a.free[:last]
		return work
	}
	return new(attendWork)
}

func (a *attends) give(work *attendWork) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.free = append(a.free, work)
}

func (a *attendTask) scale() float32 { return float32(1 / math.Sqrt(float64(a.size))) }

// forward computes the rows of out and lse for queries from a position on, all in one tile.
func (a *attendTask) forward(work *attendWork, from, queries int) {
	scores := work.scores[:]
	var top, sum [attendTile]float32
	for i := range top {
		top[i] = float32(math.Inf(-1))
	}
	row := from - a.first
	for key := 0; key <= from; key += attendTile {
		keys := min(attendTile, from+queries-key)
		work.ready = false
		a.products(work, a.q, a.k, from, queries, key, keys)
		for i := range queries {
			seen := min(keys, from+i-key+1)
			was := top[i]
			var add float32
			top[i], add = softmaxOn(a.path, scores[i*attendTile:i*attendTile+seen], a.scale(), was)
			if was == top[i] {
				sum[i] += add
				continue
			}
			shrink := exp32(was - top[i])
			sum[i] = sum[i]*shrink + add
			if key > 0 {
				scaleOn(a.path, a.out.row(row+i, a.size), shrink)
			}
		}
		a.weighted(a.out, a.v, scores, from, queries, key, keys)
	}
	for i := range queries {
		if a.lse != nil {
			a.lse[row+i] = float32(float64(top[i]) + math.Log(float64(sum[i])))
		}
		scaleOn(a.path, a.out.row(row+i, a.size), 1/sum[i])
	}
}

// products sets work's scores [queries, keys] to the dot products of left's and right's rows. On the
// diagonal, scores to the right of a strip's last query stay as they were.
func (a *attendTask) products(work *attendWork, left, right head, from, queries, key, keys int) {
	x, packed := work.scores[:], work.packed[:]
	for d := 0; d < a.size; d += attendDepth {
		depth := min(attendDepth, a.size-d)
		switch {
		case a.cached != nil:
			packed = a.cached.keys(a.head, a.size, key)[d*attendTile:]
		case !work.ready:
			packTransposed(a.path, packed, attendTile, right.from(key)[d:], right.stride, keys, depth)
			work.ready = depth == a.size
		}
		a.multiplyPacked(x, packed, left.from(from - a.first)[d:], left.stride, depth, queries, keys, from-key, d > 0)
	}
}

// multiplyPacked does products for some of a row's elements. after is the distance from the first key to the
// first query: below attendTile on the diagonal.
func (a *attendTask) multiplyPacked(x, packed, left []float32, stride, depth, queries, keys, after int, add bool) {
	product := smallProduct{toRow: attendTile, aRow: stride, aStep: 1, bRow: attendTile, k: depth, add: add}
	for j := 0; j < keys; j += attendStrip {
		first := max(0, (j-after)/8*8) // those before read none of these keys
		product.to, product.a, product.b = x[first*attendTile+j:], left[first*stride:], packed[j:]
		product.m, product.n = queries-first, wholeColumns(min(attendStrip, keys-j))
		product.on(a.path)
	}
}

// wholeColumns rounds a number of scores up to full registers: the packed keys and the scores have room, and
// the extra scores are never read.
func wholeColumns(n int) int { return (n + 15) &^ 15 }

// weighted adds to to's rows (at the first key it sets them) the sums over keys of x[query, key] *
// values[key]. A query's sum ends with its own key.
func (a *attendTask) weighted(to, values head, x []float32, from, queries, key, keys int) {
	if a.cached != nil {
		values = head{a.cached.values(a.head, a.size, key), a.size}
	} else {
		values.rows = values.from(key)
	}
	product := smallProduct{
		to: to.from(from - a.first), toRow: to.stride, a: x, aRow: attendTile, aStep: 1,
		b: values.rows, bRow: values.stride, m: queries, n: a.size, k: keys, add: key > 0,
	}
	if after := from - key; after < attendTile {
		product.k, product.climbs = after+1, true
	}
	product.on(a.path)
}

// gathered is the transpose of weighted: it adds to to's rows (sets them without add) the sums over queries
// of x[query, key] * rows[query]. A key's sum starts with its own query.
func (a *attendTask) gathered(to, rows head, x []float32, from, queries, key, keys int, add bool) {
	const strip = 8 // keys whose sums start at one query
	n := keys       // that all queries read
	if after := from - key; after+1 < keys {
		n = (after + 1) / strip * strip
	}
	product := smallProduct{toRow: to.stride, aRow: 1, aStep: attendTile, bRow: rows.stride, n: a.size, add: add}
	for j := 0; j < keys; j, n = j+n, strip {
		first := max(0, key+j-from)
		product.to, product.a, product.b = to.from(key+j), x[first*attendTile+j:], rows.from(from+first)
		product.m, product.k = min(n, keys-j), queries-first
		product.on(a.path)
	}
}

// backward adds the contribution of the tile of keys at key to every gradient.
func (a *attendTask) backward(work, workV *attendWork, key int) {
	p, dp := work.scores[:], workV.scores[:]
	work.ready, workV.ready = false, false
	scale := a.scale()
	keys, add := min(attendTile, a.time-key), false // to the keys' gradients
	for tile := key; tile < a.time; tile += attendTile {
		from, queries := a.asked(tile)
		if queries <= 0 {
			continue
		}
		a.products(work, a.q, a.k, from, queries, key, keys)
		a.products(workV, a.dout, a.v, from, queries, key, keys)
		for i := range queries {
			seen := min(keys, from+i-key+1)
			row := p[i*attendTile : (i+1)*attendTile]
			drow := dp[i*attendTile : (i+1)*attendTile]
			along := dotOn(a.path, a.dout.row(from+i, a.size), a.out.row(from+i, a.size))
			softmaxBackwardOn(a.path, row[:seen], drow[:seen], scale, a.lse[from+i], along)
			clear(row[seen:])
			clear(drow[seen:])
		}
		a.gathered(a.dv, a.dout, p, from, queries, key, keys, add)
		a.gathered(a.dk, a.q, dp, from, queries, key, keys, add)
		a.weighted(a.dq, a.k, dp, from, queries, key, keys)
		add = true
	}
}
