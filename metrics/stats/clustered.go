package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// ClusteredOneWay is the mean over all observations, sum of sums / sum of counts,
// with a standard error that allows observations of one cluster to be correlated
// in any way. With e_g = sums[g] - mean*counts[g],
//
//	V = G/(G-1) * sum_g e_g^2 / (sum_g counts[g])^2
//
// This is the linearised variance of a ratio (Cochran 1977, Sampling Techniques,
// sec. 6.3) and the CR1 sandwich (Cameron and Miller 2015, J. Human Resources
// 50:317, eq. 11) of a regression on a constant. statsmodels' cov_type="cluster"
// multiplies by G/(G-1) * (N-1)/(N-K). With the single regressor K = 1 the second
// factor is 1.
//
// The quantile to use is Student's with G-1 degrees of freedom. With fewer than
// about 30 clusters, or when a few clusters hold most of the counts, the interval
// still covers less than its nominal level.
//
// sums and counts have one entry a cluster. It panics when their lengths differ,
// for fewer than two clusters, or for a count that is not above 0.
func ClusteredOneWay(sums, counts []float64) (mean, se float64) {
	if len(sums) != len(counts) || len(sums) < 2 {
		panic(fmt.Sprintf("stats: ClusteredOneWay of %d sums and %d counts, needs 2 clusters", len(sums), len(counts)))
	}
	offset := sums[0] / counts[0]
	var total, size float64
	for g, s := range sums {
		if !(counts[g] > 0) {
			panic(fmt.Sprintf("stats: ClusteredOneWay with count %v in cluster %d", counts[g], g))
		}
		total += s - offset*counts[g]
		size += counts[g]
	}
	shift := total / size
	var squares float64
	for g, s := range sums {
		e := s - offset*counts[g] - shift*counts[g]
		squares += e * e
	}
	groups := float64(len(sums))
	return offset + shift, math.Sqrt(groups/(groups-1)*squares) / size
}

// ClusteredTwoWay is the mean of values and its standard error when values that
// share a level of a (say, the prompt) or a level of b (say, the labeler) are
// correlated: V = V_a + V_b - V_ab, where V_ab clusters by the pair of levels
// (Cameron, Gelbach and Miller 2011, J. Business & Economic Statistics 29:238, eq.
// 2.8). Each term has its own factor G/(G-1), G the number of its clusters, as in
// statsmodels' cov_type="cluster" with two groups.
//
// In small samples V can be 0 or negative. Then ok is false. It is also false when
// one of the two ways has a single level, so that its variance cannot be
// estimated. In both cases se is the larger one-way standard error among the ways
// with two levels or more, and the caller should show a warning.
//
// The quantile to use is Student's with min(G_a, G_b)-1 degrees of freedom
// (Cameron and Miller 2015, sec. V.B). With fewer than about ten levels in a way
// the interval covers less than its nominal level.
//
// values, a and b have one entry an observation. It runs in expected linear time.
// It panics when the lengths differ or when neither way has two levels.
func ClusteredTwoWay(values []float64, a, b []uint32) (mean, se float64, ok bool) {
	if len(values) != len(a) || len(values) != len(b) || len(values) < 2 {
		panic(fmt.Sprintf("stats: ClusteredTwoWay of %d values, %d and %d labels", len(values), len(a), len(b)))
	}
	mean, deviations := centred(values)
	n := float64(len(values))
	pairs := make([]uint64, len(a))
	for i := range a {
		pairs[i] = uint64(a[i])<<32 | uint64(b[i])
	}
	va, ga := clusterVariance(deviations, a)
	vb, gb := clusterVariance(deviations, b)
	if ga < 2 && gb < 2 {
		panic("stats: ClusteredTwoWay with a single level in both ways")
	}
	vab, _ := clusterVariance(deviations, pairs)
	v := va + vb - vab
	// A v this small beside its parts is rounding error, not variance.
	if ga < 2 || gb < 2 || v <= 1e-12*max(va, vb) {
		return mean, math.Sqrt(max(va, vb)) / n, false
	}
	return mean, math.Sqrt(v) / n, true
}

// clusterVariance returns G/(G-1) times the sum over clusters of the squared sum
// of deviations, and G. The variance is 0 for a single cluster.
func clusterVariance[K cmp.Ordered](deviations []float64, keys []K) (v float64, groups int) {
	return variance(sumsBy(deviations, keys))
}

func variance(sums []float64) (v float64, groups int) {
	groups = len(sums)
	if groups < 2 {
		return 0, groups
	}
	return sumOfSquares(sums) * float64(groups) / float64(groups-1), groups
}

// sumsBy sums values by key, in the order of the keys' first appearance, so equal
// inputs give equal bits.
func sumsBy[K cmp.Ordered](values []float64, keys []K) (sums []float64) {
	if slices.IsSorted(keys) { // no need of an index
		for i, x := range values {
			if i == 0 || keys[i] != keys[i-1] {
				sums = append(sums, 0)
			}
			sums[len(sums)-1] += x
		}
		return sums
	}
	index := make(map[K]int)
	for i, x := range values {
		g, seen := index[keys[i]]
		if !seen {
			g = len(sums)
			index[keys[i]] = g
			sums = append(sums, 0)
		}
		sums[g] += x
	}
	return sums
}

func sumOfSquares(xs []float64) (v float64) {
	for _, x := range xs {
		v += x * x
	}
	return v
}
