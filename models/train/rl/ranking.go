package rl

import "assay/harness/leaf/logistic"

// Ranked is what [Ranking] found in the responses to one prompt.
type Ranked struct {
	Loss  float64 // in nats, not scaled
	Pairs int     // of responses that are not tied
	Right float64 // of these, pairs in which the better response has the higher reward; equal rewards count half
}

// Ranking is loss (1) of Ouyang et al. 2022 over K responses to one prompt: the sum over
// pairs of -log sigmoid(reward of the better - reward of the worse), divided by K(K-1)/2, the
// number of all pairs. A lower rank is better; equal ranks are ties, which add nothing to the
// sum. rewards, ranks and gradient are [K]. The loss's derivative by each reward, times
// scale, is added to gradient.
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
