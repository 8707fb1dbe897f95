package judge

// Agreement is how often two labelers agree on the better of two different responses, over
// all pairs of labelers, where both prefer one. The paper reports it for its labelers
// (section 3.4). Each element of shown is the responses to one prompt. n is the number of
// answers that were compared.
func Agreement(labelers []Labeler, shown [][]Shown, to Purpose) (agreement float64, n int) {
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
				s, m := agreements(said[i], said[j])
				same, n = same+s, n+m
			}
		}
	}
	return share(float64(same), n), n
}

// agreements counts the pairs of responses for which two labelers both prefer one, and those for
// which they prefer the same one. x and y are the labelers' utilities.
func agreements(x, y []float64) (same, n int) {
	for a := range x {
		for b := range a {
			p, q := Prefer(x[a], x[b]), Prefer(y[a], y[b])
			if p == 0.5 || q == 0.5 {
				continue
			}
			n++
			if p == q {
				same++
			}
		}
	}
	return same, n
}
