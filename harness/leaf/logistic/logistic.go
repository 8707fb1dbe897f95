// Package logistic has the logistic function, which fits of strengths and losses of
// reward models share, and its form for several choices, the softmax.
package logistic

import (
	"math"
	"slices"
)

// Of is 1/(1+exp(-x)), without overflow.
func Of(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// Log is log(Of(x)), without overflow.
func Log(x float64) float64 { return min(x, 0) - math.Log1p(math.Exp(-math.Abs(x))) }

// Softmax gives the probabilities that are proportional to exp of log-probabilities in nats. The
// largest is subtracted first, so that nothing underflows; it must be finite. Without any there are
// none.
func Softmax(logs []float64) []float64 {
	if len(logs) == 0 {
		return nil
	}
	top, sum := slices.Max(logs), 0.0
	out := make([]float64, len(logs))
	for i, x := range logs {
		out[i] = math.Exp(x - top)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}
