package stats

// BenjaminiHochberg adjusts the p-values of a family so that comparing each with q
// keeps the expected share of false ones among the rejections at q, for independent or
// positively dependent tests (Benjamini and Hochberg 1995, J. Royal Statistical
// Society B 57:289): the i-th smallest of m, counted from 1, is multiplied by m/i
// and made monotone from the largest down. The result is in input order; an empty
// family gives an empty result. It panics for a p outside [0, 1].
func BenjaminiHochberg(p []float64) []float64 {
	order := ascending("BenjaminiHochberg", p)
	adjusted := make([]float64, len(p))
	running := 1.0
	for rank := len(order) - 1; rank >= 0; rank-- {
		i := order[rank]
		running = min(running, p[i]*float64(len(p))/float64(rank+1))
		adjusted[i] = running
	}
	return adjusted
}
