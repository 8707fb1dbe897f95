// Package logistic has the logistic function, which fits of strengths and losses of
// reward models share.
package logistic

import "math"

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
