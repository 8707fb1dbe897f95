package stats

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Unit is one answer that a judge has scored and that people may have labelled.
type Unit struct {
	Cluster uint32  // units of one cluster share their errors
	Judge   float64 // mean of the judge's values
	// Weight is 1 / the probability with which the unit was drawn for labelling; 0 if it has
	// no label.
	Weight float64
	Labels []Label
}

// Label is one person's part of a unit's label, which is the sum of all Values. Shares sum
// to 1. In a mean of k labels each Value is the label / k and each Share 1/k.
type Label struct {
	Labeler      uint32
	Value, Share float64
}

// label is the unit's label.
func (u *Unit) label() (x float64) {
	for _, l := range u.Labels {
		x += l.Value
	}
	return x
}

// PPI is a mean of people's labels that a judge's values make more precise.
type PPI struct {
	Mean, SE, DF float64
	// Skewness is that of Mean's distribution; see [PPI.Bounds].
	Skewness float64
	// Lambda is PPI++'s weight of the judge: 0 ignores it.
	Lambda float64
	// Correlation is that of labels and judge on the labelled units.
	Correlation float64
	Labelled    int // units with a label
	Judged      int // all units
	Clusters    int // with a labelled unit
	// FromLabels and FromJudge are the two parts of the variance: of the labels minus
	// the slope times the judge, and of the judge on the unlabelled units.
	FromLabels, FromJudge float64
	// Plain is FromLabels without the factors of small samples and its pull.
	Plain float64
	// LabelMean, LabelSE and LabelDF are what the labels say without the judge.
	LabelMean, LabelSE, LabelDF float64
}

// ErrFewLabelled says that there are too few labelled clusters for any variance.
var ErrFewLabelled = errors.New("fewer than 3 clusters have a label")

const (
	// judgeEvidence is the weight, in the unit of [Spread.Evidence], of the assumption that the
	// judge is of no use. Simulations chose it.
	judgeEvidence = 0.1
	// leastVaried is the least variance of the judge on labelled units, relative to that on all,
	// with which a slope is fitted.
	leastVaried = 1e-9
)

// PredictionPowered computes PPI++ for a mean (Angelopoulos, Duchi and Zrnic 2023, arXiv
// 2311.01453),
//
//	mean(Y) - lambda (mean of f on labelled units - mean of f on unlabelled units)
//	lambda = Cov(Y, f) / ((1 + n/N) Var f)
//
// for labels Y and judge f, with n labelled and N unlabelled units. Means over labelled
// units are weighted by 1/probability and divided by the sum of the weights (Hajek 1971).
// Hajek's form doesn't change if all labels are shifted, and needs no population size;
// Horvitz and Thompson's form does, and it needs that size. The computation uses the same
// estimator in the form
//
//	mean(Y) - beta (mean of f on labelled units - mean of f on all units)
//
// with beta = lambda (1 + n/N), which also holds for unequal probabilities, where the
// unlabelled units alone are no fair sample. Lambda is not clipped: a judge on another scale
// than the labels may need a lambda above 1, and the estimator is valid for any lambda.
//
// Var f is that of the labelled units, so beta is the slope of a regression of Y on f, and the
// estimator is the regression estimator of surveys (Sarndal, Swensson and Wretman 1992, sec.
// 6.4). The authors' program takes Var f of all units. In small samples its estimate has a bias
// of -E[Y f^2]/(n Var f), for Y and f about their means: with skewed values and a correlation of
// .95, this is two thirds of a standard error at n = 50. The slope has next to none.
//
// Units of a cluster may be correlated in any way. So may labels of one labeler, if there are
// several labelers: then the labels' part of the variance is that of [ClusteredTwoWay].
//
// The labels' part is that of the regression's prediction at the mean of f on all units:
// residuals have their g-weights (Sarndal, Swensson and Wretman, eq. 6.6.4), and a cluster's sum
// is divided by sqrt(1 - its leverage), as in HC2 (MacKinnon and White 1985, J. Econometrics
// 29:305). Few disagreements of judge and people say little about their variance, so it is pulled
// towards that of the labels alone, the more the fewer there are; see [Spread]. DF follows
// Satterthwaite (1946, Biometrics Bulletin 2:110).
//
// It panics if a label's weight is below 1.
func PredictionPowered(units []Unit) (PPI, error) {
	s := newPowered(units)
	if s.clusters < 3 {
		return PPI{}, ErrFewLabelled
	}
	n, all := float64(s.labelled), float64(len(units))
	p := PPI{Labelled: s.labelled, Judged: len(units), Clusters: s.clusters, LabelMean: s.labels}
	if d := s.labelVariance * s.labelledJudgeVariance; d > 0 {
		p.Correlation = s.covariance / math.Sqrt(d)
	}
	alone := s.variance(0)
	p.LabelSE, p.LabelDF = math.Sqrt(alone.labels*alone.factor()), alone.df(1)
	beta := 0.0
	if s.labelled < len(units) && s.labelledJudgeVariance > leastVaried*s.judgeVariance {
		beta = s.covariance / s.labelledJudgeVariance
	}
	if beta == 0 {
		p.Mean, p.SE, p.DF, p.Skewness = p.LabelMean, p.LabelSE, p.LabelDF, alone.skewness()
		p.Plain, p.FromLabels = alone.labels, p.SE*p.SE
		return p, nil
	}
	p.Lambda = beta * (1 - n/all)
	p.Mean = s.labels - beta*(s.judgeLabelled-s.judge)
	v := s.variance(beta)
	p.Plain, p.FromLabels, p.FromJudge = v.labels, v.levered, v.judge
	if pull := p.LabelSE * p.LabelSE; p.FromLabels < pull {
		p.FromLabels = (v.evidence*p.FromLabels + judgeEvidence*pull) / (v.evidence + judgeEvidence)
	}
	p.SE, p.Skewness = math.Sqrt(p.FromLabels+p.FromJudge), v.skewness()
	p.DF = v.df(2)
	if total := p.SE * p.SE; total > 0 && v.others > 1 {
		p.DF = total * total / (p.FromLabels*p.FromLabels/v.df(2) + p.FromJudge*p.FromJudge/float64(v.others-1))
	}
	return p, nil
}

