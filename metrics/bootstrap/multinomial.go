package bootstrap

// multinomial draws how many of m draws with replacement fall into each of k cells
// with integer weights. It draws an exact multinomial variable as a tree of exact
// conditional binomials. A node halves a range of cells, and its draw costs about
// two random bits for every draw that reaches it. So a resample costs O(m log k)
// bits instead of O(m k).
type multinomial struct {
	cum  []int // cum[i] is the weight of the cells before i; length k+1
	mids []int // where each inner node splits its range, in preorder; length k-1
}

// newMultinomial plans the tree over cells with the given positive weights.
// split chooses where to part the cells [lo, hi), hi-lo >= 2, given the
// cumulative weights: lo < split < hi.
func newMultinomial(weights []int, split func(cum []int, lo, hi int) int) *multinomial {
	t := &multinomial{cum: make([]int, len(weights)+1)}
	for i, w := range weights {
		t.cum[i+1] = t.cum[i] + w
	}
	var plan func(lo, hi int)
	plan = func(lo, hi int) {
		if hi-lo < 2 {
			return
		}
		mid := split(t.cum, lo, hi)
		t.mids = append(t.mids, mid)
		plan(lo, mid)
		plan(mid, hi)
	}
	plan(0, len(weights))
	return t
}

// draw writes the counts of m draws into counts (length k).
func (t *multinomial) draw(r *stream, m int, counts []int) {
	t.descend(r, m, counts, 0, 0, len(counts))
}

// descend fills the cells [lo, hi), whose inner nodes start at mids[node]. A range
// of j cells has j-1 inner nodes, which gives the place of the right child's.
func (t *multinomial) descend(r *stream, m int, counts []int, node, lo, hi int) {
	for hi-lo > 1 && m > 0 {
		mid := t.mids[node]
		left := r.binomial(m, t.cum[mid]-t.cum[lo], t.cum[hi]-t.cum[lo])
		t.descend(r, left, counts, node+1, lo, mid)
		node += mid - lo
		lo, m = mid, m-left
	}
	clear(counts[lo:hi])
	counts[lo] = m
}

// splitDyadic splits off the largest power of two of cells. Over equal cells the
// halves below it are even, and an even split costs one bit a draw instead of two.
func splitDyadic(_ []int, lo, hi int) int {
	half := 1
	for 2*half < hi-lo {
		half *= 2
	}
	return lo + half
}

// splitEven splits the cells where the weights of the two sides differ least.
func splitEven(cum []int, lo, hi int) int {
	imbalance := func(mid int) int {
		d := cum[mid] - cum[lo] - (cum[hi] - cum[mid])
		return max(d, -d)
	}
	a, b := lo+1, hi-1 // the difference rises with mid
	for a < b {
		mid := (a + b) / 2
		if cum[mid]-cum[lo] < cum[hi]-cum[mid] {
			a = mid + 1
		} else {
			b = mid
		}
	}
	if a > lo+1 && imbalance(a-1) <= imbalance(a) {
		return a - 1
	}
	return a
}
