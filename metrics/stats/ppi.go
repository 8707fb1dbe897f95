package stats

import (
	"cmp"
	"errors"
	"fmt"
	"math"
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
	// Lambda is PPI++'s weight of the judge: 0 ignores it.
	Lambda float64
	// Correlation is that of labels and judge on the labelled units.
	Correlation float64
	Labelled    int // units with a label
	Judged      int // all units
	Clusters    int // with a labelled unit
	// FromLabels and FromJudge are the two parts of the variance: of the labels minus
	// lambda times the judge, and of the judge on the unlabelled units.
	FromLabels, FromJudge float64
	// Plain is FromLabels without its factor and its pull.
	Plain float64
	// LabelMean, LabelSE and LabelDF are what the labels say without the judge.
	LabelMean, LabelSE, LabelDF float64
}

// ErrFewLabelled says that there are too few labelled clusters for any variance.
var ErrFewLabelled = errors.New("fewer than 3 clusters have a label")

// judgeEvidence is the weight, in the unit of [Spread.Evidence], of the assumption that the
// judge is of no use. Simulations chose it.
const judgeEvidence = 0.1

// PredictionPowered computes PPI++ for a mean (Angelopoulos, Duchi and Zrnic 2023, arXiv
// 2311.01453),
//
//	mean(Y) - lambda (mean of f on labelled units - mean of f on unlabelled units)
//	lambda = Cov(Y, f) / ((1 + n/N) Var f)
//
// for labels Y and judge f, with n labelled and N unlabelled units. Means over labelled
// units are weighted by 1/probability and divided by the sum of the weights (Hajek 1971).
// Hajek's form doesn't change if all labels are shifted, and needs no population size;
// Horvitz and Thompson's does both. The computation uses the same estimator in the form
//
//	mean(Y) - beta (mean of f on labelled units - mean of f on all units)
//
// with beta = lambda (1 + n/N), which also holds for unequal probabilities, where the
// unlabelled units alone are no fair sample. Lambda is not clipped: a judge on another scale
// than the labels may need a lambda above 1, and the estimator is valid for any lambda.
//
// Units of a cluster may be correlated in any way. So may labels of one labeler, if there are
// several labelers: then the labels' part of the variance is that of [ClusteredTwoWay].
//
// The labels' part has the factor G/(G-2) for G labelled clusters, since lambda is estimated
// too. A few labels on which judge and people happen to agree would give a variance near 0.
// So it is pulled towards that of the labels alone, the more the fewer units disagree; see
// [Spread]. DF follows Satterthwaite (1946, Biometrics Bulletin 2:110).
//
// It panics if a label's weight is below 1.
func PredictionPowered(units []Unit) (PPI, error) {
	s := newPowered(units)
	if s.clusters < 3 {
		return PPI{}, ErrFewLabelled
	}
	n, all := float64(s.labelled), float64(len(units))
	p := PPI{Labelled: s.labelled, Judged: len(units), Clusters: s.clusters, LabelMean: s.labels}
	beta := 0.0
	if s.judgeVariance > 0 && s.labelled < len(units) {
		beta = s.covariance / s.judgeVariance
	}
	if d := s.labelVariance * s.labelledJudgeVariance; d > 0 {
		p.Correlation = s.covariance / math.Sqrt(d)
	}
	p.Lambda = beta * (1 - n/all)
	p.Mean = s.labels - beta*(s.judgeLabelled-s.judge)
	alone := s.variance(0)
	p.LabelSE, p.LabelDF = math.Sqrt(alone.labels*alone.factor(1)), alone.df(1)
	v := s.variance(beta)
	p.Plain, p.FromJudge = v.labels, v.judge
	p.FromLabels = v.labels * v.factor(2)
	if pull := p.LabelSE * p.LabelSE; p.FromLabels < pull && beta != 0 {
		p.FromLabels = (v.evidence*p.FromLabels + judgeEvidence*pull) / (v.evidence + judgeEvidence)
	}
	p.SE = math.Sqrt(p.FromLabels + p.FromJudge)
	p.DF = v.df(2)
	if total := p.SE * p.SE; total > 0 && v.others > 1 {
		p.DF = total * total / (p.FromLabels*p.FromLabels/v.df(2) + p.FromJudge*p.FromJudge/float64(v.others-1))
	}
	return p, nil
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
	hasLabel                                         map[uint32]bool
	severalLabelers                                  bool
}

func newPowered(units []Unit) *powered {
	s := &powered{units: units, equal: true, hasLabel: map[uint32]bool{}}
	first := 0.0
	labelers := map[uint32]bool{}
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
		s.hasLabel[u.Cluster] = true
		s.weight += u.Weight
		s.labels += u.Weight * u.label()
		s.judgeLabelled += u.Weight * u.Judge
		for _, l := range u.Labels {
			labelers[l.Labeler] = true
		}
	}
	s.clusters, s.severalLabelers = len(s.hasLabel), len(labelers) > 1
	s.labels /= s.weight
	s.judgeLabelled /= s.weight
	for i := range units {
		u := &units[i]
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

// parts are the two parts of a variance, before the factors of small samples.
type parts struct {
	labels, judge float64
	groups        int // labelled clusters
	labelers      int // the largest int for one labeler
	others        int // clusters without a label
	evidence      float64
}

// factor is G/(G-k) for k estimated numbers.
func (v *parts) factor(k int) float64 { return float64(v.groups) / max(1, float64(v.groups-k)) }

func (v *parts) df(k int) float64 { return float64(max(1, min(v.groups-k, v.labelers-1))) }

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
	var labelled, others, labels deviations[uint32]
	var pairs deviations[uint64]
	for i := range s.units {
		u := &s.units[i]
		shift := otherShift
		if u.Weight > 0 {
			shift = labelledShift
		}
		d := beta * (u.Judge - s.judge - shift) / all
		if w := u.Weight / s.weight; u.Weight > 0 {
			rest := d - w*(s.labels+beta*(u.Judge-s.judgeLabelled))
			d = rest + w*u.label()
			for _, l := range u.Labels {
				x := w*l.Value + l.Share*rest
				labels.add(l.Labeler, x)
				pairs.add(uint64(u.Cluster)<<32|uint64(l.Labeler), x)
			}
		}
		if s.hasLabel[u.Cluster] {
			labelled.add(u.Cluster, d)
		} else {
			others.add(u.Cluster, d)
		}
	}
	sums, apart := labelled.sums(), others.sums()
	v := parts{labels: sumOfSquares(sums), groups: s.clusters, labelers: math.MaxInt, others: len(apart)}
	v.judge, _ = variance(apart)
	v.evidence = evidence(v.labels, sumOfFourths(sums), s.clusters)
	if s.severalLabelers {
		byLabeler, g := clusterVariance(labels.values, labels.keys)
		byPair, _ := clusterVariance(pairs.values, pairs.keys)
		v.labels = max(v.labels, byLabeler, v.labels+byLabeler-byPair)
		v.labelers = g
	}
	return v
}

// deviations are parts of an estimator's error, each with the key of its cluster.
type deviations[K cmp.Ordered] struct {
	keys   []K
	values []float64
}

func (d *deviations[K]) add(key K, x float64) {
	d.keys, d.values = append(d.keys, key), append(d.values, x)
}

func (d *deviations[K]) sums() []float64 { return sumsBy(d.values, d.keys) }

func sumOfFourths(xs []float64) (v float64) {
	for _, x := range xs {
		v += x * x * x * x
	}
	return v
}
