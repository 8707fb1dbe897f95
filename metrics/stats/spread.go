package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Spread describes how precisely clusters of values in [0, 1] determine their
// mean. It is relative to an equal number of clusters that are each all 0 or all
// 1.
type Spread struct {
	Mean float64 // over all observations
	// Clusters is the effective number of clusters, (sum of sizes)^2 / sum of squared
	// sizes (Kish 1965, Survey Sampling, sec. 11.7).
	Clusters float64
	// VarianceRatio is the variance of a cluster's mean, divided by Mean*(1-Mean), and
	// at least that of independent observations. With clusters of one size it is at most
	// 1.
	VarianceRatio float64
	// MaxRatio is what the variance of one observation, divided by Mean*(1-Mean), would
	// be if all observations were either at the end of the range nearer to Mean or as
	// far from that end as the farthest one. It is 1 where some observation is at the
	// other end.
	MaxRatio float64
	// Evidence is how well VarianceRatio is known: half the degrees of freedom of an
	// equally certain variance, 1/Evidence = sum e^4 / (sum e^2)^2 - 1/clusters. For normal
	// deviations e it is half the clusters; for two rare events among a thousand it is 2.
	Evidence float64
	// Skew, from -1 to 1, is how much more mass there is on one side. 0 means that the
	// mean's distribution is symmetric.
	Skew float64
}

// NewSpread takes all values, and each cluster's sum and count of them. It panics
// when the lengths of sums and counts differ, or without a value.
func NewSpread(values, sums, counts []float64) Spread {
	if len(sums) != len(counts) || len(sums) == 0 || len(values) == 0 {
		panic(fmt.Sprintf("stats: NewSpread of %d values, %d sums and %d counts", len(values), len(sums), len(counts)))
	}
	var total, n, sizes float64
	for g, s := range sums {
		total += s
		n += counts[g]
		sizes += counts[g] * counts[g]
	}
	s := Spread{Mean: min(max(total/n, 0), 1), Clusters: n * n / sizes, VarianceRatio: 1, MaxRatio: 1}
	s.Skew = 1 - 2*s.Mean
	variance := s.Mean * (1 - s.Mean)
	var e2, e4 float64
	for g := range sums {
		e := sums[g] - s.Mean*counts[g]
		e2 += e * e
		e4 += e * e * e * e
	}
	if variance <= 0 {
		return s
	}
	var squares, farthest float64
	for _, x := range values {
		squares += (x - s.Mean) * (x - s.Mean)
		if s.Mean > 0.5 {
			x = 1 - x
		}
		farthest = max(farthest, x)
	}
	one := min(squares/n/variance, 1)
	s.VarianceRatio = max(e2/(variance*sizes), one*s.Clusters/n)
	near := min(s.Mean, 1-s.Mean)
	s.MaxRatio = max((farthest-near)/(1-near), one)
	s.Evidence = evidence(e2, e4, len(sums))
	return s
}

// evidence is [Spread.Evidence] of n deviations, by the sums of their squares and fourth
// powers; 0 if all are 0.
func evidence(e2, e4 float64, n int) float64 {
	if e2 == 0 {
		return 0
	}
	return 1 / max(e4/(e2*e2)-1/float64(n), 1e-9)
}

// priorEvidence is the weight, in the unit of Evidence, of the assumption that a cluster's observations all
// agree and are as large as the largest. It keeps an interval from few events from being too short by chance.
// Simulations chose it.
const priorEvidence = 1

// C is the c of [ScoreBounds] for the quantiles t of Student's distribution and z of the normal
// one. VarianceRatio is pulled towards MaxRatio by priorEvidence, since a few events show
// little of how large and how clustered events are. With clusters of one size the interval is
// never wider than Wilson's with as many independent draws.
func (s *Spread) C(t, z float64) float64 {
	v := s.variance()
	return min(v*t*t, max(v, 1)*z*z) / s.Clusters
}

