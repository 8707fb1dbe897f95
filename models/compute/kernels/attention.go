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

// headsOf are the views of one (batch, head) on qkv [batch, time, 3, heads, size].
func headsOf(qkv []float32, b, h, time, heads, size int) (q, k, v head) {
	stride := 3 * heads * size
	first := qkv[b*time*stride:]
	part := func(i int) head { return head{first[(i*heads+h)*size:], stride} }
	return part(0), part(1), part(2)
}

// outHead is the view of one (batch, head) on out [batch, time, heads, size].
func outHead(out []float32, b, h, time, heads, size int) head {
	return head{out[(b*time*heads+h)*size:], heads * size}
}

// Attention is causal scaled dot-product attention (Vaswani et al.,
// arXiv:1706.03762, eq. 1, with the mask of section 3.1), scale 1/sqrt(size):
//
//	out[t] = sum over s <= t of softmax(scale q[t].k[s]) v[s]
//
// qkv is [batch, time, 3, heads, size], out [batch, time, heads, size]. lse [batch, heads, time], or nil,
// gets the log of each softmax's denominator. If queries, one for each sequence, is not nil, only those
// queries are computed: the other rows of out and lse stay as they were.
func (c *CPU) Attention(out, lse, qkv []float32, queries []Queries, batch, time, heads, size int) {
	checkAttention("Attention", len(out), len(lse), len(qkv), queries, batch, time, heads, size)
	tiles := (time + attendTile - 1) / attendTile
	c.parallel(batch*heads*tiles, 1, func(lo, hi int) {
		work := c.attends.take()
		defer c.attends.give(work)
		for i := lo; i < hi; i++ {
			pair, tile := i/tiles, tiles-1-i%tiles // the longest first
			a := attendTaskOf(c.path, out, lse, qkv, queries, pair, time, heads, size)
			if from, n := a.asked(tile * attendTile); n > 0 {
				a.forward(work, from, n)
			}
		}
	})
}

// Queries are the tokens From up to, but not including, To of a sequence, for which attention is computed.
type Queries struct{ From, To int }

// AttentionBackward sets dqkv [batch, time, 3, heads, size] from dout and the inputs and outputs of
// Attention. It recomputes the scores from lse, tile by tile (FlashAttention's Algorithm 4).
func (c *CPU) AttentionBackward(dqkv, dout, out, lse, qkv []float32, queries []Queries, batch, time, heads, size int) {
	checkAttention("AttentionBackward", len(out), len(lse), len(qkv), queries, batch, time, heads, size)
	mustLen("AttentionBackward: lse", len(lse), batch*heads*time)
	mustLen("AttentionBackward: dqkv", len(dqkv), len(qkv))
	mustLen("AttentionBackward: dout", len(dout), len(out))
	if time == 0 || size == 0 {
		return
	}
	c.parallel(batch*heads, 1, func(lo, hi int) {
		work, workV := c.attends.take(), c.attends.take()
		defer c.attends.give(work)
		defer c.attends.give(workV)
		for i := lo; i < hi; i++ {
			a := attendTaskOf(c.path, out, lse, qkv, queries, i, time, heads, size)
			a.dout = outHead(dout, i/heads, i%heads, time, heads, size)
			a.dq, a.dk, a.dv = headsOf(dqkv, i/heads, i%heads, time, heads, size)
			a.clearUnasked()
			for from := 0; from < time; from += attendTile {
				a.backward(work, workV, from)
			}
		}
	})
}

func checkAttention(name string, out, lse, qkv int, queries []Queries, batch, time, heads, size int) {
	mustLen(name+": out", out, batch*time*heads*size)
	if lse > 0 {
		mustLen(name+": lse", lse, batch*heads*time)
	}
	mustLen(name+": qkv", qkv, 3*batch*time*heads*size)
	if queries == nil {
		return
	}
	mustLen(name+": queries", len(queries), batch)
	for _, q := range queries {
		if q.From < 0 || q.From > q.To || q.To > time {
			panic(fmt.Sprintf("kernels: %s: queries %d to %d of %d tokens", name, q.From, q.To, time))
		}
	}
}

// attendTask is the work on one sequence's head.
type attendTask struct {
	path         Path
	q, k, v, out head
	dq, dk, dv   head      // backward only
	dout         head      // backward only
	lse          []float32 // nil: not needed
	queries      Queries   // unused for cached
	time, size   int
	cached       *Cached // where keys and values are, in place of k and v, or nil
	head         int     // the head's index in it
	first        int     // the position of the first query and result in the views
}

// attendTaskOf makes the task of one sequence and head, numbered through the batch.
func attendTaskOf(path Path, out, lse, qkv []float32, queries []Queries, pair, time, heads, size int) attendTask {
	b, h := pair/heads, pair%heads
	q, k, v := headsOf(qkv, b, h, time, heads, size)
	a := attendTask{path: path, q: q, k: k, v: v, out: outHead(out, b, h, time, heads, size), queries: Queries{0, time}, time: time, size: size}
	if len(lse) > 0 {
		a.lse = lse[pair*time : (pair+1)*time]
	}
	if queries != nil {
		a.queries = queries[b]
	}
	return a
}

// asked returns the requested queries in the tile at a position: n from the first one on.
func (a *attendTask) asked(tile int) (from, n int) {
	from = max(tile, a.queries.From)
	return from, min(tile+attendTile, a.queries.To) - from
}

// clearUnasked zeroes the gradients of queries that aren't requested, and of keys and values that no
// requested query reads.
func (a *attendTask) clearUnasked() {
	for t := range a.time {
		if t < a.queries.From || t >= a.queries.To {
			clear(a.dq.row(t, a.size))
		}
		if t >= a.queries.To || a.queries.From == a.queries.To {
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
	keys, add := min(attendTile, a.queries.To-key), false // to the keys' gradients
	for tile := key; tile < a.queries.To; tile += attendTile {
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
