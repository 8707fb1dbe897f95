package agreement

// RawBetween is the share of pairs, one rating of each of two sets of raters for the same item,
// that are equal.
func (t *Table) RawBetween(a, b []string) Result {
	s := sums{dim: 2, lowest: 0, point: share}
	return s.result(t.gather(&s, t.across(a, b, func(x, y []float64, n, m float64, row []float64) {
		for k := range x {
			row[0] += x[k] * y[k]
		}
		row[1] = n * m
	})))
}

// KappaBetween is Cohen's kappa (1960, Educational and Psychological Measurement 20:37) of two
// raters, weighted (1968, Psychological Bulletin 70:213) or not. Between two sets of raters it is
// that of two raters drawn at random from the sets for each item (Schouten 1982, Statistica
// Neerlandica 36:45): each item counts once, however many raters it has. Items that one of
// the sets did not rate are left out.
func (t *Table) KappaBetween(a, b []string, weights Weights) Result {
	w := weights.matrix(t.Values)
	size := len(t.Values)
	s := sums{dim: 2 + 2*size, lowest: unlimited, point: func(s []float64) (float64, string) {
		if s[0] == 0 {
			return 0, "no item has two ratings to compare"
		}
		x, y := make([]float64, size), make([]float64, size)
		both := make([]float64, size)
		for k := range size {
			x[k], y[k] = s[2+k]/s[0], s[2+size+k]/s[0]
			both[k] = x[k] + y[k]
		}
		if constant(both) {
			return 0, onlyOne
		}
		chance := form(w, x, y)
		return (s[1]/s[0] - chance) / (1 - chance), ""
	}}
	return s.result(t.gather(&s, t.across(a, b, func(x, y []float64, n, m float64, row []float64) {
		row[0], row[1] = 1, form(w, x, y)/(n*m)
		for k := range size {
			row[2+k], row[2+size+k] = x[k]/n, y[k]/m
		}
	})))
}

// across adds the counts of items that both sets rated. A rater of both sets counts in the
// first only.
func (t *Table) across(a, b []string, add func(x, y []float64, n, m float64, row []float64)) func(it *item, row []float64) ([]rating, bool) {
	first, second := t.members(a), t.members(b)
	for i := range second {
		second[i] = second[i] && !first[i]
	}
	x, y := make([]float64, len(t.Values)), make([]float64, len(t.Values))
	return func(it *item, row []float64) (used []rating, ok bool) {
		n, m := it.counts(first, x), it.counts(second, y)
		if n == 0 || m == 0 {
			return nil, false
		}
		add(x, y, n, m, row)
		for _, r := range it.ratings {
			if first[r.rater] || second[r.rater] {
				used = append(used, r)
			}
		}
		return used, true
	}
}