// variance is VarianceRatio pulled towards MaxRatio. The pull is stronger the more skewed the
// mean is.
func (s *Spread) variance() float64 {
	prior := priorEvidence * s.Skew * s.Skew
	if s.Evidence+prior == 0 { // every cluster has the overall mean, and that mean is 1/2
		return s.VarianceRatio
	}
	return (s.Evidence*s.VarianceRatio + prior*s.MaxRatio) / (s.Evidence + prior)
}

// Skewness2 is the squared skewness of the mean, as if from rare events of one
// size: (1-2p)^2 / (n p (1-p)) at the effective n.
func (s *Spread) Skewness2() float64 {
	variance := s.Mean * (1 - s.Mean)
	if variance <= 0 {
		return math.Inf(1)
	}
	return s.Skew * s.Skew * s.VarianceRatio / (s.Clusters * variance)
}

// PairedSpread is the Spread of paired differences in [-1, 1]. Mean is their mean.
// Variances are divided by Discordant - Mean^2, the variance of differences that are
// all -1, 0 or 1.
type PairedSpread struct {
	Spread
	Discordant float64 // mean of |difference|
}

// NewPairedSpread takes each cluster's difference, its weight (weights sum to 1) and
// its share of the mean's deviation: the sum of the squared shares is the mean's
// variance, without the factor G/(G-1). It panics when lengths differ, or without a
// cluster.
func NewPairedSpread(mean float64, differences, weights, shares []float64) PairedSpread {
	if len(differences) != len(weights) || len(shares) != len(weights) || len(weights) == 0 {
		panic(fmt.Sprintf("stats: NewPairedSpread of %d differences, %d weights and %d shares", len(differences), len(weights), len(shares)))
	}
	var s PairedSpread
	var sizes, e2, e4, farthest float64
	for g, w := range weights {
		sizes += w * w
		s.Discordant += w * math.Abs(differences[g])
		farthest = max(farthest, math.Abs(differences[g]))
		e := shares[g]
		e2 += e * e
		e4 += e * e * e * e
	}
	s.Mean, s.Clusters, s.VarianceRatio, s.MaxRatio = mean, 1/sizes, 1, 1
	s.Discordant = min(max(s.Discordant, math.Abs(mean)), 1)
	variance := s.Discordant - mean*mean
	if variance <= 0 {
		return s
	}
	s.Skew = mean / s.Discordant
	s.VarianceRatio = e2 / (variance * sizes)
	s.MaxRatio = max((min(farthest, 1)*s.Discordant-mean*mean)/variance, s.VarianceRatio)
	s.Evidence = evidence(e2, e4, len(shares))
	return s
}

// Bounds are Tango's (see [PairedScore]) at the effective number of pairs, for
// quantiles t and z as in [Spread.C], both of the same sign.
func (s *PairedSpread) Bounds(t, z float64) (lower, upper float64) {
	score := pairedScore{b: s.Clusters * (s.Discordant + s.Mean) / 2, c: s.Clusters * (s.Discordant - s.Mean) / 2, n: s.Clusters}
	q := math.Copysign(math.Sqrt(s.C(t, z)*s.Clusters), z)
	return score.bound(q), score.bound(-q)
}

// P is the two-sided p-value of no difference that corresponds to Bounds, with df
// degrees of freedom.
func (s *PairedSpread) P(df float64) float64 {
	if s.Mean == 0 {
		return 1
	}
	v := s.variance()
	statistic := math.Abs(s.Mean) * math.Sqrt(s.Clusters/s.Discordant)
	student := distuv.StudentsT{Sigma: 1, Nu: df}
	return min(1, 2*student.Survival(statistic/math.Sqrt(v)), math.Erfc(statistic/math.Sqrt(2*max(v, 1))))
}

// Skewness2 is the squared skewness of the mean difference, as if from differences
// of -1, 0 and 1 at the effective n.
func (s *PairedSpread) Skewness2() float64 {
	variance := s.Discordant - s.Mean*s.Mean
	if variance <= 0 {
		return math.Inf(1)
	}
	third := s.Mean * (1 - 3*variance - s.Mean*s.Mean)
	return third * third * s.VarianceRatio / (variance * variance * variance * s.Clusters)
}
