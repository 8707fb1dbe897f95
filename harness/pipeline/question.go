package pipeline

import (
	"slices"
	"strings"

	"assay/harness/plan"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/models"
	"assay/reports"
)

// Question is a comparison to make: the model against the baseline.
type Question struct {
	Baseline, Model string
	// Gates are judged on everything, whatever Only selects; nil for none.
	Gates      []metrics.Gate
	Adjustment infer.Adjustment // of p-values, over what Only selects
	Options    Options
	// Only reports whether to compare a suite's metric under a condition; nil compares all.
	Only func(suite, metric, condition string) bool
}

// Outcome is a finished comparison of two models.
type Outcome struct {
	Subject         reports.Subject
	Baseline, Model string
	Comparisons     []metrics.Comparison
	Gates           []metrics.GateResult // nil if the question has none
}

// Brief are the comparisons that have a gate; without gates, those with a verdict.
func (o *Outcome) Brief() []metrics.Comparison {
	var out []metrics.Comparison
	for _, c := range o.Comparisons {
		gated := slices.ContainsFunc(o.Gates, func(g metrics.GateResult) bool {
			return g.Suite == c.Suite && g.Metric == c.Metric && g.Condition == c.Condition
		})
		if gated || o.Gates == nil && c.Verdict != metrics.Undecided {
			out = append(out, c)
		}
	}
	return out
}

// Answer compares two models of judged runs.
func (j *Judged) Answer(q Question) *Outcome {
	pairs := Pairs(j, q.Baseline, q.Model, q.Options)
	out := &Outcome{Subject: j.Subject(j.sources, q.Baseline), Baseline: q.Baseline, Model: q.Model}
	if q.Gates != nil {
		out.Gates = Gates(j, q.Gates, pairs, q.Baseline, q.Model)
	}
	if q.Only != nil {
		pairs = slices.DeleteFunc(pairs, func(p infer.Paired) bool { return !q.Only(p.Suite, p.Metric, p.Condition) })
	}
	infer.Adjust(pairs, q.Adjustment)
	out.Comparisons = Records(pairs)
	j.warnOfRequests(out)
	return out
}

// warnOfRequests adds a warning to comparisons if requests to the two models differ, since
// that may explain the models' difference.
func (j *Judged) warnOfRequests(out *Outcome) {
	first, ok := j.requests(out.Baseline)
	second, also := j.requests(out.Model)
	if !ok || !also {
		return
	}
	for i := range out.Comparisons {
		c := &out.Comparisons[i]
		if all := plan.Differences(&first, &second, c.Suite); len(all) > 0 {
			c.Warnings = append(c.Warnings, "requests to the two models differ (first, second): "+strings.Join(all, ", "))
		}
	}
}

// requests are those that a run's plan makes to a model; false where no plan says.
func (j *Judged) requests(model string) (plan.Requests, bool) {
	for _, src := range j.sources {
		m := src.Manifest
		if i := slices.IndexFunc(m.Models, func(info models.Info) bool { return src.label(info.Name) == model }); i >= 0 {
			return plan.RequestsTo(m.Plan.Run, m.Models[i].Name, m.Models[i].Sent)
		}
	}
	return plan.Requests{}, false
}
