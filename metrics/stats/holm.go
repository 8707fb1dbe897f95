package stats

import (
	"cmp"
	"fmt"
	"slices"
)

// Holm adjusts the p-values of a family so that comparing each with alpha keeps the
// chance of any false rejection at alpha, whatever their dependence (Holm 1979,
// Scand. J. Statistics 6:65): the i-th smallest of m, counted from 0, is multiplied
// by m-i, made monotone and capped at 1. The result is in input order; an empty
// family gives an empty result. It panics for a p outside [0, 1].
func Holm(p []float64) []float64 {
	order := ascending("Holm", p)
	adjusted := make([]float64, len(p))
	var running float64
	for rank, i := range order {
		running = max(running, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = running
	}
	return adjusted
}

// HolmLevels is the level at which Holm's procedure tests each hypothesis of the family. For
// the i-th smallest p of m, counted from 0, it is alpha/(m-i) as long as all smaller ones are
// rejected. The procedure ends at the first that is not rejected, and all the rest have its
// level. So p[i] <= level[i] for exactly the hypotheses that Holm rejects at alpha, and an
// interval computed at level[i] agrees with the verdict. The result is in input order. It
// panics for a p outside [0, 1] or an alpha outside (0, 1).
func HolmLevels(p []float64, alpha float64) []float64 {
	checkOpen("HolmLevels", "alpha", alpha)
	order := ascending("HolmLevels", p)
	levels := make([]float64, len(p))
	stopped := false
	var level float64
	for rank, i := range order {
		if !stopped {
			level = alpha / float64(len(p)-rank)
			stopped = p[i] > level
		}
		levels[i] = level
	}
	return levels
}

// ascending is the order of indices in which p rises; ties keep the input order.
func ascending(function string, p []float64) []int {
	order := make([]int, len(p))
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			panic(fmt.Sprintf("stats: %s with p[%d] = %v", function, i, v))
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	return order
}
