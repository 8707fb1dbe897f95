package stats

import (
	"fmt"
	"math"
)

// McNemarExact is the two-sided exact p-value of McNemar's test (1947,
// Psychometrika 12:153). With b pairs where only the first is right and c where
// only the second is, it is twice the tail of Binomial(b+c, 1/2) at or below
// min(b, c), at most 1. Concordant pairs don't enter. Without discordant pairs it
// is 1. It panics for a count below 0.
//
// The tail is summed down from its largest term, which takes about sqrt(b+c)
// terms. That term comes from Loader's saddle-point expansion (2000, "Fast and
// accurate computation of binomial probabilities"). It is exact to rounding, where
// a difference of log-factorials loses eight digits at b+c = 1e6.
func McNemarExact(b, c int) float64 {
	if b < 0 || c < 0 {
		panic(fmt.Sprintf("stats: McNemarExact of %d and %d discordant pairs", b, c))
	}
	k, n := min(b, c), b+c
	if b == c {
		return 1
	}
	sum, term := 1.0, 1.0
	for j := k; j > 0 && term > sum*1e-17; j-- {
		term *= float64(j) / float64(n-j+1)
		sum += term
	}
	return min(1, 2*sum*binomialHalf(k, n))
}

// binomialHalf is the probability of k in Binomial(n, 1/2), for 0 <= k < n/2.
func binomialHalf(k, n int) float64 {
	if k == 0 {
		return math.Ldexp(1, -n)
	}
	x, y, size := float64(k), float64(n-k), float64(n)
	log := stirlingError(size) - stirlingError(x) - stirlingError(y) - deviance(x, size/2) - deviance(y, size/2)
	return math.Exp(log) * math.Sqrt(size/(2*math.Pi*x*y))
}

// stirlingError is log(n!) minus Stirling's approximation to it.
func stirlingError(n float64) float64 {
	if n < 16 {
		factorial, _ := math.Lgamma(n + 1)
		return factorial - (n+0.5)*math.Log(n) + n - 0.5*math.Log(2*math.Pi)
	}
	n2 := n * n
	return (1./12 - (1./360-(1./1260-(1./1680-1./1188/n2)/n2)/n2)/n2) / n
}

// deviance is x*log(x/m) + m - x, without cancellation for x near m.
func deviance(x, m float64) float64 {
	if math.Abs(x-m) > 0.1*(x+m) {
		return x*math.Log(x/m) + m - x
	}
	// With v = (x-m)/(x+m): log(x/m) = 2*atanh(v) = 2*(v + v^3/3 + v^5/5 + ...).
	v := (x - m) / (x + m)
	sum := (x - m) * v
	power := 2 * x * v
	for j := 3.0; ; j += 2 {
		power *= v * v
		next := sum + power/j
		if next == sum {
			return sum
		}
		sum = next
	}
}
