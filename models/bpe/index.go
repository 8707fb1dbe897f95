package bpe

import (
	"math/bits"

	"assay/harness/leaf/seed"
)

// index finds a token's id by its text. It is a hash table with open addressing, built once. Most texts are
// so short that a slot contains them, and a lookup costs one cache line.
type index struct {
	tokens  []string
	slots   []slot // a power of two, at most half full
	longest int    // length of the longest text in bytes
}

// slot has a token's id plus one, or 0 if it is free.
type slot struct {
	key uint64
	id  int32
}

// short texts are their own keys.
const short = 7

// newIndex indexes all tokens except those to skip. It returns the id of a token whose text another token
// also has, or -1.
func newIndex(tokens []string, skip map[int32]bool) (x *index, twice int32) {
	x = &index{tokens: tokens, slots: make([]slot, tableSize(len(tokens)))}
	for id, token := range tokens {
		if skip[int32(id)] {
			continue
		}
		key := keyOf(token)
		at := firstSlot(key, len(x.slots))
		for ; x.slots[at].id != 0; at = (at + 1) & (len(x.slots) - 1) {
			if x.slots[at].key == key && tokens[x.slots[at].id-1] == token {
				return nil, int32(id)
			}
		}
		x.slots[at] = slot{key, int32(id) + 1}
		x.longest = max(x.longest, len(token))
	}
	return x, -1
}

// find is the id of a token, or -1.
func (x *index) find(text string) int32 {
	if len(text) > x.longest {
		return -1
	}
	key := keyOf(text)
	for at := firstSlot(key, len(x.slots)); ; at = (at + 1) & (len(x.slots) - 1) {
		s := &x.slots[at]
		if s.id == 0 {
			return -1
		}
		if s.key == key && (len(text) <= short || x.tokens[s.id-1] == text) {
			return s.id - 1
		}
	}
}

// keyOf is a text of up to 7 bytes with its length; for a longer one a hash.
func keyOf(text string) uint64 {
	n := len(text)
	switch {
	case n > short:
		h := uint64(n)
		for ; len(text) > 8; text = text[8:] {
			h = bits.RotateLeft64((h^word(text))*seed.Golden, 29)
		}
		return h ^ word(text)*seed.Golden | 0xff<<56
	case n >= 4:
		return half(text) | half(text[n-4:])<<(8*(n-4)) | uint64(n)<<56
	case n > 0:
		return uint64(text[0]) | uint64(text[n/2])<<(8*(n/2)) | uint64(text[n-1])<<(8*(n-1)) | uint64(n)<<56
	}
	return 0
}

// word is the first 8 bytes of a text, or as many as it has.
func word(s string) uint64 {
	if len(s) < 8 {
		var w uint64
		for i := range len(s) {
			w |= uint64(s[i]) << (8 * i)
		}
		return w
	}
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// half is the first 4 bytes.
func half(s string) uint64 {
	return uint64(uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24)
}

// firstSlot is where the search for a key starts in a table whose size is a power of two.
func firstSlot(key uint64, size int) int {
	h := key * seed.Golden
	return int(h^h>>32) & (size - 1)
}

// tableSize is a power of two of at least twice n.
func tableSize(n int) int { return 1 << bits.Len(uint(2*n)) }
