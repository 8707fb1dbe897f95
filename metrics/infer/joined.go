package infer

import (
	"fmt"
	"math"

	"assay/metrics"
	"assay/metrics/stats"
)

const (
	// fewLabelled is the number of labelled clusters below which a joined interval may cover
	// too little.
	fewLabelled = 50
	// weakJudge is the correlation with labels below which a judge adds nothing that shows.
	weakJudge = 0.2
)

// MethodJoined starts the names of methods of joined estimates.
const MethodJoined = "PPI++"

// methodSkewedT is Student's t with a correction for skewness; see [stats.PPI.Bounds].
const methodSkewedT = "t corrected for skewness"

// Estimate estimates the mean of the labels that all answers would have.
func (j *Joined) Estimate() metrics.Estimate {
	e := metrics.Estimate{Metric: j.metric.Name, Confidence: metrics.Confidence, Method: MethodNone, N: j.labels, Judged: len(j.units)}
	p, err := stats.PredictionPowered(j.units)
	if err != nil {
		e.Warnings = append(e.Warnings, err.Error()+": there is no estimate")
		return e
	}
	e.Clusters = p.Clusters
	b := j.bounds(&p)
	lo, hi := b.at(tail)
	if e.Warnings = append(e.Warnings, j.warnings(&p)...); !finite(lo) || !finite(hi) {
		e.Warnings = append(e.Warnings, noInterval(p.Clusters, unitOf(j.groups), j.labels, "values"))
		return e
	}
	e.Interval, e.Method = &metrics.Interval{Point: b.point, SE: p.SE, Lo: lo, Hi: hi}, b.method
	j.corrected(&e, &p)
	return e
}

// warnings say where the judge or the labels add little, and what was left out.
func (j *Joined) warnings(p *stats.PPI) []string {
	out := fewWarning(p.Clusters, fewLabelled, "labelled "+unitOf(j.groups))
	switch {
	case p.Labelled == p.Judged:
		out = append(out, "every answer has a label, so the judge adds nothing")
	case math.Abs(p.Correlation) < weakJudge:
		out = append(out, fmt.Sprintf("the judge's values and the labels have a correlation of %.2f: the judge adds about nothing", p.Correlation))
	}
	if j.unjudged > 0 {
		out = append(out, fmt.Sprintf("left out: labelled, but without a judge's value: %d", j.unjudged))
	}
	if j.skipped > 0 {
		out = append(out, fmt.Sprintf("left out: labels without a value: %d; if answers were not skipped at random, the estimate is biased", j.skipped))
	}
	return out
}

// joinedBounds are the bounds of a joined mean or difference.
type joinedBounds struct {
	point  float64
	method string
	at     func(alpha float64) (lower, upper float64)
}

// bounds are Wilson's at the effective number of draws where that is what an estimate of the
// labels alone would have: for a proportion, and for a mean near an end of its range. Elsewhere they
// are Student's. Labels that are all equal have the bounds of [equalBounds].
func (j *Joined) bounds(p *stats.PPI) joinedBounds {
	lo, hi := j.metric.Lo, j.metric.Hi
	if j.paired {
		lo, hi = lo-hi, hi-lo
	}
	width := hi - lo
	name := func(method string) string {
		return fmt.Sprintf("%s with %d judged, %s", MethodJoined, p.Judged, byUnit(method, j.groups))
	}
	point := min(max(p.Mean, lo), hi)
	if spreadless(p.SE, p.Clusters, max(math.Abs(p.Mean), math.Abs(p.LabelMean))) {
		return joinedBounds{point, name(MethodEqual), func(alpha float64) (float64, float64) {
			return equalBounds(point, lo, hi, p.Clusters, alpha)
		}}
	}
	if j.metric.Bounded() && !j.paired {
		least := 1 / (2 * float64(p.Clusters))
		x := min(max((p.Mean-lo)/width, least), 1-least)
		variance := p.SE * p.SE / (width * width)
		if j.metric.Kind == metrics.Proportion || (1-2*x)*(1-2*x)*variance/(x*(1-x)*x*(1-x)) >= skewed {
			return joinedBounds{point, name(MethodWilsonEffective), func(alpha float64) (float64, float64) {
				_, t := stats.StudentBounds(0, 1, p.DF, min(alpha, 1-alpha))
				lower, upper := stats.ScoreBounds((point-lo)/width, max(t*t*variance/(x*(1-x)), math.SmallestNonzeroFloat64))
				if alpha > 0.5 { // the bounds change sides
					lower, upper = upper, lower
				}
				return lo + width*lower, lo + width*upper
			}}
		}
	}
	return joinedBounds{point, name(methodSkewedT), func(alpha float64) (float64, float64) {
		lower, upper := p.Bounds(alpha)
		return max(lower, lo), min(upper, hi)
	}}
}

