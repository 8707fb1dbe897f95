package infer

import (
	"fmt"
	"math"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/stats"
)

// Gate is a gate with its comparison.
type Gate struct {
	metrics.Gate
	Paired Paired

	worst        worstCase // set where pairs have no value and the metric has a range
	regressLevel float64
}

// Decide decides a family of gates by non-inferiority. With d the difference, its sign
// set so that up is better, and m a gate's margin, the verdict is the first that
// applies:
//
//	pass          d's lower bound is above -m, at one-sided 5%
//	regress       d's upper bound is below -m, at the gate's level
//	loss          d's upper bound is below 0, at the gate's level
//	inconclusive  none of these
//
// Holm's step-down over the gates gives each gate two levels, one for regress and one
// for loss. A pass needs no adjustment: a release needs all gates to pass, and the
// chance that all pass wrongly is at most that of one (Berger 1982, Technometrics
// 24:295).
//
// A gate of equivalence passes if d is above -m and below m, each at one-sided 5%: two
// one-sided tests. Its other verdicts are "differs", if a difference beyond the margin is
// certain on either side at the gate's level, and inconclusive.
//
// A pass must also hold with every unscored pair at its worst, unless the gate ignores
// them; see worstcase.go. Otherwise the gate is inconclusive.
func Decide(gates []Gate) []metrics.GateResult {
	regress := levels(gates, func(g *Gate) float64 {
		if g.Equivalent {
			return g.differsP()
		}
		return g.belowP(g.Margin)
	})
	loss := levels(gates, func(g *Gate) float64 {
		if g.Equivalent {
			return math.NaN()
		}
		return g.belowP(0)
	})
	results := make([]metrics.GateResult, len(gates))
	for i := range gates {
		g := gates[i]
		results[i] = g.decide(regress[i], loss[i])
	}
	return results
}

// belowP is the p-value of the test that d is below minus a limit.
func (g *Gate) belowP(limit float64) float64 {
	return stats.OneSidedP(func(alpha float64) float64 { return -g.upper(alpha) }, limit)
}

// levels returns Holm's levels for tests of the gates, by their p-values. A gate without
// pairs, or whose p is NaN, is not a test and has level 0.
func levels(gates []Gate, pOf func(*Gate) float64) []float64 {
	var p []float64
	var of []int
	for i := range gates {
		if g := &gates[i]; g.Paired.Interval != nil {
			if one := pOf(g); !math.IsNaN(one) {
				p, of = append(p, one), append(of, i)
			}
		}
	}
	out := make([]float64, len(gates))
	for k, level := range stats.HolmLevels(p, Alpha) {
		out[of[k]] = level
	}
	return out
}

// decide returns the verdict at the gate's levels within the family.
func (g *Gate) decide(regress, loss float64) metrics.GateResult {
	g.regressLevel = regress
	p := &g.Paired
	r := metrics.GateResult{Gate: g.Gate, Baseline: p.Baseline, Model: p.Model, N: p.N}
	left := p.leftOut()
	if p.Interval == nil && p.without != "" { // the examples are there, but they decide nothing
		r.Verdict, r.Reason = metrics.Inconclusive, p.without
		return r
	}
	if p.Interval == nil {
		r.Verdict, r.Reason = metrics.NotAttempted, "nothing could be paired"
		return r
	}
	b := &metrics.GateBounds{Difference: p.metric.Turn(p.Point), Lower: g.lower(Alpha), Open: left.pairs}
	r.GateBounds = b
	if g.Equivalent {
		g.decideEquivalent(&r, left)
		g.sayAlone(&r, left)
		return r
	}
	blocked := g.blocked(left, b)
	b.Upper, b.Level = g.upper(loss), loss
	switch upper := g.upper(regress); {
	case b.Lower > -g.Margin && blocked == "":
		r.Verdict, r.Within = metrics.Pass, b.Upper < 0
	case b.Lower > -g.Margin:
		r.Verdict, r.Reason = metrics.Inconclusive, blocked
	case upper < -g.Margin:
		r.Verdict, b.Upper, b.Level = metrics.Regress, upper, regress
	case b.Upper < 0:
		r.Verdict = metrics.Loss
	default:
		r.Verdict = metrics.Inconclusive
	}
	if r.Reason == "" {
		r.Reason = g.left(left, b)
	}
	g.sayAlone(&r, left)
	r.Needed = g.decides(&r)
	return r
}

