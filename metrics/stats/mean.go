package stats

import (
	"fmt"
	"math"
)

// MeanSE is the mean of x and its standard error s/sqrt(n), with s the sample
// standard deviation (divisor n-1). Both are computed relative to a value of the
// sample, so a large common offset costs no precision and equal values give se == 0
// exactly. It panics for fewer than two values: one value has a mean but no standard
// error.
func MeanSE(x []float64) (mean, se float64) {
	if len(x) < 2 {
		panic(fmt.Sprintf("stats: MeanSE of %d values, needs 2", len(x)))
	}
	n := float64(len(x))
	mean, deviations := centred(x)
	var squares float64
	for _, d := range deviations {
		squares += d * d
	}
	return mean, math.Sqrt(squares / (n - 1) / n)
}

// centred returns the mean of x and the deviations from it, without the rounding
// that a large common offset would cause.
func centred(x []float64) (mean float64, deviations []float64) {
	offset := x[0]
	var sum float64
	for _, v := range x {
		sum += v - offset
	}
	shift := sum / float64(len(x))
	deviations = make([]float64, len(x))
	for i, v := range x {
		deviations[i] = (v - offset) - shift
	}
	return offset + shift, deviations
}
