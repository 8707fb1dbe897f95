package infer

import (
	"math"

	"assay/metrics/stats"
)

// sized gives a comparison's bounds, each one-sided at alpha, in a study of n clusters with
// the spread of this one and the observed difference point.
type sized func(n int, point, alpha float64) (lower, upper float64)

// sizedT gives Student's bounds; sd is the standard deviation of one cluster's
// difference.
func sizedT(sd float64) sized {
	return func(n int, point, alpha float64) (float64, float64) {
		return stats.StudentBounds(point, sd/math.Sqrt(float64(n)), float64(n-1), alpha)
	}
}

// sizedPairs gives Tango's bounds, with a share of discordant pairs.
func sizedPairs(discordant float64) sized {
	return func(n int, point, alpha float64) (float64, float64) {
		s := stats.PairedSpread{Spread: stats.Spread{Mean: point, Clusters: float64(n), VarianceRatio: 1}, Discordant: max(discordant, math.Abs(point))}
		z := -stats.NormalQuantile(alpha)
		return s.Bounds(z, z)
	}
}

// sizedScore gives Tango's bounds at the effective number of pairs. spread is that of a
// study with the given number of clusters. Unless shares of draws are compared, the
// bounds are Student's with sd where the comparison's would be.
func sizedScore(spread stats.PairedSpread, clusters int, width, sd float64, shares bool) sized {
	student := sizedT(sd)
	return func(n int, point, alpha float64) (float64, float64) {
		s := spread
		grow(&s.Spread, n, clusters)
		s.Mean = min(max(point/width, -1), 1)
		s.Discordant = max(s.Discordant, math.Abs(s.Mean))
		if s.Discordant > 0 {
			s.Skew = s.Mean / s.Discordant
		}
		if !shares && (n < fewDraws || s.Skewness2() < skewed) {
			return student(n, point, alpha)
		}
		lower, upper := s.Bounds(quantiles(n, alpha))
		return width * lower, width * upper
	}
}

// sizedEnds gives Wilson's bounds at the effective number of draws, minus even, or
// Student's where the mean is not near an end. Both assume the observed spread around
// another mean.
func sizedEnds(spread stats.Spread, clusters int, lo, width, even float64, shares bool) sized {
	return func(n int, point, alpha float64) (float64, float64) {
		s := spread
		grow(&s, n, clusters)
		s.Mean = min(max((point+even-lo)/width, 0), 1)
		s.Skew = 1 - 2*s.Mean
		if s.Mean == 0 || s.Mean == 1 {
			z := stats.NormalQuantile(alpha)
			lower, upper := stats.ScoreBounds(s.Mean, z*z/float64(n))
			return lo + width*lower - even, lo + width*upper - even
		}
		if !shares && s.Skewness2() < skewed {
			sd := width * math.Sqrt(s.VarianceRatio*s.Mean*(1-s.Mean)*float64(n)/s.Clusters)
			return sizedT(sd)(n, point, alpha)
		}
		lower, upper := stats.ScoreBounds(s.Mean, max(s.C(quantiles(n, alpha)), math.SmallestNonzeroFloat64))
		return lo + width*lower - even, lo + width*upper - even
	}
}

// grow scales the evidence of clusters to n clusters.
func grow(s *stats.Spread, n, clusters int) {
	times := float64(n) / float64(clusters)
	s.Clusters *= times
	s.Evidence *= times
}

// quantiles are Student's for n clusters and the normal one.
func quantiles(n int, alpha float64) (t, z float64) {
	_, t = stats.StudentBounds(0, 1, float64(n-1), alpha)
	return t, -stats.NormalQuantile(alpha)
}
