package stats

import (
	"errors"
	"fmt"
	"math"

	"assay/harness/leaf/plural"
)

// Corrected is the share of answers that people would call yes, from a judge's share of yes and
// its errors on labelled answers.
type Corrected struct {
	Share, Lo, Hi            float64
	Sensitivity, Specificity float64 // on the labelled units
}

// Errors of a judge whose errors can't be corrected.
var (
	errNoYes = errors.New("no label is yes, so the judge's sensitivity is unknown")
	errNoNo  = errors.New("no label is no, so the judge's specificity is unknown")
)

// RoganGladen corrects a judge's share of yes, p (Rogan and Gladen 1978, American J. Epidemiology
// 107:71):
//
//	share = (p + specificity - 1) / (sensitivity + specificity - 1)
//
// p is of all units. Sensitivity and specificity are of the labelled units, by their weights. A yes is 1
// and a no is 0, so that Value of a label is its Share or 0. If people disagree on a unit, it counts in both
// by their shares.
//
// The interval holds each x that a test at alpha on both sides doesn't reject (Fieller 1954, J. Royal
// Statistical Society B 16:175), with M, the mean of the judge's values less what x makes of it:
//
//	M(x) = p + specificity - 1 - x (sensitivity + specificity - 1)
//	M(x)^2 <= t^2 Var M(x)
//
// The variance has all three errors. It is that of sums over clusters and, with several labelers,
// that of [ClusteredTwoWay]; DF is as in [PredictionPowered]. As in Lang and Reiczigel (2014, Preventive
// Veterinary Medicine 113:13), one right and one wrong answer are added to the labelled yes and to the
// labelled no, so that few labels without an error don't have a variance of 0. If few labels are yes, or
// few are no, the interval covers more than its alpha says.
//
// It returns an error if too few clusters have a label, if all labels are equal, if sensitivity +
// specificity - 1 is not above 0 by the same test, and if all x are outside 0 to 1.
func RoganGladen(units []Unit, alpha float64) (Corrected, error) {
	e := newJudgeErrors(units)
	switch {
	case e.clusters < 3:
		return Corrected{}, ErrFewLabelled
	case e.yes == 0:
		return Corrected{}, errNoYes
	case e.no == 0:
		return Corrected{}, errNoNo
	}
	c := Corrected{Sensitivity: e.yesRight / e.yes, Specificity: e.noRight / e.no}
	c.Share = min(max((e.judge+c.Specificity-1)/(c.Sensitivity+c.Specificity-1), 0), 1)
	sensitivity, specificity := (e.yesRight+e.weight)/(e.yes+2*e.weight), (e.noRight+e.weight)/(e.no+2*e.weight)
	above, better := e.judge+specificity-1, sensitivity+specificity-1
	df := float64(max(1, min(e.clusters-2, e.labelers-1)))
	t := studentUpper(alpha, df)
	c.Lo, c.Hi = math.Inf(1), math.Inf(-1)
	for _, v := range e.variances(sensitivity, specificity) {
		if root := above / better; v.at(root) < 0 {
			continue // the two-way variance, which another one replaces
		}
		m := quadratic{above * above, -2 * above * better, better * better}.plus(v, -t*t)
		if better <= 0 || m[2] <= 0 {
			return Corrected{}, e.unclear(&c)
		}
		half := math.Sqrt(max(m[1]*m[1]-4*m[2]*m[0], 0))
		c.Lo, c.Hi = min(c.Lo, (-m[1]-half)/(2*m[2])), max(c.Hi, (-m[1]+half)/(2*m[2]))
	}
	if c.Hi < 0 || c.Lo > 1 {
		return Corrected{}, fmt.Errorf("the judge says yes to %.3f of all answers, and its errors on the labelled ones allow no less than %.3f and no more than %.3f; were the labelled answers drawn at random?", e.judge, 1-specificity, sensitivity)
	}
	c.Lo, c.Hi = min(max(c.Lo, 0), c.Share), max(min(c.Hi, 1), c.Share)
	return c, nil
}

// unclear refuses a judge whose yes people's labels don't tell from its no.
func (e *judgeErrors) unclear(c *Corrected) error {
	with := "labels of " + plural.Of(e.clusters, "cluster")
	if e.labelers < math.MaxInt {
		with += " by " + plural.Of(e.labelers, "labeler")
	}
	return fmt.Errorf("with %s, sensitivity %.2f + specificity %.2f - 1 is not clearly above 0", with, c.Sensitivity, c.Specificity)
}

