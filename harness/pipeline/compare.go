package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"assay/metrics"
	"assay/metrics/infer"
)

// Compare pairs two models on everything that both were judged on, in report
// order, and adjusts over the family of all of it.
func Compare(j *Judged, baseline, model string, how infer.Adjustment, opt Options) []infer.Paired {
	family := j.pairAll(baseline, model, opt)
	infer.Adjust(family, how)
	return family
}

// CompareAll compares every other model with the baseline, as one family.
func CompareAll(j *Judged, baseline string, how infer.Adjustment, opt Options) []infer.Paired {
	var family []infer.Paired
	for _, m := range j.Models {
		if m != baseline {
			family = append(family, j.pairAll(baseline, m, opt)...)
		}
	}
	infer.Adjust(family, how)
	return family
}

// CompareEach compares every other model with the baseline, each pair as its own
// family: with the verdicts that Compare gives the pair.
func CompareEach(j *Judged, baseline string, how infer.Adjustment, opt Options) []infer.Paired {
	var out []infer.Paired
	for _, m := range j.Models {
		if m != baseline {
			out = append(out, Compare(j, baseline, m, how, opt)...)
		}
	}
	return out
}

func (j *Judged) pairAll(baseline, model string, opt Options) []infer.Paired {
	var out []infer.Paired
	for _, c := range j.cells {
		if c.Model != model {
			continue
		}
		if p, ok := j.pair(c, baseline, opt); ok {
			out = append(out, p)
		}
	}
	return out
}

// pair compares a cell with the baseline's of the same suite, metric and
// condition. It is false where the baseline has none.
func (j *Judged) pair(c Cell, baseline string, opt Options) (infer.Paired, bool) {
	other := c
	other.Model = baseline
	first, second := j.samples[other], j.samples[c]
	if first == nil || second == nil {
		return infer.Paired{}, false
	}
	p := infer.Compare(first, second, opt.infer(j.Seed, c.Suite, c.Metric, c.Condition, baseline, c.Model))
	p.Suite, p.Condition, p.Baseline, p.Model = c.Suite, c.Condition, baseline, c.Model
	if apart := j.judgedApart(other, c); apart != "" {
		p.Warnings = append(p.Warnings, apart)
	}
	return p, true
}

// Records are the comparisons without what only gates need.
func Records(family []infer.Paired) []metrics.Comparison {
	out := make([]metrics.Comparison, len(family))
	for i := range family {
		out[i] = family[i].Comparison
	}
	return out
}

// Gates judges gates over a family of comparisons of one pair of models. A gate
// without a condition asks for every condition that either model was judged
// under. A gate whose work one of the runs never did is not attempted.
func Gates(j *Judged, gates []metrics.Gate, family []infer.Paired, baseline, model string) []metrics.GateResult {
	var asked []infer.Gate
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
			asked = append(asked, gate)
		}
	}
	results := infer.Decide(asked)
	for i := range results {
		r := &results[i]
		if r.Verdict == metrics.NotAttempted {
			r.Reason = j.absence(r.Gate, baseline, model)
			continue
		}
		apart := j.judgedApart(Cell{r.Suite, r.Metric, baseline, r.Condition}, Cell{r.Suite, r.Metric, model, r.Condition})
		r.Reason = strings.Join(slices.DeleteFunc([]string{apart, r.Reason}, func(s string) bool { return s == "" }), "; ")
	}
	return results
}

// gateConditions expands a gate without a condition.
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
	var missing []string
	for _, m := range []string{baseline, model} {
		if s := j.samples[Cell{g.Suite, g.Metric, m, g.Condition}]; s == nil || s.N() == 0 {
			missing = append(missing, m)
		}
	}
	if len(missing) == 0 {
		return "the two models have no scored example in common"
	}
	return fmt.Sprintf("no scored judgements of %s", strings.Join(missing, " and of "))
}
