package stats

import (
	"fmt"
	"math"
)

// DetectablePairs is the smallest true difference that McNemar's exact test detects on
// n pairs with the given power at two-sided level alpha. Detection means that
// [McNemarExact] is at most alpha and the observed difference has the right sign.
// discordant gives the share of discordant pairs when the difference is d; it is at
// least d.
//
// The number m of discordant pairs is binomial. Given m, the number in favour of the
// better side is binomial too. Power is their double sum, without approximation. The
// result is 0 where no difference reaches that power, as with five pairs at 5%. It
// panics for n < 1 and for alpha or power outside (0, 1).
func DetectablePairs(n int, discordant func(d float64) float64, alpha, power float64) float64 {
	checkOpen("DetectablePairs", "alpha", alpha)
	checkOpen("DetectablePairs", "power", power)
	if n < 1 {
		panic(fmt.Sprintf("stats: DetectablePairs of %d pairs", n))
	}
	critical := mcnemarCritical(n, alpha)
	excess := func(d float64) float64 {
		share := min(max(discordant(d), d), 1)
		return mcnemarPower(n, share, (share-d)/(2*share), critical) - power
	}
	if excess(1) < 0 {
		return 0
	}
	guess := powerQuantiles("DetectablePairs", alpha/2, power) * math.Sqrt(max(discordant(0), 1/float64(n))/float64(n))
	return rootNear(excess, guess, 1)
}

// mcnemarCritical lists, for each m from 0 to n, the largest k of m discordant pairs
// at which McNemarExact(k, m-k) is at most alpha, or -1 where there is none.
func mcnemarCritical(n int, alpha float64) []int {
	critical := make([]int, n+1)
	k := -1
	tail := 0.0            // P(K <= k) of Binomial(m, 1/2)
	next := 1.0            // P(K = k+1)
	for m := range n + 1 { // next and tail are for m
		if 2*(tail+next) <= alpha && 2*(k+1) < m {
			k++
			tail += next
			next *= float64(m-k) / float64(k+1)
		}
		critical[m] = k
		// P(K <= k) falls by half of P(K = k) as m rises by one.
		here := 0.0
		if k >= 0 {
			here = next * float64(k+1) / float64(m-k)
		}
		tail -= here / 2
		next = (next + here) / 2
	}
	return critical
}

// mcnemarPower is the probability that at most critical[m] of the m discordant pairs
// favour the worse side. Each of n pairs is discordant with probability share, and a
// discordant pair favours the worse side with probability worse.
func mcnemarPower(n int, share, worse float64, critical []int) float64 {
	mean, sd := float64(n)*share, math.Sqrt(float64(n)*share*(1-share))
	first := max(0, int(mean-9*sd-9))
	last := min(n, int(mean+9*sd+10))
	// The weights of m, from the mode outwards, and their sum.
	weights := make([]float64, last-first+1)
	mode := min(max(int(float64(n+1)*share), first), last)
	weights[mode-first] = 1
	total := 1.0
	odds := share / (1 - share)
	for m := mode; m < last && share < 1; m++ {
		weights[m+1-first] = weights[m-first] * odds * float64(n-m) / float64(m+1)
		total += weights[m+1-first]
	}
	for m := mode; m > first; m-- {
		weights[m-1-first] = 0
		if share < 1 {
			weights[m-1-first] = weights[m-first] / odds * float64(m) / float64(n-m+1)
		}
		total += weights[m-1-first]
	}
	k := critical[first]
	tail, here := binomialTail(k, first, worse)
	power := 0.0
	for m := first; ; m++ {
		power += weights[m-first] * tail
		if m == last {
			return power / total
		}
		// From m to m+1 pairs.
		tail -= worse * here
		if k >= 0 {
			here *= (1 - worse) * float64(m+1) / float64(m+1-k)
		}
		if critical[m+1] > k {
			if k < 0 {
				here = math.Pow(1-worse, float64(m+1))
			} else {
				here *= float64(m+1-k) / float64(k+1) * worse / (1 - worse)
			}
			k++
			tail += here
		}
	}
}

// binomialTail returns P(K <= k) and P(K = k) of Binomial(m, p), p < 1; both are 0
// for k < 0.
func binomialTail(k, m int, p float64) (tail, here float64) {
	if k < 0 {
		return 0, 0
	}
	if p == 0 {
		if k == 0 {
			return 1, 1
		}
		return 1, 0
	}
	logTerm := func(j int) float64 {
		a, _ := math.Lgamma(float64(m + 1))
		b, _ := math.Lgamma(float64(j + 1))
		c, _ := math.Lgamma(float64(m - j + 1))
		return a - b - c + float64(j)*math.Log(p) + float64(m-j)*math.Log1p(-p)
	}
	here = math.Exp(logTerm(k))
	// Sum from the mode, or from k if k is below it, down to where terms vanish.
	top := min(k, int(float64(m+1)*p))
	term := math.Exp(logTerm(top))
	for j, x := top, term; j >= 0 && x > 1e-18*tail; j-- {
		tail += x
		x *= float64(j) / float64(m-j+1) * (1 - p) / p
	}
	for j, x := top, term; j < k; j++ {
		x *= float64(m-j) / float64(j+1) * p / (1 - p)
		tail += x
	}
	return min(tail, 1), here
}

