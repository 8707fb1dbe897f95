package infer

import (
	"fmt"
	"math"
	"slices"

	"assay/metrics"
	"assay/metrics/bootstrap"
	"assay/metrics/lengthcontrol"
)

// Controlled is a column of preferences with the lengths of both outputs. Its estimate under
// the metric m is the win rate with outputs of equal length. numbers has for each cluster of d its
// number in all columns, by which columns are paired. without counts judgements that have no row
// in d.
func (col *Column) Controlled(d *lengthcontrol.Data, numbers []uint32, without int, m *metrics.Metric) *Column {
	out := *col
	out.metric, out.control, out.numbers, out.without = m, d, numbers, without
	return &out
}

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
	e.Warnings = append(e.Warnings, col.controlWarnings()...)
	fit, err := lengthcontrol.New(col.control)
	if err != nil {
		e.Warnings = append(e.Warnings, err.Error()+": there is no estimate")
		return e
	}
	r := bootstrap.Counted(e.Clusters, fit.Refit, opt.bootstrap())
	if r.Usable() && r.Degenerate {
		e.Alone = &r.Point
		e.Warnings = append(e.Warnings, "the penalty leaves no term of the regression in any resample: there is no interval")
		return e
	}
	if fit.Even() {
		e.Warnings = append(e.Warnings, evenWarning)
	}
	e.Warnings = append(e.Warnings, r.Warnings()...)
	if !r.Usable() {
		e.Alone = &r.Point
		return e
	}
	if !r.Around(tail) {
		e.Alone = &r.Point
		e.Warnings = append(e.Warnings, "nearly all resamples lie on one side of the point: there is no interval")
		return e
	}
	e.Interval = &metrics.Interval{Point: r.Point, SE: r.SE, Lo: r.Bound(tail), Hi: r.Bound(1 - tail)}
	e.Method = grouped(fmt.Sprintf("%s (C %.3g), %s", regression(col.control), fit.Penalty, r.Method), col.groups)
	if e.Unscored > 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("%d unscored; this metric has no worst-case bounds", e.Unscored))
	}
	return e
}

// evenWarning is that of a fit whose constant is 0.
const evenWarning = "the penalty leaves no constant in the regression, which draws the estimate to 0.5; the interval does not know that"

// controlWarnings say what the fit leaves out.
func (col *Column) controlWarnings() (out []string) {
	if col.without > 0 {
		out = append(out, fmt.Sprintf("left out: preferences without the texts of both outputs: %d", col.without))
	}
	if col.severalLabelers() {
		out = append(out, "the interval does not know that judgements of one labeler may err together")
	}
	return out
}

// regression names the model's terms.
func regression(d *lengthcontrol.Data) string {
	if d.Difficulties {
		return "regression on length with difficulties"
	}
	return "regression on length without difficulties"
}

// compareControlled compares two length-controlled columns on the clusters in which both have
// preferences. In each resample of these clusters, both models are refitted.
func compareControlled(first, second *Column, opt Options) Paired {
	p := Paired{metric: first.metric, groups: first.groups, controlled: true}
	p.Unscored = [2]int{first.Missing(), second.Missing()}
	p.AnswersFirst, p.AnswersSecond = first.Answers(), second.Answers()
	if first.control == nil || second.control == nil {
		p.refuse("only one side has the texts of both outputs: nothing to compare")
		return p
	}
	both := common(first, second)
	var sides [2]*lengthcontrol.Data
	for i, col := range []*Column{first, second} {
		var left int
		sides[i], left = col.controlOf(both)
		p.Unpaired[i] = left
		p.Warnings = append(p.Warnings, col.controlWarnings()...)
	}
	p.refitted(sides[0], sides[1], len(both), opt)
	return p
}

// controlledEven compares a length-controlled preference with its Even, from either side.
func (col *Column) controlledEven(of Side, opt Options) Paired {
	p := Paired{metric: col.metric, groups: col.groups, controlled: true}
	p.Even, p.Unscored, p.Warnings = true, [2]int{0, col.Missing()}, col.controlWarnings()
	d := *col.control
	if of == FirstAgainstSecond {
		d.Rows = slices.Clone(d.Rows)
		for i := range d.Rows {
			r := &d.Rows[i]
			r.Longer, r.Preference, r.Difficulty = -r.Longer, 2**col.metric.Even-r.Preference, -r.Difficulty
		}
	}
	p.refitted(nil, &d, len(col.numbers), opt)
	return p
}

