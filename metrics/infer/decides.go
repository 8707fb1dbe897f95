package infer

import (
	"fmt"
	"math"
	"strconv"

	"assay/metrics"
	"assay/metrics/stats"
)

// mostPairs is the largest n that a gate is said to need.
const mostPairs = 10_000_000

// decides says at how many examples a gate would pass or regress: with 80% power, were the
// true difference the observed one and its spread what it is. A gate that has passed or
// regressed is decided at its own n, if not before; one that has not needs more.
func (g *Gate) decides(r *metrics.GateResult) string {
	p := &g.Paired
	seen := worstCase{difference: r.Difference, se: p.SE, n: p.N, clusters: p.Clusters, sized: p.sized}
	if r.Verdict == metrics.Inconclusive && r.Lower > -g.Margin { // what has no value stops the pass
		if r.Worst == nil {
			return "none: the unscored answers decide, not n"
		}
		seen = g.worst
		if !(seen.difference > -g.Margin) {
			return "none: with as many unscored, their worst is beyond the margin"
		}
	}
	decided := r.Verdict == metrics.Pass || r.Verdict == metrics.Regress
	gap := seen.difference + g.Margin
	if math.Abs(gap) <= 1e-9*max(g.Margin, math.Abs(seen.difference)) {
		return "none: the difference is at the margin"
	}
	labelers := p.first.severalLabelers() || p.second.severalLabelers() // whose error no n of examples makes less
	switch {
	case decided && labelers:
		return strconv.Itoa(seen.n)
	case p.Method == MethodWholeRange || labelers:
		return fmt.Sprintf("more than %d", seen.n)
	}
	level := Alpha
	if gap < 0 {
		level = g.regressLevel
	}
	each := float64(seen.n) / float64(seen.clusters) // examples a cluster
	needed := int(math.Ceil(float64(g.clustersNeeded(&seen, gap, level)) * each))
	switch {
	case decided:
		return strconv.Itoa(min(needed, seen.n))
	case needed > mostPairs:
		return fmt.Sprintf("more than %d", mostPairs)
	case needed <= seen.n:
		return fmt.Sprintf("more than %d", seen.n)
	}
	return strconv.Itoa(needed)
}

// clustersNeeded is the number of clusters at which the bound that decides is past minus
// the margin although the observed difference is nearer to it than the true one by what 80%
// of studies stay within. Where the comparison is a t test, so is this. It is
// mostPairs+1 where there is no such n up to mostPairs.
func (g *Gate) clustersNeeded(seen *worstCase, gap, level float64) int {
	sd := seen.se * math.Sqrt(float64(seen.clusters))
	bounds := seen.sized
	if bounds == nil {
		bounds = sizedT(sd)
	}
	m := g.Paired.metric
	decides := func(n int) bool {
		point := m.Turn(seen.difference - math.Copysign(stats.NormalQuantile(Power)*sd/math.Sqrt(float64(n)), gap))
		lower, upper := bounds(n, point, level)
		if m.Direction == metrics.LowerIsBetter {
			lower, upper = -upper, -lower
		}
		if gap > 0 {
			return lower > -g.Margin
		}
		return upper < -g.Margin
	}
	few, many := 1, 2 // few doesn't decide, many may
	for !decides(many) {
		if few = many; few > mostPairs {
			return few
		}
		many *= 2
	}
	for many-few > 1 {
		if middle := few + (many-few)/2; decides(middle) {
			many = middle
		} else {
			few = middle
		}
	}
	return many
}