// DetectableT is the smallest true difference, in standard errors, that a two-sided t
// test with df degrees of freedom detects with the given power at level alpha and
// with the right sign. It is the noncentrality of Student's distribution at which its
// upper tail beyond the critical value is power. df may be +Inf. The result is 0
// where power is at most alpha/2. It panics unless df > 0 and alpha and power are in
// (0, 1).
func DetectableT(df, alpha, power float64) float64 {
	checkOpen("DetectableT", "alpha", alpha)
	checkOpen("DetectableT", "power", power)
	if !(df > 0) {
		panic(fmt.Sprintf("stats: DetectableT with df %v", df))
	}
	if power <= alpha/2 {
		return 0
	}
	if df > 1e6 {
		return NormalQuantile(power) - NormalQuantile(alpha/2)
	}
	powerOf := rightTailPower(df, alpha)
	excess := func(delta float64) float64 { return powerOf(delta) - power }
	return rootNear(excess, studentUpper(alpha/2, df)+NormalQuantile(power), math.Inf(1))
}

// PowerT is the probability that a two-sided t test with df degrees of freedom at level
// alpha rejects with the right sign, where the true difference is delta standard errors.
// For a delta below 0 it is the probability that the test rejects to the other side. df may
// be +Inf. It panics unless df > 0 and alpha is in (0, 1).
func PowerT(df, alpha, delta float64) float64 {
	checkOpen("PowerT", "alpha", alpha)
	if !(df > 0) || math.IsNaN(delta) {
		panic(fmt.Sprintf("stats: PowerT with df %v, delta %v", df, delta))
	}
	switch {
	case math.IsInf(delta, 1):
		return 1
	case math.IsInf(delta, -1):
		return 0
	case df > 1e6:
		return math.Erfc((-NormalQuantile(alpha/2)-delta)/math.Sqrt2) / 2
	}
	return rightTailPower(df, alpha)(delta)
}

// rightTailPower gives the power of a two-sided t test to one side, by the noncentrality.
// It is the mean of Phi(delta - critical*s) over s = sqrt(chi^2_df/df). In u = log s the
// density is exp(df*(u - s^2/2)), which is so smooth that equal steps are enough.
func rightTailPower(df, alpha float64) func(delta float64) float64 {
	critical := studentUpper(alpha/2, df)
	from, to := -min(45/df+1, 14/math.Sqrt(2*df)+45/df), min(2.5, 14/math.Sqrt(2*df))
	step := max(min(0.1, 0.2/math.Sqrt(2*df), 0.25/critical), (to-from)/5000)
	var scales, weights []float64
	total := 0.0
	for u := from; u <= to; u += step {
		s := math.Exp(u)
		w := math.Exp(df * (u - s*s/2 + 0.5))
		scales, weights, total = append(scales, critical*s), append(weights, w), total+w
	}
	return func(delta float64) float64 {
		sum := 0.0
		for i, s := range scales {
			sum += weights[i] * math.Erfc((s-delta)/math.Sqrt2)
		}
		return sum / (2 * total)
	}
}

// powerQuantiles is z_{1-alpha} + z_power.
func powerQuantiles(function string, alpha, power float64) float64 {
	checkOpen(function, "alpha", alpha)
	checkOpen(function, "power", power)
	return NormalQuantile(power) - NormalQuantile(alpha)
}

// rootNear returns the root between 0 and most of a rising function, most likely
// near guess. f(0) is below 0 and f(most) is not. It uses the Illinois variant of
// false position (Dowell and Jarratt 1971, BIT 11:168), to ten digits.
func rootNear(f func(float64) float64, guess, most float64) float64 {
	lo, hi := 0.0, min(guess, most)
	below, above := 0.0, f(hi)
	for above < 0 {
		lo, below = hi, above
		hi = min(1.5*hi, most)
		above = f(hi)
	}
	if lo == 0 {
		lo = 0.6 * hi
		for below = f(lo); below >= 0; below = f(lo) {
			hi, above = lo, below
			lo *= 0.6
		}
	}
	side := 0
	for range 100 {
		middle := (lo*above - hi*below) / (above - below)
		if !(middle > lo && middle < hi) {
			middle = (lo + hi) / 2
		}
		value := f(middle)
		if math.Abs(value) < 1e-11 || hi-lo <= 1e-10*hi {
			return middle
		}
		if value < 0 {
			lo, below = middle, value
			if side < 0 {
				above /= 2
			}
			side = -1
		} else {
			hi, above = middle, value
			if side > 0 {
				below /= 2
			}
			side = 1
		}
	}
	return hi
}
