package text

// EditDistance returns the least number of insertions, deletions and substitutions of tokens
// that turn one sequence into the other (Levenshtein 1966).
//
// It is the bit-parallel algorithm of Myers 1999, "A fast bit-vector algorithm for approximate
// string matching based on dynamic programming", in the form of Hyyrö 2003 for blocks of 64
// rows, with a first row that counts insertions. A step takes one token of b through all
// blocks of a: len(a)*len(b)/64 operations in all.
func EditDistance(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return len(a) + len(b)
	}
	ids := map[string]int32{}
	rows := numbered(ids, a)
	where := newPositions(rows, len(ids))
	blocks := make([]deltas, (len(a)+63)/64)
	for i := range blocks {
		blocks[i].up = ^uint64(0)
	}
	last := uint64(1) << ((len(a) - 1) % 64)
	distance := len(a)
	for _, token := range b {
		next := int32(absent)
		if id, ok := ids[token]; ok {
			next = where.first[id]
		}
		carry := 1 // the first row grows by one with each token of b
		for i := range blocks {
			var equal uint64
			if next != absent && int(where.masks[next].word) == i {
				equal, next = where.masks[next].bits, where.masks[next].next
			}
			top := uint64(1) << 63
			if i == len(blocks)-1 {
				top = last
			}
			carry = blocks[i].step(equal, carry, top)
		}
		distance += carry
	}
	return distance
}

// numbered gives each different token a number. Those that ids has keep theirs; others are added.
func numbered(ids map[string]int32, tokens []string) []int32 {
	numbers := make([]int32, len(tokens))
	for i, token := range tokens {
		id, ok := ids[token]
		if !ok {
			id = int32(len(ids))
			ids[token] = id
		}
		numbers[i] = id
	}
	return numbers
}

// deltas are the vertical differences of 64 rows of the distance matrix in one column: bit i
// of up is set where row i is one more than the row above, of down where it is one less.
type deltas struct{ up, down uint64 }

// step goes to the next column. equal are the rows whose token equals the column's, carry is
// the horizontal difference above the block, and the result is that of the row of bit top.
func (d *deltas) step(equal uint64, carry int, top uint64) int {
	vertical := equal | d.down
	if carry < 0 {
		equal |= 1
	}
	horizontal := (((equal & d.up) + d.up) ^ d.up) | equal
	right, left := d.down|^(horizontal|d.up), d.up&horizontal
	out := 0
	switch {
	case right&top != 0:
		out = 1
	case left&top != 0:
		out = -1
	}
	right, left = right<<1, left<<1
	switch {
	case carry > 0:
		right |= 1
	case carry < 0:
		left |= 1
	}
	d.up, d.down = left|^(vertical|right), right&vertical
	return out
}
