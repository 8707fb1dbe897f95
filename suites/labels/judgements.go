package labels

import (
	"strings"

	"assay/metrics"
	"assay/metrics/names"
)

// judgePrefix begins the name of the judge of labelers who have a group.
const judgePrefix = People + ": "

// People is the judge of labelers without a group.
const People = "people"

// SkippedPrefix begins the reason why a skipped row's judgements are missing.
const SkippedPrefix = "skipped: "

// Judge is the name of the judge in the row's judgements: the labelers of its group.
func (r *Row) Judge() string {
	if r.Group == "" {
		return People
	}
	return judgePrefix + r.Group
}

// GroupOf is the group of the labelers that a judge stands for; ok is false if the judge is not
// people. People without a group have the group "".
func GroupOf(judge string) (group string, ok bool) {
	if judge == People {
		return "", true
	}
	if group, ok = strings.CutPrefix(judge, judgePrefix); !ok {
		return "", false
	}
	return group, true
}

// judgement is one of the row's, without its value.
func (r *Row) judgement(metric, baseline string) metrics.Judgement {
	j := metrics.Judgement{
		Suite: r.SuiteName(), Example: r.ExampleID(), Condition: r.Condition, Model: r.Model, Baseline: baseline, Sample: r.Sample,
		Metric: metric, Judge: r.Judge(), Labeler: r.Labeler,
	}
	if r.Probability != nil {
		j.Probability = *r.Probability
	}
	return j
}

// Applies reports whether a metric is one for the row's prompt: hallucination is not, if the
// prompt is known not to be closed-domain.
func (r *Row) Applies(metric string) bool {
	return metric != names.Hallucination || r.ClosedDomain == nil || *r.ClosedDomain
}

// Judgements are what the row says about its output alone. What doesn't apply to the prompt is
// left out: see [Row.Applies].
func (r *Row) Judgements() (all []metrics.Judgement) {
	for _, v := range r.Values() {
		if r.Applies(v.Metric) {
			all = append(all, r.scored(v.Metric, "", v.Number))
		}
	}
	return all
}

func (r *Row) scored(metric, baseline string, value float64) metrics.Judgement {
	j := r.judgement(metric, baseline)
	j.Value = []float64{value}
	return j
}

// Preferences are the judgements of the row's preference. If its model is the baseline that the
// user chose, they are of the other model, over it.
func (r *Row) Preferences(chosen string) []metrics.Judgement {
	if r.Preference == "" {
		return nil
	}
	score, sign := 0.5, 0.0
	switch r.Preference {
	case ModelBetter:
		score, sign = 1, 1
	case BaselineBetter:
		score, sign = 0, -1
	}
	of, turned := r.over(chosen)
	if turned {
		score, sign = 1-score, 0-sign
	}
	all := []metrics.Judgement{of.scored(names.WinRate, of.Baseline, score)}
	if r.Strength != nil {
		sign *= float64(*r.Strength)
	}
	if r.Strength != nil || r.Preference == Tie {
		all = append(all, of.scored(PreferenceStrength, of.Baseline, sign))
	}
	return all
}

// over is the row with its two models exchanged if its model is the baseline that the user chose.
func (r *Row) over(chosen string) (of Row, turned bool) {
	of = *r
	if r.Baseline == "" || r.Model != chosen {
		return of, false
	}
	of.Model, of.Baseline = r.Baseline, r.Model
	return of, true
}

// Missing are the judgements of a skipped row: one without a value for each of the metrics, or
// for the preference if the row has a baseline. That one is of the same model as in
// [Row.Preferences].
func (r *Row) Missing(asked []string, chosen string) (all []metrics.Judgement) {
	of, _ := r.over(chosen)
	miss := func(metric, baseline string) {
		j := of.judgement(metric, baseline)
		j.Missing = SkippedPrefix + r.Skipped
		all = append(all, j)
	}
	if of.Baseline != "" {
		miss(names.WinRate, of.Baseline)
		return all
	}
	for _, metric := range asked {
		if r.Applies(metric) {
			miss(metric, "")
		}
	}
	return all
}
