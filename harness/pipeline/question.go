package pipeline

import (
	"slices"
	"strings"

	"assay/harness"
	"assay/harness/plan"
	"assay/metrics"
	"assay/metrics/infer"
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
	// Joined says how suites were joined that have other ids in each run, and Differences how
	// the two runs were made differently.
	Joined      []reports.Joined
	Differences []reports.Difference
	Flips       []reports.Flips // of [Judged.Flips]; nil if they are not wanted
}

// Tables are the outcome for people. With short, comparisons are those that [Outcome.Long] has.
func (o *Outcome) Tables(short bool) (all []reports.Table) {
	if len(o.Joined) > 0 {
		all = append(all, reports.JoinedTable(o.Joined))
		if len(o.Differences) > 0 {
			all = append(all, reports.DifferencesTable(&o.Subject, o.Differences, o.Baseline, o.Model))
		}
	}
	shown := o.shown(short)
	table := reports.ComparisonsTable(&o.Subject, shown)
	if len(shown) == 0 && len(o.Comparisons) > 0 {
		table = reports.NoneShown(len(o.Comparisons), o.Gates != nil)
	}
	all = append(all, table)
	if o.Gates != nil {
		all = append(all, reports.GatesTable(&o.Subject, o.Gates))
	}
	if o.Flips == nil {
		return all
	}
	all = append(all, reports.FlipCountsTable(&o.Subject, o.Flips))
	for _, f := range o.Flips {
		if t, ok := reports.FlipCategoriesTable(&o.Subject, f); ok {
			all = append(all, t)
		}
	}
	return all
}

// FlipsTables list the examples that turned, a table for each comparison that has some.
func (o *Outcome) FlipsTables() (all []reports.Table) {
	for _, f := range o.Flips {
		if len(f.Items) > 0 {
			all = append(all, reports.FlipsTable(&o.Subject, f, o.Baseline, o.Model))
		}
	}
	return all
}

// Long is the outcome for machines: the flips, if the question asked for them, else the
// comparisons with their gates. With short, only the comparisons that have a gate, or
// without gates those with a verdict.
func (o *Outcome) Long(short bool) reports.Table {
	if o.Flips != nil {
		return reports.FlipsLong(o.Flips, o.Baseline, o.Model)
	}
	return reports.GatedLong(o.shown(short), o.Gates)
}

// Record is the outcome in JSON.
type Record struct {
	Comparisons []metrics.Comparison `json:"comparisons"`
	Gates       []metrics.GateResult `json:"gates,omitempty"`
	Joined      []reports.Joined     `json:"joined,omitempty"`
	Differences []reports.Difference `json:"differences,omitempty"`
	Flips       []reports.Flips      `json:"flips,omitempty"`
}

// Record is the outcome as JSON has it.
func (o *Outcome) Record(short bool) Record {
	return Record{o.shown(short), o.Gates, o.Joined, o.Differences, o.Flips}
}

// Headline is the outcome in a sentence: of the gates, if there are some.
func (o *Outcome) Headline() reports.Headline {
	if o.Gates != nil {
		return reports.GateHeadline(&o.Subject, o.Gates, o.Baseline, o.Model)
	}
	return reports.ComparisonHeadline(&o.Subject, o.Comparisons, o.Baseline, o.Model)
}

// shown are all comparisons or, with short, those of [Outcome.Brief].
func (o *Outcome) shown(short bool) []metrics.Comparison {
	if short {
		return o.Brief()
	}
	return o.Comparisons
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
	out.Joined = j.joined
	out.Differences = j.Differences(q.Baseline, q.Model)
	j.warnOfRequests(out)
	return out
}

// warnOfRequests adds a warning to comparisons if requests to the two models differ, since
// that may explain the models' difference.
func (j *Judged) warnOfRequests(out *Outcome) {
	first, second := j.sideOf(out.Baseline), j.sideOf(out.Model)
	for i := range out.Comparisons {
		c := &out.Comparisons[i]
		var names []string
		if first.planned && second.planned {
			if all := plan.Differences(&first.requests, &second.requests, c.Suite); len(all) > 0 {
				c.Warnings = append(c.Warnings, "requests to the two models differ (first, second): "+strings.Join(all, ", "))
			}
			if first.source != second.source {
				j.textsApart(c.Suite, second.source, func(what, _, _ string) { names = append(names, what) })
			}
			for _, d := range out.Differences {
				if d.Suite == c.Suite && strings.HasPrefix(d.What, harness.SuiteFileSetting) {
					names = append(names, d.What)
				}
			}
		} else {
			for _, d := range out.Differences {
				if d.Suite == c.Suite && d.Metric == "" {
					names = append(names, d.What)
				}
			}
		}
		for _, name := range names {
			if strings.HasPrefix(name, differentQuestions+" of ") {
				c.Warnings = append(c.Warnings, "the same ids have different "+name+"; if the ids are numbers of rows, pair examples by their texts with --join-by content")
			}
		}
		if len(names) > 0 {
			c.Warnings = append(c.Warnings, "the two runs differ in "+strings.Join(names, ", ")+"; the table of differences says how")
		}
	}
}
