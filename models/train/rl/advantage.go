package rl

import "math"

// Advantages is generalised advantage estimation (Schulman et al., arXiv:1506.02438,
// equation 16) over one response. rewards and values are those of its tokens, [T]; after
// the last nothing comes. advantages, [T], become the sums over k of (gamma lambda)^k
// times the error of the value k tokens later, and returns, [T], advantages plus values:
// what the value function is to learn.
func Advantages(advantages, returns, rewards, values []float32, gamma, lambda float64) {
	n := len(rewards)
	mustLen("Advantages", "values", len(values), n)
	mustLen("Advantages", "advantages", len(advantages), n)
	mustLen("Advantages", "returns", len(returns), n)
	var ahead, next float64
	for t := n - 1; t >= 0; t-- {
		v := float64(values[t])
		ahead = float64(rewards[t]) + gamma*next - v + gamma*lambda*ahead
		advantages[t], returns[t] = float32(ahead), float32(ahead+v)
		next = v
	}
}

// whitenEpsilon is added to a variance before its root.
const whitenEpsilon = 1e-8

// Whiten gives the numbers of a batch, a slice a response, mean 0 and variance 1. The
// variance is the biased one, over the count, plus 1e-8. Advantages are whitened so.
func Whiten(batch [][]float32) { whiten(batch, func(mean float64) float64 { return 0 }) }

// WhitenScale gives them variance 1 as [Whiten] does and leaves their mean where it is:
// how rewards are whitened, where they are.
func WhitenScale(batch [][]float32) { whiten(batch, func(mean float64) float64 { return mean }) }

func whiten(batch [][]float32, center func(mean float64) float64) {
	var sum, squares float64
	n := 0
	each := func(f func(x *float32)) {
		for _, row := range batch {
			for i := range row {
				f(&row[i])
			}
		}
	}
	each(func(x *float32) { sum += float64(*x); n++ })
	if n == 0 {
		return
	}
	mean := sum / float64(n)
	each(func(x *float32) { d := float64(*x) - mean; squares += d * d })
	scale := 1 / math.Sqrt(squares/float64(n)+whitenEpsilon)
	to := center(mean)
	each(func(x *float32) { *x = float32((float64(*x)-mean)*scale + to) })
}
