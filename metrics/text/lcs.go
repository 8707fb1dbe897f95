package text

import "math/bits"

// subsequence computes the length of the longest common subsequence of a first
// sequence, given complete, and a second one, given token by token.
//
// It is the bit-parallel algorithm of Hyyrö 2004, "Bit-parallel LCS-length
// computation revisited", section 3. Bit i of v is 0 where the current row of the
// dynamic programme increases at the first sequence's token i. With M the
// positions in the first sequence of the second one's next token, one row is
//
//	v = (v + (v & M)) | (v &^ M)
//
// and the length is the number of zeros. A word of v without a bit of M changes
// only when a carry comes in, so a step touches the words where its token occurs
// and where a carry goes.
type subsequence struct {
	v []uint64
	positions
}

// positions says where each token of a sequence occurs, as bits of words of 64 positions.
type positions struct {
	masks []mask
	first []int32 // token id -> its first mask, or absent
}

// mask is the part of a token's positions within one word.
type mask struct {
	bits uint64
	word int32
	next int32 // the token's next mask, in a later word, or absent
}

// newPositions reads a sequence of token ids in 0..tokens-1.
func newPositions(ids []int32, tokens int) positions {
	s := positions{masks: make([]mask, 0, len(ids)), first: make([]int32, tokens)}
	for i := range s.first {
		s.first[i] = absent
	}
	for i := len(ids) - 1; i >= 0; i-- { // backwards, so that lists run forwards
		id, word, bit := ids[i], int32(i/64), uint64(1)<<(i%64)
		if f := s.first[id]; f != absent && s.masks[f].word == word {
			s.masks[f].bits |= bit
			continue
		}
		s.masks = append(s.masks, mask{bit, word, s.first[id]})
		s.first[id] = int32(len(s.masks) - 1)
	}
	return s
}

// newSubsequence starts with the first sequence: token ids in 0..tokens-1.
func newSubsequence(ids []int32, tokens int) *subsequence {
	s := &subsequence{v: make([]uint64, (len(ids)+63)/64), positions: newPositions(ids, tokens)}
	for i := range s.v {
		s.v[i] = ^uint64(0)
	}
	return s
}

// step takes the second sequence's next token: an id of the first sequence, or
// absent where the first sequence doesn't have it.
func (s *subsequence) step(id int32) {
	if id == absent {
		return
	}
	for next := s.first[id]; next != absent; {
		word, carry := s.masks[next].word, uint64(0)
		for {
			var m uint64
			if next != absent && s.masks[next].word == word {
				m, next = s.masks[next].bits, s.masks[next].next
			}
			v := s.v[word]
			var sum uint64
			sum, carry = bits.Add64(v, v&m, carry)
			s.v[word] = sum | v&^m
			word++
			if carry == 0 || int(word) == len(s.v) {
				break
			}
		}
	}
}

// length returns the length of the longest common subsequence so far.
func (s *subsequence) length() int {
	zeros := 64 * len(s.v)
	for _, v := range s.v {
		zeros -= bits.OnesCount64(v)
	}
	return zeros
}
