package infer

import (
	"fmt"
	"math"

	"assay/metrics"
	"assay/metrics/stats"
)

// Two one-sided tests (TOST) show that two models are equivalent within a margin: the
// difference is above -margin and below margin, each at one-sided 5%. So the interval at 90%
// is within the margins.

// equivalent sets the smallest margin within which the two sides are equivalent.
func (p *Paired) equivalent() {
	if p.bounds == nil {
		return
	}
	lower, upper := p.bounds(Alpha)
	p.EquivalentWithin = max(-lower, upper)
}

// EquivalenceP is the p-value of two one-sided tests of equivalence within a margin, the
// larger of the two: H0 is that the difference is at most -margin, or at least margin. It is
// 1 if nothing could be paired.
func (p *Paired) EquivalenceP(margin float64) float64 {
	if p.bounds == nil {
		return 1
	}
	above := stats.OneSidedP(p.lower, -margin)
	below := stats.OneSidedP(func(alpha float64) float64 { return -p.upper(alpha) }, -margin)
	return max(above, below)
}

// differsP is the p-value of the test that the difference is beyond the margin on either
// side: twice the smaller one-sided p.
func (g *Gate) differsP() float64 {
	above := stats.OneSidedP(g.lower, g.Margin)
	return min(1, 2*min(above, g.belowP(g.Margin)))
}

// decideEquivalent decides a gate of equivalence.
func (g *Gate) decideEquivalent(r *metrics.GateResult, left leftOut) {
	b := r.GateBounds
	b.Upper, b.Level = g.upper(Alpha), Alpha
	p := g.Paired.EquivalenceP(g.Margin)
	b.P = &p
	blocked := g.blockedEquivalence(left, b)
	inside := b.Lower > -g.Margin && b.Upper < g.Margin
	level := g.regressLevel / 2
	beyond := level > 0 && (g.lower(level) > g.Margin || g.upper(level) < -g.Margin)
	switch {
	case inside && blocked == "":
		r.Verdict = metrics.Pass
	case inside:
		r.Verdict, r.Reason = metrics.Inconclusive, blocked
	case beyond:
		r.Verdict = metrics.Differs
		b.Lower, b.Upper, b.Level = g.lower(level), g.upper(level), level
	default:
		r.Verdict = metrics.Inconclusive
	}
	if r.Reason == "" && left.pairs > 0 {
		r.Reason = pairsOf(left.pairs) + " unscored on at least one side"
		if g.Unscored == metrics.UnscoredIgnored {
			r.Reason += ": ignored, as the gate says"
		}
		if b.Worst != nil {
			r.Reason += fmt.Sprintf("; with the worst and the best possible scores the bounds are %.3g and %.3g", *b.Worst, *b.Best)
		}
	}
	r.Needed = g.decidesEquivalence(r, inside)
}

// blockedEquivalence says why pairs without a value stop a pass, or returns "". It fills in
// the bounds with them at their worst and at their best.
func (g *Gate) blockedEquivalence(left leftOut, b *metrics.GateBounds) string {
	switch {
	case left.pairs == 0:
		return ""
	case !g.Paired.metric.Bounded():
		if g.Unscored == metrics.UnscoredIgnored {
			return ""
		}
		return pairsOf(left.pairs) + " unscored on at least one side, and the metric has no range to bound them"
	}
	worst, best := g.Paired.worst(), g.Paired.best()
	b.Worst, b.Best = &worst.bound, &best.bound
	if worst.bound > -g.Margin && best.bound < g.Margin || g.Unscored == metrics.UnscoredIgnored {
		return ""
	}
	return fmt.Sprintf("%s unscored on at least one side; with the worst and the best possible scores the bounds are %.3g and %.3g, not within %.3g", pairsOf(left.pairs), worst.bound, best.bound, g.Margin)
}

// decidesEquivalence is [Gate.decides] for a gate of equivalence; inside says that both
// bounds are within the margin.
func (g *Gate) decidesEquivalence(r *metrics.GateResult, inside bool) string {
	p := &g.Paired
	if inside && r.Verdict != metrics.Pass {
		return "none: the unscored answers decide, not n"
	}
	d := r.Difference
	if math.Abs(math.Abs(d)-g.Margin) <= 1e-9*g.Margin {
		return "none: the difference is at the margin"
	}
	seen := worstCase{difference: d, se: p.SE, n: p.N, clusters: p.Clusters, sized: p.sized}
	sd := seen.se * math.Sqrt(float64(seen.clusters))
	bounds := seen.sized
	if bounds == nil {
		bounds = sizedT(sd)
	}
	decides := func(n int) bool {
		return equivalencePower(p.metric, bounds, n, d, sd, g.Margin, g.regressLevel/2) >= Power
	}
	decided := r.Verdict == metrics.Pass || r.Verdict == metrics.Differs
	return p.needed(&seen, decided, func() int { return leastClusters(decides) })
}

// equivalencePower is the probability that a study of n clusters decides, if the turned
// difference is d and a cluster's standard deviation sd: that both bounds are within the
// margin if d is, else that the bound next to the margin is beyond it at level.
func equivalencePower(m *metrics.Metric, bounds sized, n int, d, sd, margin, level float64) float64 {
	se := sd / math.Sqrt(float64(n))
	turned := func(at, alpha float64) (lower, upper float64) {
		lower, upper = bounds(n, m.Turn(at), alpha)
		if m.Direction == metrics.LowerIsBetter {
			lower, upper = -upper, -lower
		}
		return lower, upper
	}
	if math.Abs(d) > margin {
		d = math.Abs(d) // both sides are alike
		lower, _ := turned(d, level)
		return below(lower-margin, se)
	}
	// The distances of the bounds are those at the margins, where they decide.
	_, upper := turned(margin, Alpha)
	lower, _ := turned(-margin, Alpha)
	highest, lowest := margin-(upper-margin), -margin+(-margin-lower)
	if highest <= lowest {
		return 0
	}
	return below(highest-d, se) - below(lowest-d, se)
}

// below is the probability that a normal error of standard deviation se is below x.
func below(x, se float64) float64 {
	if se == 0 {
		if x >= 0 {
			return 1
		}
		return 0
	}
	return math.Erfc(-x/se/math.Sqrt2) / 2
}
