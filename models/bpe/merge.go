package bpe

import (
	"math"
)

// never is the rank of pairs that don't merge.
const never = math.MaxInt32

// merges finds the rank of a pair: a hash table with open addressing, built once.
type merges struct {
	slots []ranked // a power of two, at most half full
	into  []int32  // by rank, the resulting token
}

// ranked is a pair and its rank; left is -1 in a free slot.
type ranked struct {
	pair
	rank int32
}

func (p pair) key() uint64 { return uint64(uint32(p.left))<<32 | uint64(uint32(p.right)) }

// newMerges takes pairs by rank. It returns the rank of a duplicate pair, or -1.
func newMerges(ordered []pair, into []int32) (m *merges, twice int) {
	m = &merges{slots: make([]ranked, tableSize(len(ordered))), into: into}
	for i := range m.slots {
		m.slots[i].left = -1
	}
	for rank, p := range ordered {
		at := firstSlot(p.key(), len(m.slots))
		for ; m.slots[at].left >= 0; at = (at + 1) & (len(m.slots) - 1) {
			if m.slots[at].pair == p {
				return nil, rank
			}
		}
		m.slots[at] = ranked{p, int32(rank)}
	}
	return m, -1
}

// rank is the rank of a pair, or never.
func (m *merges) rank(left, right int32) int32 {
	p := pair{left, right}
	for at := firstSlot(p.key(), len(m.slots)); ; at = (at + 1) & (len(m.slots) - 1) {
		s := &m.slots[at]
		if s.pair == p {
			return s.rank
		}
		if s.left < 0 {
			return never
		}
	}
}

// longPiece is the length in bytes from which [longText] merges; below it, searching all pairs for each merge
// is faster.
const longPiece = 96

// appendPiece appends the tokens of a piece.
func (t *Tokenizer) appendPiece(dst []int32, text string, l *longText) []int32 {
	if t.whole {
		if id := t.ids.find(text); id >= 0 {
			return append(dst, id)
		}
	}
	start := len(dst)
	for i := range len(text) {
		dst = append(dst, t.bytes[text[i]])
	}
	if ids := dst[start:]; len(ids) < longPiece {
		return dst[:start+t.merges.short(ids)]
	}
	return dst[:start+l.merge(t.merges, dst[start:])]
}

// short merges in place, the lowest rank first and the leftmost of equal ones, and returns the number of
// remaining tokens.
func (m *merges) short(ids []int32) int {
	var ranks [longPiece]int32 // of the pair that starts at each place
	n := len(ids)
	for i := range n - 1 {
		ranks[i] = m.rank(ids[i], ids[i+1])
	}
	for {
		best, lowest := 0, int32(never)
		for i, rank := range ranks[:max(n-1, 0)] {
			if rank < lowest {
				best, lowest = i, rank
			}
		}
		if lowest == never {
			return n
		}
		ids[best] = m.into[lowest]
		copy(ids[best+1:n-1], ids[best+2:n])
		copy(ranks[best+1:n-1], ranks[best+2:n])
		n--
		if best < n-1 {
			ranks[best] = m.rank(ids[best], ids[best+1])
		}
		if best > 0 {
			ranks[best-1] = m.rank(ids[best-1], ids[best])
		}
	}
}
