package agreement

// Raw is the share of pairs of ratings of one item that are equal, over all pairs. An item with
// more ratings has more pairs. Raw agreement alone says little: raters who always give the
// most common value agree often.
func (t *Table) Raw() Result {
	s := sums{dim: 2, lowest: 0, point: share}
	k := make([]float64, len(t.Values))
	return s.result(t.gather(&s, func(it *item, row []float64) ([]rating, bool) {
		n := it.counts(nil, k)
		for _, x := range k {
			row[0] += x * (x - 1) / 2
		}
		row[1] = n * (n - 1) / 2
		return it.ratings, n > 1
	}))
}

func share(s []float64) (float64, string) {
	if s[1] == 0 {
		return 0, "no item has two ratings to compare"
	}
	return s[0] / s[1], ""
}

// Fleiss is Fleiss' kappa (1971, Psychological Bulletin 76:378). With missing ratings or weights
// it is Gwet's generalisation (2014, Handbook of Inter-Rater Reliability, 4th edition, chapter
// 5): each item with two ratings or more has the same weight in the agreement, and each item
// with a rating in the agreement by chance. Raters count as interchangeable.
func (t *Table) Fleiss(weights Weights) Result {
	w := weights.matrix(t.Values)
	return t.chanceCorrected(w, func(shares []float64) (float64, string) {
		chance := form(w, shares, shares)
		if constant(shares) {
			return 0, onlyOne
		}
		return chance, ""
	})
}

// AC is Gwet's AC1 (2008, British Journal of Mathematical and Statistical Psychology 61:29), or
// AC2 with weights. Its agreement by chance depends on the number of categories, chosen or not.
// If one category is common, it stays near the raw agreement, where kappa falls.
func (t *Table) AC(weights Weights) Result {
	w := weights.matrix(t.Values)
	total := 0.0
	for _, row := range w {
		for _, x := range row {
			total += x
		}
	}
	k := float64(len(w))
	return t.chanceCorrected(w, func(shares []float64) (float64, string) {
		if k < 2 {
			return 0, "there is only one category"
		}
		spread := 0.0
		for _, p := range shares {
			spread += p * (1 - p)
		}
		return total / (k * (k - 1)) * spread, ""
	})
}

// chanceCorrected is (agreement - chance) / (1 - chance), where chance is a function of the
// categories' shares.
func (t *Table) chanceCorrected(w [][]float64, chance func(shares []float64) (float64, string)) Result {
	k := make([]float64, len(t.Values))
	compared, clusters := 0, map[int]bool{}
	s := sums{dim: 3 + len(k), lowest: unlimited, point: func(s []float64) (float64, string) {
		if s[0] == 0 {
			return 0, "no item has two ratings to compare"
		}
		shares := make([]float64, len(k))
		for i := range shares {
			shares[i] = s[3+i] / s[2]
		}
		by, undefined := chance(shares)
		if undefined != "" {
			return 0, undefined
		}
		return (s[1]/s[0] - by) / (1 - by), ""
	}}
	r := t.gather(&s, func(it *item, row []float64) ([]rating, bool) {
		n := it.counts(nil, k)
		row[2] = 1
		for i, x := range k {
			row[3+i] = x / n
		}
		if n > 1 {
			compared++
			clusters[it.cluster] = true
			row[0], row[1] = 1, (form(w, k, k)-n)/(n*(n-1))
		}
		return it.ratings, true
	})
	r.Items, r.Clusters = compared, len(clusters) // items with one rating say nothing about agreement
	return s.result(r)
}

// constant reports whether one category has everything.
func constant(shares []float64) bool {
	held := 0
	for _, p := range shares {
		if p > 1e-12 {
			held++
		}
	}
	return held < 2
}
