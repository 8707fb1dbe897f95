package stats

import "slices"

// AUC is the area under the receiver operating characteristic: the share of pairs of a positive and
// a negative in which the positive has the higher score; equal scores count half (Hanley and McNeil
// 1982, the Mann-Whitney statistic). It reports false without a positive or without a negative.
func AUC(scores []float64, positive []bool) (auc float64, ok bool) {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case scores[a] < scores[b]:
			return -1
		case scores[a] > scores[b]:
			return 1
		}
		return 0
	})
	var pairs, below, positives float64 // below counts the negatives of lower scores
	for i := 0; i < len(order); {
		j, here := i, 0.0
		for ; j < len(order) && scores[order[j]] == scores[order[i]]; j++ {
			if positive[order[j]] {
				here++
			}
		}
		ties := float64(j-i) - here
		pairs += here * (below + ties/2)
		below += ties
		positives += here
		i = j
	}
	if positives == 0 || below == 0 {
		return 0, false
	}
	return pairs / (positives * below), true
}
