package infer

import (
	"fmt"

	"assay/metrics"
	"assay/metrics/stats"
)

// Gate is a gate with the comparison that it judges.
type Gate struct {
	metrics.Gate
	Paired Paired
}

// Decide judges a family of gates by non-inferiority. With d the difference
// turned so that up is better: pass where d's lower bound is above -margin, else
// regress where its upper bound is below 0, else inconclusive. Bounds are
// one-sided at 5% over the family: Holm's step-down gives each gate its level,
// once for the passes and once for the regressions.
func Decide(gates []Gate) []metrics.GateResult {
	var pass, regress []float64
	for i := range gates {
		g := &gates[i]
		if g.Paired.Interval == nil {
			continue
		}
		pass = append(pass, stats.OneSidedP(g.lower, -g.Margin))
		regress = append(regress, stats.OneSidedP(func(alpha float64) float64 { return -g.upper(alpha) }, 0))
	}
	passLevels, regressLevels := stats.HolmLevels(pass, Alpha), stats.HolmLevels(regress, Alpha)
	results := make([]metrics.GateResult, len(gates))
	for i := range gates {
		g := &gates[i]
		r := &results[i]
		r.Gate = g.Gate
		if g.Paired.Interval == nil {
			r.Verdict, r.Reason = metrics.NotAttempted, "nothing could be paired"
			continue
		}
		level := passLevels[0]
		r.Level, r.N = level, g.Paired.Clusters
		r.Difference = g.Paired.metric.Turn(g.Paired.Point)
		r.Lower, r.Upper = g.lower(level), g.upper(regressLevels[0])
		switch {
		case r.Lower > -g.Margin:
			r.Verdict = metrics.Pass
		case r.Upper < 0:
			r.Verdict = metrics.Regress
		default:
			r.Verdict = metrics.Inconclusive
		}
		r.Reason = g.missing(r)
		passLevels, regressLevels = passLevels[1:], regressLevels[1:]
	}
	return results
}

// missing says what judgements without a value leave open. They don't change the
// verdict, which is on what was scored.
func (g *Gate) missing(r *metrics.GateResult) string {
	p := &g.Paired
	k := p.Unscored[0] + p.Unscored[1]
	if k == 0 {
		return ""
	}
	text := fmt.Sprintf("%d judgements of the baseline and %d of the model have no value and are left out", p.Unscored[0], p.Unscored[1])
	if !p.metric.Bounded() {
		return text
	}
	worst := (float64(p.N)*r.Lower - float64(k)*(p.metric.Hi-p.metric.Lo)) / float64(p.N+k)
	if r.Verdict == metrics.Pass && !(worst > -g.Margin) {
		text += fmt.Sprintf("; were they at their worst, the lower bound would be %.3g and this would be no pass", worst)
	}
	return text
}

// lower and upper are the bounds of the turned difference.
func (g *Gate) lower(alpha float64) float64 {
	lo, hi := g.Paired.bounds(alpha)
	if g.Paired.metric.Direction == metrics.LowerIsBetter {
		return -hi
	}
	return lo
}

func (g *Gate) upper(alpha float64) float64 {
	lo, hi := g.Paired.bounds(alpha)
	if g.Paired.metric.Direction == metrics.LowerIsBetter {
		return -lo
	}
	return hi
}
