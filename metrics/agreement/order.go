package agreement

// SameOrder counts the pairs of n things that two raters both put in order, and those that they
// put in the same order (Ouyang et al. 2022, section 3.4, report its share). first and second
// return which of two things a rater puts first: below 0, 0 for a tie, above 0.
func SameOrder(n int, first, second func(i, k int) int) (same, pairs int) {
	for i := range n {
		for k := range i {
			p, q := first(i, k), second(i, k)
			if p == 0 || q == 0 {
				continue
			}
			pairs++
			if p < 0 == (q < 0) {
				same++
			}
		}
	}
	return same, pairs
}
