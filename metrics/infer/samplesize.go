package infer

import (
	"fmt"
	"math"
	"strconv"

	"assay/metrics"
	"assay/metrics/stats"
)

// mostPairs is the largest n that a gate reports as needed.
const mostPairs = 10_000_000

// decides returns the number of examples at which a gate would pass or regress with 80%
// power, if the true difference and spread were the observed ones. A gate that has passed
// or regressed needs at most its own n; an undecided gate needs more.
func (g *Gate) decides(r *metrics.GateResult) string {
	p := &g.Paired
	seen := worstCase{difference: r.Difference, se: p.SE, n: p.N, clusters: p.Clusters, sized: p.sized}
	if r.Verdict == metrics.Inconclusive && r.Lower > -g.Margin { // unscored pairs stop the pass
		if r.Worst == nil {
			return "none: the unscored answers decide, not n"
		}
		seen = g.worst
		if !(seen.difference > -g.Margin) {
			return "none: with this share unscored, the worst case is beyond the margin"
		}
	}
	decided := r.Verdict == metrics.Pass || r.Verdict == metrics.Regress
	gap := seen.difference + g.Margin
	if math.Abs(gap) <= 1e-9*max(g.Margin, math.Abs(seen.difference)) {
		return "none: the difference is at the margin"
	}
	level := Alpha
	if gap < 0 {
		level = g.regressLevel
	}
	return p.needed(&seen, decided, func() int { return g.clustersNeeded(&seen, gap, level) })
}

// needed writes a number of clusters as one of examples. A gate that has decided needs at
// most its own n, others need more. Where errors are clustered by labeler too, the number for
// a decided gate is unknown, and "".
func (p *Paired) needed(seen *worstCase, decided bool, clusters func() int) string {
	labelers := p.labelers || p.first != nil && (p.first.severalLabelers() || p.second.severalLabelers()) // more examples don't reduce the labelers' error
	switch {
	case decided && labelers:
		return ""
	case p.Method == MethodWholeRange || labelers:
		return fmt.Sprintf("more than %d", seen.n)
	}
	each := float64(seen.n) / float64(seen.clusters) // examples per cluster
	needed := int(math.Ceil(float64(clusters()) * each))
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

// clustersNeeded is the number of clusters at which the deciding bound is beyond minus the
// margin with 80% power: the observed difference is moved towards the margin by the error
// that 80% of studies stay within. It is a t test where the comparison is. The result is
// mostPairs+1 where no n up to mostPairs is enough.
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
	return leastClusters(decides)
}

// leastClusters is the smallest number of clusters from which on a study decides;
// mostPairs+1 if none up to mostPairs does.
func leastClusters(decides func(n int) bool) int {
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
