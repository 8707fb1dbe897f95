package infer

import (
	"fmt"

	"assay/metrics"
	"assay/metrics/bootstrap"
	"assay/metrics/lengthcontrol"
)

// Controlled is a column of preferences with the lengths of both outputs. Its estimate under
// the metric m is the win rate with outputs of equal length. without counts judgements that
// have no such row.
func (col *Column) Controlled(d *lengthcontrol.Data, without int, m *metrics.Metric) *Column {
	out := *col
	out.metric, out.control, out.without = m, d, without
	return &out
}

// controlNotCompared is why two length-controlled win rates have no comparison.
const controlNotCompared = "length-controlled win rates are not compared; compare the win rates, or look at both intervals"

// controlled estimates a length-controlled column. The model is refitted in every resample.
func (col *Column) controlled(opt Options) metrics.Estimate {
	e := metrics.Estimate{Metric: col.metric.Name, Confidence: metrics.Confidence, Method: MethodNone,
		Unscored: col.Missing(), Answers: col.Answers(), Opponent: col.Opponent()}
	for i := range col.control.Rows {
		r := &col.control.Rows[i]
		e.Clusters = max(e.Clusters, r.Cluster+1)
		if !r.Unscored {
			e.N++
		}
	}
	if col.without > 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("left out: preferences without the texts of both outputs: %d", col.without))
	}
	if col.severalLabelers() {
		e.Warnings = append(e.Warnings, "the interval does not know that judgements of one labeler may err together")
	}
	fit, err := lengthcontrol.New(col.control)
	if err != nil {
		e.Warnings = append(e.Warnings, err.Error()+": there is no estimate")
		return e
	}
	r := bootstrap.Counted(e.Clusters, fit.Refit, bootstrap.Options{Resamples: opt.Resamples, Seed: opt.Seed})
	if r.Usable() && r.Degenerate {
		e.Alone = &r.Point
		e.Warnings = append(e.Warnings, "the penalty leaves no term of the regression in any resample: there is no interval")
		return e
	}
	if fit.Even() {
		e.Warnings = append(e.Warnings, "the penalty leaves no constant in the regression, which draws the estimate to 0.5; the interval does not know that")
	}
	e.Warnings = append(e.Warnings, r.Warnings()...)
	if !r.Usable() {
		e.Alone = &r.Point
		return e
	}
	terms := "without difficulties"
	if col.control.Difficulties {
		terms = "with difficulties"
	}
	e.Interval = &metrics.Interval{Point: r.Point, SE: r.SE, Lo: r.Bound(tail), Hi: r.Bound(1 - tail)}
	e.Method = grouped(fmt.Sprintf("regression on length %s (C %.3g), %s", terms, fit.Penalty, r.Method), col.groups)
	if e.Unscored > 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("%d unscored; this metric has no worst-case bounds", e.Unscored))
	}
	return e
}

// compareControlled refuses a comparison of length-controlled columns.
func compareControlled(first, second *Column) Paired {
	p := Paired{metric: first.metric, groups: first.groups}
	p.refuse(controlNotCompared)
	p.Unscored = [2]int{first.Missing(), second.Missing()}
	p.AnswersFirst, p.AnswersSecond = first.Answers(), second.Answers()
	return p
}