// With returns the people's column joined with a judge's of the same cell, under the metric m:
// its estimates and comparisons are those of [Join] and [JoinPair]. Both columns are
// complete.
func (col *Column) With(judge *Column, m *metrics.Metric) *Column {
	out := *col
	out.metric, out.judge = m, judge
	return &out
}

// IsJoined reports whether the column joins labels with a judge's values.
func (col *Column) IsJoined() bool { return col.judge != nil }

// joined estimates a joined column.
func (col *Column) joined() metrics.Estimate {
	var e metrics.Estimate
	if j, err := Join(col, col.judge); err != nil {
		e = metrics.Estimate{Metric: col.metric.Name, Confidence: metrics.Confidence, Method: MethodNone, N: col.N(), Judged: col.judge.N(),
			Warnings: []string{refused(err)}}
	} else {
		e = j.Estimate()
	}
	e.Unscored, e.Answers, e.Opponent = col.Missing(), col.Answers(), col.Opponent()
	return e
}

func refused(err error) string { return "not joined: " + err.Error() }

// compareJoined compares two joined columns.
func compareJoined(first, second *Column) Paired {
	p := Paired{metric: first.metric, groups: first.groups}
	if j, err := JoinPair([2]*Column{first, second}, [2]*Column{first.judge, second.judge}); err != nil {
		p.refuse(refused(err))
	} else {
		p = j.Compare()
		if e := first.joined(); e.Interval != nil && p.Interval != nil {
			p.First, p.Second = e.Point, e.Point+p.Point
		}
	}
	p.Unscored = [2]int{first.Missing(), second.Missing()}
	p.AnswersFirst, p.AnswersSecond = first.Answers(), second.Answers()
	return p
}

// joinedEven compares a joined preference with its Even.
func (col *Column) joinedEven(of Side) Paired {
	s := col
	if even := *col.metric.Even; of == FirstAgainstSecond {
		s = col.mirrored(even)
	}
	p := Paired{metric: col.metric, groups: col.groups}
	if j, err := Join(s, col.judge); err != nil {
		p.refuse(refused(err))
	} else {
		p = j.compareWith(*col.metric.Even)
	}
	p.Even, p.Unscored = true, [2]int{0, col.Missing()}
	return p
}

// Compare compares the means of the labels that all answers of two cells would have.
func (j *Joined) Compare() Paired { return j.compareWith(0) }

// compareWith compares the mean with a fixed value, which is 0 for a difference.
func (j *Joined) compareWith(even float64) Paired {
	p := Paired{metric: j.metric, groups: j.groups, skipped: j.skipped, labelers: j.severalLabelers()}
	s, err := stats.PredictionPowered(j.units)
	if err != nil {
		p.refuse(refused(err))
		return p
	}
	p.Metric, p.Confidence = j.metric.Name, metrics.Confidence
	p.Judged, p.N, p.Clusters = s.Judged, s.Labelled, s.Clusters
	p.Warnings = j.warnings(&s)
	b := j.bounds(&s)
	lo, hi := b.at(tail)
	if !finite(lo) || !finite(hi) {
		p.refuse(noInterval(p.Clusters, unitOf(j.groups), p.N, "differences"))
		return p
	}
	p.labelling = Labelling{SD: s.LabelSE * math.Sqrt(float64(s.Labelled)), Correlation: s.Correlation, Labelled: s.Labelled, Judged: s.Judged}
	p.First, p.Second = even, b.point
	p.Interval = &metrics.Interval{Point: b.point - even, SE: s.SE, Lo: lo - even, Hi: hi - even}
	p.Method, p.bounds = b.method, func(alpha float64) (float64, float64) {
		lower, upper := b.at(alpha)
		return lower - even, upper - even
	}
	p.P, p.Test = p.invertedP(), TestT
	p.detectT(s.SE, s.DF, 0)
	p.Detectable = p.detectable(Alpha)
	p.equivalent()
	return p
}

// refuse leaves a comparison without an interval.
func (p *Paired) refuse(why string) {
	p.Metric, p.Confidence = p.metric.Name, metrics.Confidence
	p.Method, p.Test, p.P = MethodNone, MethodNone, 1
	p.without = why
	p.Warnings = append(p.Warnings, why)
}
