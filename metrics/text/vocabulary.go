package text

import "bytes"

// span is a token's place in a buffer: buffer[start:end].
type span struct{ start, end int32 }

// absent is the id of a token or n-gram that a table does not hold.
const absent = -1

// vocabulary numbers distinct tokens 0, 1, 2, ... in order of first appearance. It
// is an open-addressing hash table with linear probing, at most half full. Tokens
// are compared byte by byte, so two tokens never share an id.
//
// vocabulary and ngrams write into their slices by index and replace a full one by
// a larger copy: append through a pointer would force the caller's room to the
// heap.
type vocabulary struct {
	arena  []byte   // the bytes of all tokens, one after the other, then free space
	tokens []span   // id -> place in arena, then free space
	hashes []uint32 // id -> hash, then free space
	slots  []int32  // id+1, 0 where free; the length is a power of two
	used   int      // bytes of the arena in use
	size   int      // number of tokens
}

// vocabularyRoom is memory for a vocabulary of a text of ordinary length. A caller
// declares it as a local variable, on its stack.
type vocabularyRoom struct {
	arena  [512]byte
	tokens [128]span
	hashes [128]uint32
	slots  [256]int32
}

// newVocabulary returns an empty vocabulary for about n tokens. It uses room until
// that is full.
func newVocabulary(n int, room *vocabularyRoom) vocabulary {
	v := vocabulary{arena: room.arena[:], tokens: room.tokens[:], hashes: room.hashes[:]}
	if size := powerOfTwo(2 * n); size <= len(room.slots) {
		v.slots = room.slots[:size]
	} else {
		v.slots = make([]int32, size)
	}
	return v
}

// larger returns a copy of s with space for at least n more elements.
func larger[T any](s []T, n int) []T {
	t := make([]T, 2*len(s)+n)
	copy(t, s)
	return t
}

// powerOfTwo returns the smallest power of two that is at least n and 16.
func powerOfTwo(n int) int {
	size := 16
	for size < n {
		size *= 2
	}
	return size
}

// hash is FNV-1a with a last mixing step, because the table uses the low bits.
func hash(token []byte) uint32 {
	h := uint32(2166136261)
	for _, b := range token {
		h = (h ^ uint32(b)) * 16777619
	}
	return h ^ h>>15
}

// slot returns the place of token: of its entry, or of the free slot that ends its
// probe.
func (v *vocabulary) slot(token []byte, h uint32) int {
	mask := len(v.slots) - 1
	for i := int(h) & mask; ; i = (i + 1) & mask {
		id := v.slots[i] - 1
		if id < 0 {
			return i
		}
		if v.hashes[id] == h {
			t := v.tokens[id]
			if bytes.Equal(v.arena[t.start:t.end], token) {
				return i
			}
		}
	}
}

// lookup returns the id of token, or absent.
func (v *vocabulary) lookup(token []byte) int32 {
	return v.slots[v.slot(token, hash(token))] - 1
}

// intern returns the id of token. A new token gets the next id.
func (v *vocabulary) intern(token []byte) int32 {
	h := hash(token)
	i := v.slot(token, h)
	if id := v.slots[i]; id != 0 {
		return id - 1
	}
	if v.used+len(token) > len(v.arena) {
		v.arena = larger(v.arena, len(token))
	}
	if v.size == len(v.tokens) {
		v.tokens, v.hashes = larger(v.tokens, 1), larger(v.hashes, 1)
	}
	copy(v.arena[v.used:], token)
	v.tokens[v.size] = span{int32(v.used), int32(v.used + len(token))}
	v.hashes[v.size] = h
	v.used += len(token)
	v.size++
	v.slots[i] = int32(v.size)
	if 2*v.size > len(v.slots) {
		v.grow()
	}
	return int32(v.size - 1)
}

// grow doubles the table.
func (v *vocabulary) grow() {
	v.slots = make([]int32, 2*len(v.slots))
	mask := len(v.slots) - 1
	for id, h := range v.hashes[:v.size] {
		i := int(h) & mask
		for v.slots[i] != 0 {
			i = (i + 1) & mask
		}
		v.slots[i] = int32(id + 1)
	}
}