// Bounds are one-sided bounds at alpha, from 0 to 1, by Student's distribution and Hall's
// transformation (1992, J. Royal Statistical Society B 54:221), which corrects for Skewness.
// Without skewness they are Student's.
func (p *PPI) Bounds(alpha float64) (lower, upper float64) {
	low, high := StudentBounds(0, 1, p.DF, alpha)
	return p.Mean - p.SE*unskewed(high, p.Skewness), p.Mean - p.SE*unskewed(low, p.Skewness)
}

// unskewed is the inverse of t + a t^2 + a^2 t^3/3 + a/2 with a = skewness/3.
func unskewed(x, skewness float64) float64 {
	a := skewness / 3
	if math.Abs(a) < 1e-8 || math.IsInf(x, 0) {
		return x
	}
	return (math.Cbrt(1+3*a*(x-a/2)) - 1) / a
}

// powered has the moments of units.
type powered struct {
	units                                            []Unit
	labelled, clusters                               int
	weight                                           float64 // sum over labelled units
	equal                                            bool    // all weights are equal
	labels, judgeLabelled, judge                     float64 // means
	covariance, labelVariance, labelledJudgeVariance float64 // on labelled units
	judgeVariance                                    float64 // on all units
	beside                                           []bool  // of each unit: its cluster has a label
	severalLabelers                                  bool
}

func newPowered(units []Unit) *powered {
	s := &powered{units: units, equal: true, beside: make([]bool, len(units))}
	first := 0.0
	hasLabel, labelers := map[uint32]bool{}, map[uint32]bool{}
	for i := range units {
		u := &units[i]
		s.judge += u.Judge / float64(len(units))
		if u.Weight == 0 {
			continue
		}
		if !(u.Weight >= 1) {
			panic(fmt.Sprintf("stats: PredictionPowered with weight %v", u.Weight))
		}
		if s.labelled == 0 {
			first = u.Weight
		}
		s.equal = s.equal && u.Weight == first
		s.labelled++
		hasLabel[u.Cluster] = true
		s.weight += u.Weight
		s.labels += u.Weight * u.label()
		s.judgeLabelled += u.Weight * u.Judge
		for _, l := range u.Labels {
			labelers[l.Labeler] = true
		}
	}
	s.clusters, s.severalLabelers = len(hasLabel), len(labelers) > 1
	s.labels /= s.weight
	s.judgeLabelled /= s.weight
	for i := range units {
		u := &units[i]
		s.beside[i] = hasLabel[u.Cluster]
		s.judgeVariance += (u.Judge - s.judge) * (u.Judge - s.judge) / float64(len(units)-1)
		if u.Weight > 0 {
			w, y, f := u.Weight/s.weight, u.label()-s.labels, u.Judge-s.judgeLabelled
			s.covariance += w * y * f
			s.labelVariance += w * y * y
			s.labelledJudgeVariance += w * f * f
		}
	}
	return s
}

// parts are the two parts of a variance.
type parts struct {
	labels   float64 // before the factors of small samples
	levered  float64 // labels, each cluster by its leverage
	judge    float64
	groups   int // labelled clusters
	labelers int // the largest int for one labeler
	others   int // clusters without a label
	evidence float64
	third    float64 // sum of the cubes of all clusters' deviations
	squares  float64 // of their squares
}

// factor is G/(G-1).
func (v *parts) factor() float64 { return float64(v.groups) / float64(v.groups-1) }

func (v *parts) df(k int) float64 { return float64(max(1, min(v.groups-k, v.labelers-1))) }

