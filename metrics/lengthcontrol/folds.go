package lengthcontrol

import (
	"cmp"
	"math"
	"slices"

	"assay/harness/leaf/logistic"
)

// folds is the tool's number of them.
const folds = 5

// choose is the penalty of the least mean loss over the folds, of those that scikit-learn
// tries by default: ten from 1e-4 to 1e4. Of equal ones it is the strongest.
func (m *design) choose() (best float64, err error) {
	of := foldsOf(m.groups)
	losses := make([]float64, penalties)
	for fold := range folds {
		train, test := m.part(of, fold, false), m.part(of, fold, true)
		var w []float64
		for k := range losses {
			if w, err = train.fit(penaltyAt(k), w); err != nil {
				return 0, err
			}
			losses[k] += test.loss(w)
		}
	}
	least := math.Inf(1)
	for k, loss := range losses {
		if loss < least {
			best, least = penaltyAt(k), loss
		}
	}
	return best, nil
}

const penalties = 10

// penaltyAt is numpy's logspace(-4, 4, 10)[k].
func penaltyAt(k int) float64 { return math.Pow(10, -4+8*float64(k)/(penalties-1)) }

// foldsOf gives each row's fold as scikit-learn's GroupKFold does: the largest group, and of
// equal ones the last, goes first into the fold with the fewest rows.
func foldsOf(groups []int) []int {
	sizes := map[int]int{}
	var order []int
	for _, g := range groups {
		if sizes[g] == 0 {
			order = append(order, g)
		}
		sizes[g]++
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(sizes[b], sizes[a]), cmp.Compare(b, a)) })
	var held [folds]int
	to := map[int]int{}
	for _, g := range order {
		least := 0
		for fold := range held {
			if held[fold] < held[least] {
				least = fold
			}
		}
		to[g] = least
		held[least] += sizes[g]
	}
	out := make([]int, len(groups))
	for i, g := range groups {
		out[i] = to[g]
	}
	return out
}

// part has the rows inside or outside a fold.
func (m *design) part(of []int, fold int, inside bool) *design {
	out := &design{dim: m.dim}
	for i := range m.targets {
		if (of[i] == fold) == inside {
			out.x = append(out.x, m.x[i*m.dim:(i+1)*m.dim]...)
			out.add(m.targets[i], m.weights[i], m.groups[i])
		}
	}
	return out
}

// loss is the mean weighted cross-entropy of predictions, which are cut as in the tool. The
// mean is over rows and not over their weights.
func (m *design) loss(w []float64) (sum float64) {
	const least = 1e-15
	for i, y := range m.targets {
		z := 0.0
		for j, v := range m.x[i*m.dim : (i+1)*m.dim] {
			z += float64(v * w[j])
		}
		p := min(max(logistic.Of(z), least), 1-least)
		sum -= m.weights[i] * (y*math.Log(p) + (1-y)*math.Log(1-p))
	}
	return sum / float64(len(m.targets))
}