// judgeErrors are the sums behind a judge's sensitivity and specificity.
type judgeErrors struct {
	units             []Unit
	judge             float64 // mean of all units
	weight            float64 // mean of a labelled unit
	yes, no           float64 // sums of weights of the labels
	yesRight, noRight float64 // of these, where the judge agrees
	clusters          int     // with a labelled unit
	labelers          int     // the largest int for one labeler
}

func newJudgeErrors(units []Unit) *judgeErrors {
	e := &judgeErrors{units: units, labelers: math.MaxInt}
	clusters, labelers := map[uint32]bool{}, map[uint32]bool{}
	labelled := 0.0
	for i := range units {
		u := &units[i]
		e.judge += u.Judge / float64(len(units))
		if u.Weight == 0 {
			continue
		}
		yes := u.label()
		e.yes += u.Weight * yes
		e.no += u.Weight * (1 - yes)
		e.yesRight += u.Weight * yes * u.Judge
		e.noRight += u.Weight * (1 - yes) * (1 - u.Judge)
		e.weight += u.Weight
		labelled++
		clusters[u.Cluster] = true
		for _, l := range u.Labels {
			labelers[l.Labeler] = true
		}
	}
	e.weight /= labelled
	if e.clusters = len(clusters); len(labelers) > 1 {
		e.labelers = len(labelers)
	}
	return e
}

// quadratic has the coefficients of 1, x and x^2.
type quadratic [3]float64

func (q quadratic) at(x float64) float64 { return q[0] + x*(q[1]+x*q[2]) }

func (q quadratic) plus(r quadratic, times float64) quadratic {
	return quadratic{q[0] + times*r[0], q[1] + times*r[1], q[2] + times*r[2]}
}

// lines are deviations a + b x, each with the key of its cluster.
type lines[K uint32 | uint64] struct {
	keys []K
	a, b []float64
}

func (l *lines[K]) add(key K, a, b float64) {
	l.keys, l.a, l.b = append(l.keys, key), append(l.a, a), append(l.b, b)
}

// squares sums the squares of the clusters' sums, times groups/(groups-1).
func (l *lines[K]) squares(groups int) (q quadratic) {
	factor := float64(groups) / float64(groups-1)
	b := sumsBy(l.b, l.keys)
	for i, a := range sumsBy(l.a, l.keys) {
		q = q.plus(quadratic{a * a, 2 * a * b[i], b[i] * b[i]}, factor)
	}
	return q
}

// variances are those of M(x): by cluster and, with several labelers, by labeler and by both. The largest
// one counts.
func (e *judgeErrors) variances(sensitivity, specificity float64) []quadratic {
	yes, no := e.yes+2*e.weight, e.no+2*e.weight
	var byCluster, byLabeler lines[uint32]
	var byPair lines[uint64]
	pairs := map[uint64]bool{}
	for i := range e.units {
		u := &e.units[i]
		byCluster.add(u.Cluster, (u.Judge-e.judge)/float64(len(e.units)), 0)
		for _, l := range u.Labels {
			ofYes := u.Weight * l.Value * (u.Judge - sensitivity) / yes
			ofNo := u.Weight * (l.Share - l.Value) * (1 - u.Judge - specificity) / no
			byCluster.add(u.Cluster, ofNo, -ofYes-ofNo)
			if e.labelers < math.MaxInt {
				pair := uint64(u.Cluster)<<32 | uint64(l.Labeler)
				byLabeler.add(l.Labeler, ofNo, -ofYes-ofNo)
				byPair.add(pair, ofNo, -ofYes-ofNo)
				pairs[pair] = true
			}
		}
	}
	var added quadratic // four answers, each a cluster of its own
	for _, x := range []float64{1 - sensitivity, sensitivity} {
		d := e.weight * x / yes
		added = added.plus(quadratic{0, 0, d * d}, 1)
	}
	for _, x := range []float64{1 - specificity, specificity} {
		d := e.weight * x / no
		added = added.plus(quadratic{d * d, -2 * d * d, d * d}, 1)
	}
	all := byCluster.squares(e.clusters).plus(added, 1)
	if e.labelers == math.MaxInt {
		return []quadratic{all}
	}
	labelers := byLabeler.squares(e.labelers)
	return []quadratic{all, labelers.plus(added, 1), all.plus(labelers, 1).plus(byPair.squares(len(pairs)), -1)}
}