// common numbers the clusters in which both columns have scored rows.
func common(first, second *Column) map[uint32]int {
	scored := func(col *Column) map[uint32]bool {
		out := map[uint32]bool{}
		for i := range col.control.Rows {
			if r := &col.control.Rows[i]; !r.Unscored {
				out[col.numbers[r.Cluster]] = true
			}
		}
		return out
	}
	a, both := scored(first), map[uint32]int{}
	for i := range second.control.Rows {
		r := &second.control.Rows[i]
		if number := second.numbers[r.Cluster]; !r.Unscored && a[number] {
			if _, seen := both[number]; !seen {
				both[number] = len(both)
			}
		}
	}
	return both
}

// controlOf has the rows of some clusters, which have new numbers; left counts the other scored
// rows.
func (col *Column) controlOf(clusters map[uint32]int) (d *lengthcontrol.Data, left int) {
	out := *col.control
	out.Rows = nil
	for _, r := range col.control.Rows {
		to, ok := clusters[col.numbers[r.Cluster]]
		switch {
		case ok:
			r.Cluster = to
			out.Rows = append(out.Rows, r)
		case !r.Unscored:
			left++
		}
	}
	return &out, left
}

// refitted compares the fit of second with that of first, or with the metric's Even if first is
// nil. Both have the same n clusters.
func (p *Paired) refitted(first, second *lengthcontrol.Data, n int, opt Options) {
	p.Metric, p.Confidence, p.Clusters = p.metric.Name, metrics.Confidence, n
	p.N, p.skipped = rowsOf(second)
	to, err := lengthcontrol.New(second)
	least, most := p.metric.Lo-p.metric.Hi, p.metric.Hi-p.metric.Lo
	var from func(counts []float64) float64
	switch {
	case err != nil:
	case first == nil:
		even := *p.metric.Even
		least, most = p.metric.Lo-even, p.metric.Hi-even
		p.First, from = even, func([]float64) float64 { return even }
	default:
		scored, skipped := rowsOf(first)
		p.N, p.skipped = min(p.N, scored), p.skipped+skipped
		var fit *lengthcontrol.Fit
		if fit, err = lengthcontrol.New(first); err == nil {
			p.First, from = fit.WinRate, fit.Refit
			if fit.Even() {
				p.Warnings = append(p.Warnings, evenWarning)
			}
		}
	}
	if err != nil {
		p.refuse(err.Error() + ": nothing to compare")
		return
	}
	if p.Second = to.WinRate; to.Even() && !slices.Contains(p.Warnings, evenWarning) {
		p.Warnings = append(p.Warnings, evenWarning)
	}
	r := bootstrap.Counted(n, func(counts []float64) float64 { return to.Refit(counts) - from(counts) }, opt.bootstrap())
	p.Warnings = append(p.Warnings, r.SpreadWarnings()...)
	if !r.Usable() || r.Degenerate {
		p.refuse("the fits don't vary between resamples: there is no interval")
		return
	}
	se := r.SE * math.Sqrt(float64(n)/float64(n-1)) // the bootstrap's variance has divisor n
	p.Interval = &metrics.Interval{Point: r.Point, SE: se}
	p.student(n)
	p.Method = grouped(regression(second)+", t with the bootstrap's standard error", p.groups)
	if opt.Bootstrap {
		p.byBCa(&r, n)
	}
	wide := p.bounds
	p.bounds = func(alpha float64) (float64, float64) {
		lo, hi := wide(alpha)
		return max(lo, least), min(hi, most)
	}
	p.Lo, p.Hi = p.bounds(tail)
	p.Warnings = append(p.Warnings, fewWarning(n, fewDraws, unitOf(p.groups))...)
	p.detectT(se, float64(n-1), 0)
	p.Detectable = p.detectable(Alpha)
	p.equivalent()
}

// rowsOf counts rows with a preference, and without.
func rowsOf(d *lengthcontrol.Data) (scored, unscored int) {
	for i := range d.Rows {
		if d.Rows[i].Unscored {
			unscored++
		} else {
			scored++
		}
	}
	return scored, unscored
}
