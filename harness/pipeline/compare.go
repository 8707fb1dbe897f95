package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/suites"
)

// Compare pairs two models on everything that both were judged on, in report
// order. All comparisons are one family for the adjustment.
func Compare(j *Judged, baseline, model string, how infer.Adjustment, opt Options) []infer.Paired {
	family := Pairs(j, baseline, model, opt)
	infer.Adjust(family, how)
	return family
}

// CompareAll compares every other model with the baseline, as one family.
func CompareAll(j *Judged, baseline string, how infer.Adjustment, opt Options) []infer.Paired {
	family := others(j, baseline, func(m string) []infer.Paired { return Pairs(j, baseline, m, opt) })
	infer.Adjust(family, how)
	return family
}

// CompareEach compares every other model with the baseline, each pair as its own
// family. A pair gets the verdicts that Compare gives it.
func CompareEach(j *Judged, baseline string, how infer.Adjustment, opt Options) []infer.Paired {
	return others(j, baseline, func(m string) []infer.Paired { return Compare(j, baseline, m, how, opt) })
}

// others joins the pairs of every model but the baseline.
func others(j *Judged, baseline string, pairs func(model string) []infer.Paired) []infer.Paired {
	var out []infer.Paired
	for _, m := range j.Models {
		if m != baseline {
			out = append(out, pairs(m)...)
		}
	}
	return out
}

// Pairs pairs two models on everything that both were judged on, in report order, without
// adjustment. [Gates] judges these, and a family is chosen from them.
func Pairs(j *Judged, baseline, model string, opt Options) []infer.Paired {
	var out []infer.Paired
	for _, c := range j.cells {
		if opt.Stopped() != nil {
			return nil
		}
		var p infer.Paired
		var ok bool
		switch c.Model {
		case model:
			p, ok = j.pair(c, baseline, opt)
		case baseline:
			p, ok = j.turned(c, model, opt)
		}
		if ok {
			out = append(out, p)
		}
	}
	return out
}

// pair compares a cell with the baseline's cell of the same suite, metric and condition.
// If the cell is a preference over the baseline itself, it is compared with the metric's
// Even. The result is false if there is neither.
func (j *Judged) pair(c Cell, baseline string, opt Options) (infer.Paired, bool) {
	other := c
	other.Model = baseline
	first, second := j.columns[other], j.columns[c]
	options := opt.infer(j.Seed, c.Suite, c.Metric, c.Condition, baseline, c.Model)
	var p infer.Paired
	switch {
	case second == nil:
		return infer.Paired{}, false
	case first != nil:
		p = infer.Compare(first, second, options)
		if apart := j.judgedApart(other, c); apart != "" {
			p.Warnings = append(p.Warnings, apart)
		}
	case j.prefers(c, baseline):
		p = infer.CompareEven(second, infer.SecondAgainstFirst, options)
		p.Warnings = append(p.Warnings, j.opponentApart(c)...)
	default:
		return infer.Paired{}, false
	}
	p.Suite, p.Condition, p.Baseline, p.Model = c.Suite, c.Condition, baseline, c.Model
	p.Method, p.Warnings = named(p.Method, p.Warnings, j.clustersOf(c.Suite), p.Baseline, p.Model)
	return p, true
}

// turned compares the model with a baseline whose cell is a preference over the model. It
// uses the same judgements from the model's side.
func (j *Judged) turned(c Cell, model string, opt Options) (infer.Paired, bool) {
	if !j.prefers(c, model) {
		return infer.Paired{}, false
	}
	p := infer.CompareEven(j.columns[c], infer.FirstAgainstSecond, opt.infer(j.Seed, c.Suite, c.Metric, c.Condition, c.Model, model))
	p.Warnings = append(p.Warnings, j.opponentApart(c)...)
	p.Suite, p.Condition, p.Baseline, p.Model = c.Suite, c.Condition, c.Model, model
	p.Method, p.Warnings = named(p.Method, p.Warnings, j.clustersOf(c.Suite), p.Baseline, p.Model)
	return p, true
}

// prefers reports whether a cell is a preference over this model.
func (j *Judged) prefers(c Cell, over string) bool {
	return j.columns[c].HasEven() && j.against[c].name == over
}

// opponentApart warns if the opponent is not the model that is compared under its name.
func (j *Judged) opponentApart(c Cell) []string {
	opponent := j.against[c]
	if print := j.prints[opponent.name]; print == "" || opponent.fingerprint == "" || print == opponent.fingerprint {
		return nil
	}
	return []string{fmt.Sprintf("the preferences are over another model with the name %s: its fingerprint differs", opponent.name)}
}

