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
	seen := worstCase{difference: r.Difference, spread: p.spread(), n: p.N, clusters: p.Clusters}
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
	case p.Method == MethodWholeRange || seen.spread == 0 || labelers:
		return fmt.Sprintf("more than %d", seen.n)
	}
	level := Alpha
	if gap < 0 {
		level = g.regressLevel
	}
	each := float64(seen.n) / float64(seen.clusters) // examples a cluster
	clusters := clustersNeeded(seen.spread*math.Sqrt(float64(seen.clusters)), gap, level)
	needed := int(math.Ceil(float64(clusters) * each))
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

// clustersNeeded is the n at which a t test with tail alpha finds an effect with [Power],
// when one cluster's difference has standard deviation sd; mostPairs+1 where there is no
// such n up to mostPairs.
func clustersNeeded(sd, effect, alpha float64) int {
	n, err := stats.NeededN(sd, effect, alpha, Power)
	if err != nil || n > mostPairs {
		return mostPairs + 1
	}
	for n < 200 { // Student's quantile is larger than the normal one that n came from
		_, t := stats.StudentBounds(0, 1, float64(n-1), alpha)
		ratio := (t + stats.NormalQuantile(Power)) * sd / effect
		if float64(n) >= ratio*ratio {
			break
		}
		n++
	}
	return n
}
