package rl

import "math"

// whitenEpsilon is added to a variance before its square root.
const whitenEpsilon = 1e-8

// Whiten shifts and scales the numbers of a batch, a slice per response, to mean 0 and
// variance 1. The variance is the biased one, over the count, plus 1e-8. PPO whitens
// advantages in this way.
func Whiten(batch [][]float32) { whiten(batch, func(mean float64) float64 { return 0 }) }

// WhitenScale scales to variance 1 as [Whiten] does, but keeps the mean. PPO whitens
// rewards in this way, if at all.
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
