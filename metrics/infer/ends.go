package infer

import (
	"fmt"
	"math"
	"slices"

	"assay/metrics"
	"assay/metrics/stats"
)

// A t interval assumes that the mean is normal. Near an end of the range it is not:
// it is skewed, and its standard error is smallest where its error is largest. There
// the interval is Wilson's at the effective number of draws.

// skewed is the squared skewness of a mean at and above which Wilson's interval
// replaces the t interval. At .04, about 25 events of one size, t covers about
// .94.
const skewed = 0.04

// score is Wilson's interval at the effective number of draws. It applies to every
// proportion, and to a bounded mean that is near an end; ok is false for others.
func (col *Column) score(c *clustered, se float64) (metrics.Interval, bool) {
	lower, upper, ok := col.scoreBounds(c, se, tail)
	if !ok {
		return metrics.Interval{}, false
	}
	sums, n := c.total()
	return metrics.Interval{Point: sums[0] / n, SE: se, Lo: lower, Hi: upper}, true
}

// scoreBounds are the bounds of [Column.score], each one-sided at alpha.
func (col *Column) scoreBounds(c *clustered, se, alpha float64) (lower, upper float64, ok bool) {
	if !col.metric.Bounded() {
		return 0, 0, false
	}
	lo, width := col.metric.Lo, col.metric.Hi-col.metric.Lo
	if col.metric.Kind != metrics.Proportion && spreadless(se, len(c.ids), width) {
		return 0, 0, false
	}
	spread, ok := col.spread(c)
	if !ok || col.metric.Kind != metrics.Proportion && spread.Skewness2() < skewed {
		return 0, 0, false
	}
	z := -stats.NormalQuantile(alpha)
	_, t := stats.StudentBounds(0, 1, float64(len(c.ids)-1), alpha)
	slack := spread.C(t, z)
	if !(slack > 0) && spread.Mean > 0 && spread.Mean < 1 { // every cluster has the same mean
		return 0, 0, false
	}
	lower, upper = stats.ScoreBounds(spread.Mean, max(slack, math.SmallestNonzeroFloat64))
	if spread.Mean == 0 || spread.Mean == 1 { // draws that never differ count as one
		lower, upper = stats.ScoreBounds(spread.Mean, z*z/float64(len(c.ids)))
	}
	return lo + width*lower, lo + width*upper, true
}

// spread is the column's on the scale of 0 to 1. ok is false where a value is out
// of the metric's range.
func (col *Column) spread(c *clustered) (stats.Spread, bool) {
	lo, width := col.metric.Lo, col.metric.Hi-col.metric.Lo
	values, sums := col.stats, c.sums
	if lo != 0 || width != 1 {
		values, sums = make([]float64, len(col.stats)), make([]float64, len(c.sums))
		for i, x := range col.stats {
			values[i] = (x - lo) / width
		}
		for i, x := range c.sums {
			sums[i] = (x - lo*c.counts[i]) / width
		}
	}
	if slices.ContainsFunc(values, func(x float64) bool { return !(x >= 0 && x <= 1) }) {
		return stats.Spread{}, false
	}
	return stats.NewSpread(values, sums, c.counts), true
}

// fewEvents is the number of clusters with an event below which fewEvents warns.
const fewEvents = 3

// fewEvents warns where very few clusters have seen the rarer outcome.
func (col *Column) fewEvents(c *clustered) []string {
	warnings := fewWarning(len(c.ids), fewClusters, col.unit())
	below, above := 0, 0
	for i, x := range c.sums {
		if x > col.metric.Lo*c.counts[i] {
			above++
		}
		if x < col.metric.Hi*c.counts[i] {
			below++
		}
	}
	if k := min(below, above); k < fewEvents {
		warnings = append(warnings, fmt.Sprintf("fewer than %d %ss lie away from the end of the range, and the interval depends on these few", fewEvents, col.unit()))
	}
	return warnings
}

// score sets Tango's bounds at the effective number of pairs. It applies to every
// proportion with clusters and, with enough examples, to a bounded mean whose
// difference is skewed. ok is false for others, and where labelers are a second way
// of clustering.
func (p *Paired) score(first, second *Column, a, b *clustered) (ok bool) {
	m := p.metric
	several := !a.single() || !b.single()
	if !m.Bounded() || first.severalLabelers() || second.severalLabelers() {
		return false
	}
	width := m.Hi - m.Lo
	_, na := a.total()
	_, nb := b.total()
	n := len(a.ids)
	differences, weights, shares := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		differences[i] = (b.sums[i]/b.counts[i] - a.sums[i]/a.counts[i]) / width
		weights[i] = (b.counts[i]/nb + a.counts[i]/na) / 2
		shares[i] = ((b.sums[i]-p.Second*b.counts[i])/nb - (a.sums[i]-p.First*a.counts[i])/na) / width
		if !(math.Abs(differences[i]) <= 1) {
			return false
		}
	}
	spread := stats.NewPairedSpread(p.Point/width, differences, weights, shares)
	ofDraws := several && m.Kind == metrics.Proportion
	p.sized = sizedScore(spread, n, width, p.SE*math.Sqrt(float64(n)), ofDraws)
	if !ofDraws && (n < fewDraws || spread.Skewness2() < skewed) {
		return false
	}
	p.Method, p.Test = MethodPairedScoreEffective, TestScore
	if several {
		p.Method = byUnit(MethodPairedScoreClustered, p.groups)
	}
	p.bounds = func(alpha float64) (float64, float64) {
		if alpha == 0.5 {
			return p.Point, p.Point
		}
		_, t := stats.StudentBounds(0, 1, float64(n-1), alpha)
		lower, upper := spread.Bounds(t, -stats.NormalQuantile(alpha))
		return width * lower, width * upper
	}
	p.P = spread.P(float64(n - 1))
	return true
}
