package catalog

import (
	"fmt"
	"math"

	"assay/harness/leaf/logistic"
)

// sharesOf are P_i, proportional to exp of log-probabilities in nats, with the largest
// subtracted first, so that nothing underflows.
func sharesOf(scores []float64) ([]float64, error) {
	top := math.Inf(-1)
	for _, s := range scores {
		if math.IsNaN(s) || math.IsInf(s, 1) {
			return nil, fmt.Errorf("a log-probability is %v", s)
		}
		top = max(top, s)
	}
	if math.IsInf(top, -1) {
		return nil, fmt.Errorf("no sentence has a probability above 0")
	}
	return logistic.Softmax(scores), nil
}

// entropy is H = -sum P_i log2 P_i, in bits.
func entropy(shares []float64) float64 {
	h := 0.0
	for _, p := range shares {
		if p > 0 {
			h -= p * math.Log2(p)
		}
	}
	return min(max(h, 0), math.Log2(float64(len(shares)))) // rounding
}
