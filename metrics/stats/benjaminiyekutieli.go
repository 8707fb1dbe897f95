package stats

// BenjaminiYekutieli is [BenjaminiHochberg] for tests with any dependence (Benjamini and
// Yekutieli 2001, Annals of Statistics 29:1165): each p-value is also multiplied by 1 + 1/2 +
// ... + 1/m. It panics for a p outside [0, 1].
func BenjaminiYekutieli(p []float64) []float64 {
	harmonic := 0.0
	for i := range p {
		harmonic += 1 / float64(i+1)
	}
	adjusted := BenjaminiHochberg(p)
	for i := range adjusted {
		adjusted[i] = min(1, adjusted[i]*harmonic)
	}
	return adjusted
}
