package rl

import "assay/harness/leaf/logistic"

// Ranked is what [Ranking] found in the responses to one prompt.
type Ranked struct {
	Loss  float64 // in nats, not scaled
	Pairs int     // of responses that are no ties
	Right float64 // of these, pairs in which the better has the greater reward; equal rewards count half
}

// Ranking is loss (1) of Ouyang et al. 2022 over K responses to one prompt: the sum over
// the pairs of -log sigmoid(reward of the better - reward of the worse), divided by the
// K(K-1)/2 pairs that there are. The lower a rank the better; equal ranks are ties, which
// are dropped: they add nothing, and the divisor stays. rewards, ranks and gradient are
// [K]; gradient gets the loss's derivative by each reward, times scale.
func Ranking(rewards []float32, ranks []int, scale float64, gradient []float32) Ranked {
	k := len(rewards)
	mustLen("Ranking", "ranks", len(ranks), k)
	mustLen("Ranking", "gradient", len(gradient), k)
	var r Ranked
	share := 1 / float64(max(k*(k-1)/2, 1))
	slopes := make([]float64, k)
	for i := range k {
		for j := i + 1; j < k; j++ {
			if ranks[i] == ranks[j] {
				continue
			}
			better, worse := i, j
			if ranks[j] < ranks[i] {
				better, worse = j, i
			}
			d := float64(rewards[better]) - float64(rewards[worse])
			r.Loss -= share * logistic.Log(d)
			slope := share * logistic.Of(-d)
			slopes[better] -= slope
			slopes[worse] += slope
			r.Pairs++
			switch {
			case d > 0:
				r.Right++
			case d == 0:
				r.Right += 0.5
			}
		}
	}
	for i, s := range slopes {
		gradient[i] += float32(scale * s)
	}
	return r
}
