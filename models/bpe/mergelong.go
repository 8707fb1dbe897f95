package bpe

import "slices"

// longText merges a text in n log n, so that a long run of similar characters takes no more than its share.
// All pairs of the lowest rank are merged in one sweep from left to right. The new pairs are sorted into runs
// of one rank each, which a heap keeps. If a token's parts are made by later merges, which no training
// produces, a lower rank can appear in the middle of a sweep: the sweep is then interrupted and resumed
// later.
//
// It is reused from one piece to the next to save allocating its memory, 24 to 60 bytes for each byte of
// text.
type longText struct {
	next, before []int32  // the neighbours of each place; the end, or -1
	ranks        []int32  // of the pair that starts at each place
	fresh        []uint64 // pairs that are in no run yet: ranks and, in the lower 32 bits, places
	places       []int32  // the places of the runs
	runs         []run    // a heap: no run precedes the one at half its index
}

// run is places from left to right where a pair of one rank starts, or did.
type run struct {
	rank       int32
	start, end int // in places
}

// gone marks the place of a token that was merged into the one before it.
const gone = -1

// merge does the same as [merges.short].
func (l *longText) merge(m *merges, ids []int32) int {
	l.reset(m, ids)
	for len(l.runs) > 0 {
		r := l.lowest()
		for i := r.start; i < r.end; i++ {
			at := l.places[i]
			if l.ranks[at] != r.rank {
				continue // another merge has taken one of the two
			}
			if l.mergeAt(m, ids, at) < r.rank {
				l.push(run{r.rank, i + 1, r.end})
				break
			}
		}
		l.arrange()
	}
	kept := 0
	for i := 0; i < len(ids); i = int(l.next[i]) {
		ids[kept] = ids[i]
		kept++
	}
	return kept
}

func (l *longText) reset(m *merges, ids []int32) {
	n := len(ids)
	if cap(l.next) < n {
		l.next, l.before, l.ranks = make([]int32, n), make([]int32, n), make([]int32, n)
	}
	l.next, l.before, l.ranks = l.next[:n], l.before[:n], l.ranks[:n]
	l.places, l.fresh = slices.Grow(l.places[:0], n), slices.Grow(l.fresh[:0], n)
	for i := range n {
		l.next[i], l.before[i] = int32(i+1), int32(i-1)
		rank := int32(never)
		if i+1 < n {
			rank = m.rank(ids[i], ids[i+1])
		}
		l.offer(int32(i), rank)
	}
	l.arrange()
}

// mergeAt merges the pair that starts at a place. It returns the lower rank of the two pairs with the new
// token.
func (l *longText) mergeAt(m *merges, ids []int32, at int32) int32 {
	right := l.next[at]
	ids[at], ids[right] = m.into[l.ranks[at]], gone
	next, before := l.next[right], l.before[at]
	l.next[at], l.ranks[right] = next, never
	after, ahead := int32(never), int32(never)
	if int(next) < len(ids) {
		l.before[next] = at
		after = m.rank(ids[at], ids[next])
	}
	if before >= 0 {
		ahead = m.rank(ids[before], ids[at])
		l.offer(before, ahead)
	}
	l.offer(at, after)
	return min(after, ahead)
}

// offer records the rank of the pair that starts at a place.
func (l *longText) offer(at, rank int32) {
	l.ranks[at] = rank
	if rank != never {
		l.fresh = append(l.fresh, uint64(rank)<<32|uint64(uint32(at)))
	}
}

// arrange sorts the fresh pairs into runs.
func (l *longText) arrange() {
	slices.Sort(l.fresh)
	for i := 0; i < len(l.fresh); {
		r := run{rank: int32(l.fresh[i] >> 32), start: len(l.places)}
		for ; i < len(l.fresh) && int32(l.fresh[i]>>32) == r.rank; i++ {
			if at := int32(uint32(l.fresh[i])); l.ranks[at] == r.rank {
				l.places = append(l.places, at)
			}
		}
		if r.end = len(l.places); r.end > r.start {
			l.push(r)
		}
	}
	l.fresh = l.fresh[:0]
}

// lowest takes all runs of the lowest rank from the heap, as one run.
func (l *longText) lowest() run {
	r := l.pop()
	if len(l.runs) == 0 || l.runs[0].rank != r.rank {
		return r
	}
	start := len(l.places)
	l.places = append(l.places, l.places[r.start:r.end]...)
	for len(l.runs) > 0 && l.runs[0].rank == r.rank {
		more := l.pop()
		l.places = append(l.places, l.places[more.start:more.end]...)
	}
	slices.Sort(l.places[start:])
	return run{r.rank, start, len(l.places)}
}

func (l *longText) push(r run) {
	l.runs = append(l.runs, r)
	i := len(l.runs) - 1
	for ; i > 0 && r.rank < l.runs[(i-1)/2].rank; i = (i - 1) / 2 {
		l.runs[i] = l.runs[(i-1)/2]
	}
	l.runs[i] = r
}

func (l *longText) pop() run {
	h := l.runs
	top, r := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	l.runs = h
	if len(h) == 0 {
		return top
	}
	i := 0
	for {
		down := 2*i + 1
		if down+1 < len(h) && h[down+1].rank < h[down].rank {
			down++
		}
		if down >= len(h) || h[down].rank >= r.rank {
			break
		}
		h[i], i = h[down], down
	}
	h[i] = r
	return top
}
