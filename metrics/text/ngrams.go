package text

import "math/bits"

// ngrams counts the n-grams of a sentence's references, n = 1..4, and matches a
// hypothesis against them. The n-grams form a trie: the parent of an n-gram's node
// is the node of its first n-1 words, the edge is its last word, and the root's
// children are the single words. So one hash table holds every order.
type ngrams struct {
	words vocabulary
	nodes int
	keys  []uint64 // node -> parent node+1 (0 for the root) << 32 | word, then free space
	most  []int32  // node -> largest count in one reference, then free space
	count []int32  // node -> count in the reference being added, then free space
	slots []int32  // node+1, 0 where free; the length is a power of two
	shift uint     // 64 - log2(len(slots))
}

// ngramRoom is memory for the n-grams of a sentence of ordinary length: see
// [vocabularyRoom].
type ngramRoom struct {
	words vocabularyRoom
	keys  [512]uint64
	most  [512]int32
	count [512]int32
	slots [1024]int32
}

// newNgrams returns an empty table for about n words. It uses room until that is
// full.
func newNgrams(n int, room *ngramRoom) ngrams {
	g := ngrams{
		words: newVocabulary(n, &room.words),
		keys:  room.keys[:],
		most:  room.most[:],
		count: room.count[:],
	}
	if nodes := bleuOrder * n; nodes > len(room.keys) {
		g.keys, g.most, g.count = make([]uint64, nodes), make([]int32, nodes), make([]int32, nodes)
		g.slots = make([]int32, powerOfTwo(2*nodes))
	} else {
		g.slots = room.slots[:powerOfTwo(2*nodes)]
	}
	g.shift = shift(g.slots)
	return g
}

func shift(slots []int32) uint { return uint(65 - bits.Len(uint(len(slots)))) }

// grow doubles the table.
func (g *ngrams) grow() {
	g.slots = make([]int32, 2*len(g.slots))
	g.shift = shift(g.slots)
	for node, key := range g.keys[:g.nodes] {
		g.slots[g.slot(key)] = int32(node + 1)
	}
}

// slot returns the place of key's node, or the free slot that ends its probe.
// The multiplier is 2^64 divided by the golden ratio (Knuth, TAOCP 3, 6.4).
func (g *ngrams) slot(key uint64) int {
	mask := len(g.slots) - 1
	for i := int(key * 0x9E3779B97F4A7C15 >> g.shift); ; i = (i + 1) & mask {
		node := g.slots[i]
		if node == 0 || g.keys[node-1] == key {
			return i
		}
	}
}

// key names the child of parent (absent for the root) by word.
func key(parent, word int32) uint64 { return uint64(parent+1)<<32 | uint64(word) }

// child returns the child of parent by word, and creates it if needed.
func (g *ngrams) child(parent, word int32) int32 {
	k := key(parent, word)
	i := g.slot(k)
	if node := g.slots[i]; node != 0 {
		return node - 1
	}
	if g.nodes == len(g.keys) {
		g.keys, g.most, g.count = larger(g.keys, 1), larger(g.most, 1), larger(g.count, 1)
	}
	g.keys[g.nodes] = k // most and count are 0 there
	g.nodes++
	g.slots[i] = int32(g.nodes)
	if 2*g.nodes > len(g.slots) {
		g.grow()
	}
	return int32(g.nodes - 1)
}

// add counts the n-grams of one reference, given as word ids.
func (g *ngrams) add(ids []int32) {
	clear(g.count[:g.nodes])
	for i := range ids {
		node := int32(absent)
		for _, word := range ids[i:min(i+bleuOrder, len(ids))] {
			node = g.child(node, word)
			g.count[node]++
			g.most[node] = max(g.most[node], g.count[node])
		}
	}
}

// match returns how many n-grams of the hypothesis, n = 1..4, occur in the
// references, each at most as often as in the reference where it is most frequent.
// It uses up the table. An n-gram with an unknown beginning is itself unknown.
func (g *ngrams) match(ids []int32) [bleuOrder]int {
	var correct [bleuOrder]int
	for i := range ids {
		node := int32(absent)
		for n, word := range ids[i:min(i+bleuOrder, len(ids))] {
			if word == absent {
				break
			}
			node = g.slots[g.slot(key(node, word))] - 1
			if node == absent {
				break
			}
			if g.most[node] > 0 {
				g.most[node]--
				correct[n]++
			}
		}
	}
	return correct
}
