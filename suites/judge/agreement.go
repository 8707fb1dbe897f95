package judge

import "assay/metrics/agreement"

// Agreement is how often two labelers agree on the better of two different responses, over
// all pairs of labelers, where both prefer one. The paper reports it for its labelers
// (section 3.4). Each element of shown is the responses to one prompt. n is the number of
// answers that were compared.
func Agreement(labelers []Labeler, shown [][]Shown, to Purpose) (portion float64, n int) {
	same := 0
	for _, responses := range shown {
		said := make([][]float64, len(labelers))
		for i := range labelers {
			for k := range responses {
				said[i] = append(said[i], labelers[i].Utility(&responses[k], to))
			}
		}
		for i := range said {
			for j := range i {
				s, m := agreement.SameOrder(len(responses), preference(said[i]), preference(said[j]))
				same, n = same+s, n+m
			}
		}
	}
	return share(float64(same), n), n
}

// preference is which of two responses a labeler prefers, by their utilities.
func preference(utilities []float64) func(i, k int) int {
	return func(i, k int) int {
		switch Prefer(utilities[i], utilities[k]) {
		case 1:
			return -1
		case 0:
			return 1
		}
		return 0
	}
}
