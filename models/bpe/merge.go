package bpe

import "container/heap"

// longPiece is the length in bytes from which a heap finds the next merge; below
// it a look at all pairs is faster.
const longPiece = 96

// appendPiece appends the tokens of a piece.
func (t *Tokenizer) appendPiece(dst []int32, text string) []int32 {
	if t.whole {
		if id, ok := t.ids[text]; ok {
			return append(dst, id)
		}
	}
	if len(text) >= longPiece {
		return t.appendLong(dst, text)
	}
	start := len(dst)
	for i := range len(text) {
		dst = append(dst, t.bytes[text[i]])
	}
	return dst[:start+t.mergeShort(dst[start:])]
}

// mergeShort merges in place, the lowest rank first and the leftmost of equals, and
// gives the number of tokens that are left.
func (t *Tokenizer) mergeShort(ids []int32) int {
	var found [longPiece]merge // of the pair that begins at each place; rank -1: none
	look := func(i int) merge {
		if m, ok := t.merges[pair{ids[i], ids[i+1]}]; ok {
			return m
		}
		return merge{rank: -1}
	}
	n := len(ids)
	for i := range n - 1 {
		found[i] = look(i)
	}
	for {
		best := -1
		for i := range n - 1 {
			if found[i].rank >= 0 && (best < 0 || found[i].rank < found[best].rank) {
				best = i
			}
		}
		if best < 0 {
			return n
		}
		ids[best] = found[best].into
		copy(ids[best+1:n-1], ids[best+2:n])
		copy(found[best+1:n-1], found[best+2:n])
		n--
		if best < n-1 {
			found[best] = look(best)
		}
		if best > 0 {
			found[best-1] = look(best - 1)
		}
	}
}

// appendLong does as appendPiece in n log n, so that a long run of one kind of
// character takes no more than its share.
func (t *Tokenizer) appendLong(dst []int32, text string) []int32 {
	l := longText{t: t, ids: make([]int32, len(text)), next: make([]int, len(text)), before: make([]int, len(text))}
	for i := range len(text) {
		l.ids[i], l.next[i], l.before[i] = t.bytes[text[i]], i+1, i-1
	}
	for i := range len(text) - 1 {
		l.offer(i)
	}
	for l.Len() > 0 {
		c := heap.Pop(&l).(candidate)
		right := l.next[c.at]
		if l.ids[c.at] != c.pair.left || right >= len(l.ids) || l.ids[right] != c.pair.right {
			continue // one of the two has gone into another merge
		}
		l.ids[c.at] = c.into
		l.ids[right] = gone
		l.next[c.at] = l.next[right]
		if l.next[right] < len(l.ids) {
			l.before[l.next[right]] = c.at
			l.offer(c.at)
		}
		if l.before[c.at] >= 0 {
			l.offer(l.before[c.at])
		}
	}
	for _, id := range l.ids {
		if id != gone {
			dst = append(dst, id)
		}
	}
	return dst
}

// gone marks the place of a token that was merged into the one before it.
const gone = -1

// longText is a text under merging: its tokens in a list, and a heap of what could
// be merged.
type longText struct {
	t            *Tokenizer
	ids          []int32
	next, before []int
	heap         []candidate
}

type candidate struct {
	pair
	merge
	at int
}

// offer puts the pair that begins at i on the heap, if it can be merged.
func (l *longText) offer(i int) {
	p := pair{l.ids[i], l.ids[l.next[i]]}
	if m, ok := l.t.merges[p]; ok {
		heap.Push(l, candidate{p, m, i})
	}
}

func (l *longText) Len() int { return len(l.heap) }
func (l *longText) Less(i, j int) bool {
	a, b := &l.heap[i], &l.heap[j]
	return a.rank < b.rank || a.rank == b.rank && a.at < b.at
}
func (l *longText) Swap(i, j int) { l.heap[i], l.heap[j] = l.heap[j], l.heap[i] }
func (l *longText) Push(x any)    { l.heap = append(l.heap, x.(candidate)) }
func (l *longText) Pop() any {
	last := l.heap[len(l.heap)-1]
	l.heap = l.heap[:len(l.heap)-1]
	return last
}
