package infer

import (
	"math"

	"assay/metrics/stats"
)

// detect sets what a study of this size can detect: the smallest true difference at
// which its own test, with the variance under that difference, rejects in 80% of
// studies. 0 means unknown, or that no difference within the metric's range is
// detected.
func (p *Paired) detect(level func(alpha float64) float64) {
	width := p.width()
	p.detectable = func(alpha float64) float64 {
		if d := level(alpha); d > 0 && d <= width {
			return d
		}
		return 0
	}
}

// detectPairs is for McNemar's test. If the difference grows from 0 to d, the share of
// discordant pairs changes too. If the first model is right in a share a, then 1-a of
// the pairs can be won and a can be lost. So with the models' agreement unchanged, the
// share grows by d(1-2a) if the second model is better, and by -d(1-2a) if it is worse.
// The larger share is used for both.
func (p *Paired) detectPairs(onlyFirst, onlySecond, n int) {
	tilt := 1 - 2*p.First
	equal := max(0, float64(onlyFirst+onlySecond)/float64(n)-p.Point*tilt)
	discordant := func(d float64) float64 { return max(d, equal+d*math.Abs(tilt)) }
	// With fewer than ten discordant pairs the variance comes mostly from the
	// difference itself.
	seen := float64(onlyFirst + onlySecond)
	cv2 := (1 - seen/float64(n)) / (4 * max(seen, 10)) * min(1, seen/10)
	p.detect(func(alpha float64) float64 { return stats.DetectablePairs(n, discordant, alpha, assured(alpha, cv2)) })
}

// detectT is for a test whose difference has standard error se and df degrees of
// freedom, and which never gives a p below least, as with permutations of few
// examples or few resamples.
func (p *Paired) detectT(se, df, least float64) {
	p.detect(func(alpha float64) float64 {
		if least > alpha {
			return 0
		}
		return se * stats.DetectableT(df, alpha, assured(alpha, 1/(2*df)))
	})
}

// assured is the power to solve for, so that the average power is [Power] although the
// standard error is an estimate whose squared coefficient of variation is cv2. It adds
// the second-order term of a normal test's power. At 50 pairs that is .01 to .02.
func assured(alpha, cv2 float64) float64 {
	z := stats.NormalQuantile(Power)
	delta := z - stats.NormalQuantile(alpha/2)
	density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
	return min(Power+density*delta*(z*delta+1)/2*cv2, 0.87)
}

// leastFlips is the smallest p-value of the sign-flip test of n differences.
func leastFlips(n, resamples int) float64 {
	return max(math.Exp2(1-float64(n)), 1/float64(1+resamples))
}