// skewness is that of the sum of the deviations, with the factor of an adjusted third moment.
func (v *parts) skewness() float64 {
	if v.squares == 0 {
		return 0
	}
	g := float64(v.groups)
	return v.third / math.Pow(v.squares, 1.5) * math.Sqrt(g*(g-1)) / (g - 2)
}

// leverages are the shares of each labelled cluster in the fit of a mean or, with beta other
// than 0, of a slope.
func (s *powered) leverages(beta float64) map[uint32]float64 {
	of := make(map[uint32]float64, s.clusters)
	for i := range s.units {
		u := &s.units[i]
		if u.Weight == 0 {
			continue
		}
		h := 1.0
		if f := u.Judge - s.judgeLabelled; beta != 0 {
			h += f * f / s.labelledJudgeVariance
		}
		of[u.Cluster] += u.Weight / s.weight * h
	}
	return of
}

// variance sums the squares of each cluster's part of the estimator's error. If all units
// were drawn alike, labelled and unlabelled units are two samples, each about its own mean.
func (s *powered) variance(beta float64) parts {
	n, all := float64(s.labelled), float64(len(s.units))
	labelledShift, otherShift := 0.0, 0.0
	if s.equal && n < all {
		// the mean of f - s.judge on labelled and on unlabelled units
		labelledShift = s.judgeLabelled - s.judge
		otherShift = -labelledShift * n / (all - n)
	}
	tilt := 0.0 // of the g-weights
	if beta != 0 {
		tilt = (s.judge - s.judgeLabelled) / s.labelledJudgeVariance
	}
	labelled, others := newDeviations[uint32](2*s.labelled), newDeviations[uint32](0)
	if beta != 0 {
		others = newDeviations[uint32](len(s.units))
	}
	var labels deviations[uint32]
	var pairs deviations[uint64]
	for i := range s.units {
		u := &s.units[i]
		if beta == 0 && u.Weight == 0 {
			continue
		}
		shift := otherShift
		if u.Weight > 0 {
			shift = labelledShift
		}
		d := beta * (u.Judge - s.judge - shift) / all
		if u.Weight > 0 {
			f := u.Judge - s.judgeLabelled
			w := u.Weight / s.weight * (1 + tilt*f)
			rest := d - w*(s.labels+beta*f)
			d = rest + w*u.label()
			if s.severalLabelers {
				for _, l := range u.Labels {
					x := w*l.Value + l.Share*rest
					labels.add(l.Labeler, x)
					pairs.add(uint64(u.Cluster)<<32|uint64(l.Labeler), x)
				}
			}
		}
		if s.beside[i] {
			labelled.add(u.Cluster, d)
		} else {
			others.add(u.Cluster, d)
		}
	}
	sums, apart := labelled.sums(), others.sums()
	v := parts{labels: sumOfSquares(sums), groups: s.clusters, labelers: math.MaxInt, others: len(apart)}
	v.judge, _ = variance(apart)
	v.evidence = evidence(v.labels, sumOfFourths(sums), s.clusters)
	v.squares, v.third = v.labels+sumOfSquares(apart), sumOfCubes(sums)+sumOfCubes(apart)
	leverages := s.leverages(beta)
	for i, g := range labelled.order() {
		v.levered += sums[i] * sums[i] / max(1-leverages[g], 1/float64(s.clusters))
	}
	if s.severalLabelers {
		byLabeler, g := clusterVariance(labels.values, labels.keys)
		byPair, _ := clusterVariance(pairs.values, pairs.keys)
		levered := v.levered
		if v.labels > 0 {
			levered /= v.labels
		}
		v.labels = max(v.labels, byLabeler, v.labels+byLabeler-byPair)
		v.levered = v.labels * levered
		v.labelers = g
	}
	return v
}

// deviations are parts of an estimator's error, each with the key of its cluster.
type deviations[K cmp.Ordered] struct {
	keys   []K
	values []float64
}

func newDeviations[K cmp.Ordered](capacity int) deviations[K] {
	return deviations[K]{make([]K, 0, capacity), make([]float64, 0, capacity)}
}

func (d *deviations[K]) add(key K, x float64) {
	d.keys, d.values = append(d.keys, key), append(d.values, x)
}

func (d *deviations[K]) sums() []float64 { return sumsBy(d.values, d.keys) }

// order lists the keys as sums does.
func (d *deviations[K]) order() (keys []K) {
	if slices.IsSorted(d.keys) {
		return slices.Compact(slices.Clone(d.keys))
	}
	seen := map[K]bool{}
	for _, k := range d.keys {
		if !seen[k] {
			seen[k], keys = true, append(keys, k)
		}
	}
	return keys
}

func sumOfCubes(xs []float64) (v float64) {
	for _, x := range xs {
		v += x * x * x
	}
	return v
}

func sumOfFourths(xs []float64) (v float64) {
	for _, x := range xs {
		v += x * x * x * x
	}
	return v
}
