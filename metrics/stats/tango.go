package stats

import (
	"fmt"
	"math"
)

// PairedScore is Tango's score interval for a difference of paired proportions p2
// - p1 (1998, Statistics in Medicine 17:891). It holds the differences d whose
// score statistic, with the variance at the maximum likelihood fit under d, is
// within the normal quantile. Each bound is one-sided at alpha; with alpha = 0.025
// the two are a 95% interval.
//
// Of n pairs, onlyFirst are right in the first only and onlySecond in the second
// only; the rest agree. The bounds are in [-1, 1]. They keep their width when all
// pairs agree, where a Wald interval would collapse to a point. Inverting the
// bounds at d = 0 gives McNemar's test without continuity correction.
//
// It panics for counts below 0, more discordant pairs than n, n < 1, or alpha
// outside (0, 1).
func PairedScore(onlyFirst, onlySecond, n int, alpha float64) (lower, upper float64) {
	if n < 1 || onlyFirst < 0 || onlySecond < 0 || onlyFirst+onlySecond > n {
		panic(fmt.Sprintf("stats: PairedScore of %d and %d discordant in %d pairs", onlyFirst, onlySecond, n))
	}
	checkOpen("PairedScore", "alpha", alpha)
	z := -NormalQuantile(alpha)
	s := pairedScore{b: float64(onlySecond), c: float64(onlyFirst), n: float64(n)}
	return s.bound(z), s.bound(-z)
}

// pairedScore holds the counts of Tango's table: b pairs for p2, c for p1, of n.
type pairedScore struct{ b, c, n float64 }

// bound is the difference at which the score statistic, which falls as the
// difference rises, equals z. At the observed difference the statistic is 0.
func (s pairedScore) bound(z float64) float64 {
	observed := (s.b - s.c) / s.n
	above, below := -1.0, observed // the statistic is >= z at above, < z past the root
	if z < 0 {
		above, below = observed, 1
	}
	if z == 0 || above >= below {
		return observed
	}
	for range 200 {
		d := above + (below-above)/2
		if d == above || d == below {
			break
		}
		if s.excess(d, z) {
			above = d
		} else {
			below = d
		}
	}
	if z < 0 {
		return below
	}
	return above
}

// excess reports whether the score statistic at difference d is at least z. It
// compares without dividing, because the variance is 0 at the ends.
func (s pairedScore) excess(d, z float64) bool {
	numerator := s.b - s.c - s.n*d
	deviation := math.Sqrt(max(0, s.n*(2*s.onlyFirstAt(d)+d*(1-d))))
	if z < 0 {
		return numerator > z*deviation
	}
	return numerator >= z*deviation
}

// onlyFirstAt is the maximum likelihood estimate of the probability that a pair is
// right in the first only, when the difference is d. It is the larger root of 2n
// q^2 + B q + C = 0 (Tango 1998, eq. 5), in the form that does not cancel.
func (s pairedScore) onlyFirstAt(d float64) float64 {
	b := (2*s.n-s.b+s.c)*d - s.b - s.c
	c := -s.c * d * (1 - d)
	root := math.Sqrt(max(0, b*b-8*s.n*c))
	if b > 0 {
		return -2 * c / (b + root)
	}
	return (root - b) / (4 * s.n)
}