// Records returns the comparisons without what only gates need.
func Records(family []infer.Paired) []metrics.Comparison {
	out := make([]metrics.Comparison, len(family))
	for i := range family {
		out[i] = family[i].Comparison
	}
	return out
}

// Gates judges gates with the comparisons of one pair of models. A gate without a condition
// applies to every condition that either model was judged under. A gate on something that
// one of the runs didn't measure is not attempted.
func Gates(j *Judged, gates []metrics.Gate, family []infer.Paired, baseline, model string) []metrics.GateResult {
	var expanded []infer.Gate
	for _, g := range gates {
		for _, condition := range j.gateConditions(g, baseline, model) {
			one := g
			one.Condition = condition
			i := slices.IndexFunc(family, func(p infer.Paired) bool {
				return p.Suite == g.Suite && p.Metric == g.Metric && p.Condition == condition
			})
			gate := infer.Gate{Gate: one}
			if i >= 0 {
				gate.Paired = family[i]
			}
			expanded = append(expanded, gate)
		}
	}
	results := infer.Decide(expanded)
	for i := range results {
		r := &results[i]
		r.Baseline, r.Model = baseline, model
		if r.Verdict == metrics.NotAttempted {
			r.Reason = j.absence(r.Gate, baseline, model)
			continue
		}
		for _, w := range j.apart(r.Gate, baseline, model) {
			r.Reason = strings.TrimSuffix(w+"; "+r.Reason, "; ")
		}
	}
	return results
}

// CheckGates refuses a gate on a condition that its suite doesn't have. A suite or metric that
// no run measured is not a fault of the gate: it is not attempted.
func (j *Judged) CheckGates(gates []metrics.Gate) error {
	for _, g := range gates {
		var have []string
		for _, c := range j.cells {
			if c.Suite == g.Suite && !slices.Contains(have, c.Condition) {
				have = append(have, c.Condition)
			}
		}
		if g.Condition == "" || have == nil {
			continue
		}
		i := slices.IndexFunc(j.suites, func(s suites.Suite) bool { return s.Name == g.Suite })
		if i >= 0 && slices.Contains(j.suites[i].Conditions, g.Condition) || slices.Contains(have, g.Condition) {
			continue
		}
		if have = slices.DeleteFunc(have, func(name string) bool { return name == "" }); len(have) == 0 {
			return place.Errorf(g.File, g.Line, "suite %s has no conditions; remove condition", g.Suite)
		}
		return place.Errorf(g.File, g.Line, "suite %s has no condition %q; remove condition to gate all, or correct it: %s", g.Suite, g.Condition, place.Choose(g.Condition, have))
	}
	return nil
}

// apart warns if the two sides of a gate were measured differently.
func (j *Judged) apart(g metrics.Gate, baseline, model string) []string {
	first, second := Cell{g.Suite, g.Metric, baseline, g.Condition}, Cell{g.Suite, g.Metric, model, g.Condition}
	switch {
	case j.columns[first] == nil:
		return j.opponentApart(second)
	case j.columns[second] == nil:
		return j.opponentApart(first)
	}
	if apart := j.judgedApart(first, second); apart != "" {
		return []string{apart}
	}
	return nil
}

// gateConditions lists the conditions that a gate applies to.
func (j *Judged) gateConditions(g metrics.Gate, baseline, model string) []string {
	if g.Condition != "" {
		return []string{g.Condition}
	}
	var out []string
	for _, c := range j.cells {
		if c.Suite == g.Suite && c.Metric == g.Metric && (c.Model == baseline || c.Model == model) && !slices.Contains(out, c.Condition) {
			out = append(out, c.Condition)
		}
	}
	if len(out) == 0 {
		return []string{""}
	}
	return out
}

// absence says why a gate was not attempted.
func (j *Judged) absence(g metrics.Gate, baseline, model string) string {
	cell := func(m string) Cell { return Cell{g.Suite, g.Metric, m, g.Condition} }
	var missing []string
	for _, m := range [][2]string{{baseline, model}, {model, baseline}} {
		s, other := j.columns[cell(m[0])], cell(m[1])
		opponent := j.columns[other] != nil && j.against[other].name == m[0]
		switch {
		case s == nil && opponent && !j.columns[other].HasEven():
			return fmt.Sprintf("it was judged only of %s against %s, and the metric has no value for two equal models", m[1], m[0])
		case s == nil && !opponent, s != nil && s.N() == 0:
			missing = append(missing, m[0])
		}
	}
	if len(missing) == 0 {
		return "the two models have no scored example in common"
	}
	return fmt.Sprintf("no scored judgements of %s", strings.Join(missing, " or "))
}