// sayAlone adds to the reason which examples only one side has.
func (g *Gate) sayAlone(r *metrics.GateResult, left leftOut) {
	if a := left.alone; a != [2]int{} {
		alone := fmt.Sprintf("left out: %s that only the baseline has, %d that only the model has", plural.Of(a[0], "example"), a[1])
		r.Reason = strings.TrimPrefix(r.Reason+"; "+alone, "; ")
	}
}

// blocked says why pairs without a value stop a pass, or returns "". It fills in the
// lower bound with them at their worst.
func (g *Gate) blocked(left leftOut, b *metrics.GateBounds) string {
	p := &g.Paired
	if p.controlled && p.skipped > 0 && g.Unscored != metrics.UnscoredIgnored {
		return fmt.Sprintf("preferences without a value: %d; a length-controlled win rate has no worst case for them, and leaving them out could decide", p.skipped)
	}
	if p.skipped > 0 && g.Unscored != metrics.UnscoredIgnored {
		return fmt.Sprintf("labels without a value: %d; their answers were drawn, and leaving them out could decide", p.skipped)
	}
	if left.pairs == 0 {
		return ""
	}
	if !p.metric.Bounded() {
		if left.more <= 0 || g.Unscored == metrics.UnscoredIgnored {
			return ""
		}
		return fmt.Sprintf("the model has %s than the baseline, and the metric has no range to bound them", plural.Of(left.more, "more unscored answer"))
	}
	g.worst = p.worst()
	b.Worst = &g.worst.bound
	if g.worst.bound > -g.Margin || g.Unscored == metrics.UnscoredIgnored {
		return ""
	}
	return fmt.Sprintf("%s unscored on at least one side; with the worst possible scores the lower bound is %.3g, not above %.3g", pairsOf(left.pairs), g.worst.bound, -g.Margin)
}

// left says what a gate leaves out, where that doesn't decide the verdict.
func (g *Gate) left(left leftOut, b *metrics.GateBounds) string {
	if left.pairs == 0 {
		return ""
	}
	text := pairsOf(left.pairs) + " unscored on at least one side"
	switch {
	case g.Unscored != metrics.UnscoredIgnored && b.Worst == nil:
		return text + ": left out"
	case g.Unscored != metrics.UnscoredIgnored:
		return fmt.Sprintf("%s; with the worst possible scores the lower bound is %.3g", text, *b.Worst)
	case b.Worst == nil:
		return text + ": ignored, as the gate says"
	}
	text += fmt.Sprintf(": ignored, as the gate says; with the worst possible scores the lower bound is %.3g", *b.Worst)
	if b.Lower > -g.Margin && !(*b.Worst > -g.Margin) {
		text += ", which would not pass"
	}
	return text
}

func pairsOf(n int) string {
	if n == 1 {
		return "1 pair"
	}
	return plural.Of(n, "pair")
}

// lower and upper are the bounds of the turned difference.
func (g *Gate) lower(alpha float64) float64 { lo, _ := g.Paired.turned(alpha); return lo }
func (g *Gate) upper(alpha float64) float64 { _, hi := g.Paired.turned(alpha); return hi }

// turned returns the bounds, each one-sided at alpha, of the difference with its sign
// set so that up is better.
func (p *Paired) turned(alpha float64) (lower, upper float64) {
	lo, hi := p.bounds(alpha)
	if p.metric.Direction == metrics.LowerIsBetter {
		return -hi, -lo
	}
	return lo, hi
}
