package infer

import (
	"fmt"
	"slices"
	"strings"

	"assay/metrics"
	"assay/metrics/stats"
)

// Side says which side of a comparison holds the judgements of a preference.
type Side int

const (
	SecondAgainstFirst Side = iota // the model's answers were compared with the baseline's
	FirstAgainstSecond             // the baseline's answers were compared with the model's
)

// CompareEven compares two models when one was judged against the other, as in a win
// rate over the baseline itself. The baseline's value is then the metric's Even, and the
// test is whether the model's value differs from it. s has the judgements. If they judge
// the first side against the second, they are reversed: x becomes 2*Even - x.
//
// The difference is the second side's value minus Even. It panics for a metric without
// an Even.
func CompareEven(s *Column, of Side, opt Options) Paired {
	even := *s.metric.Even
	if s.judge != nil {
		return s.joinedEven(of)
	}
	if s.control != nil {
		return s.controlledEven(of, opt)
	}
	if of == FirstAgainstSecond {
		s = s.mirrored(even)
	}
	p := Compare(s.level(even), s, opt)
	p.Even = true
	p.Unpaired, p.Unscored = [2]int{}, [2]int{0, s.Missing()}
	p.Warnings = slices.DeleteFunc(p.Warnings, func(w string) bool { return w == missingWarning([2]int{0, s.Missing()}) })
	if k := s.Missing(); k > 0 {
		p.Warnings = append(p.Warnings, fmt.Sprintf("preferences without a value, left out: %d", k))
	}
	if p.bounds == nil {
		return p
	}
	// The range of this difference is half of that between two models' values.
	least, most, wide := s.metric.Lo-even, s.metric.Hi-even, p.bounds
	if anywhere := p.detectable; anywhere != nil {
		p.detectable = func(alpha float64) float64 {
			if d := anywhere(alpha); d <= max(most, -least) {
				return d
			}
			return 0
		}
		p.Detectable = p.detectable(Alpha)
	}
	p.sized = s.sizedEnds(even, opt)
	if p.Method == MethodEqual {
		point, n := p.Point, p.Clusters
		p.sized = func(n int, point, alpha float64) (float64, float64) { return equalBounds(point, least, most, n, alpha) }
		wide = func(alpha float64) (float64, float64) { return equalBounds(point, least, most, n, alpha) }
	}
	p.bounds = func(alpha float64) (float64, float64) {
		lo, hi := wide(alpha)
		return max(lo, least), min(hi, most)
	}
	switch ends, method := s.nearEnds(even, opt); {
	case ends != nil:
		p.bounds, p.Method = ends, method
		if p.Test == TestT {
			p.P, p.Test = p.invertedP(), TestScore
		}
	case p.Test == TestScore: // bounds for two models' values, whose difference has another range
		p.student(p.Clusters)
		if p.Method = MethodT; !s.clustered().merge(s.groups).single() {
			p.Method = byUnit(MethodClustered, s.groups)
		}
	}
	p.Method = strings.TrimPrefix(p.Method, "paired ") // there is only one column
	p.Lo, p.Hi = p.bounds(tail)
	p.equivalent()
	return p
}

// nearEnds returns the bounds of the mean minus even where an estimate of the same
// column has Wilson's interval at the effective number of draws, so that the two agree.
// It is nil elsewhere.
func (col *Column) nearEnds(even float64, opt Options) (bounds func(alpha float64) (lower, upper float64), method string) {
	c := col.clustered().merge(col.groups)
	if opt.Bootstrap || col.severalLabelers() || len(c.ids) < 2 {
		return nil, ""
	}
	mean, se := stats.ClusteredOneWay(c.sums, c.counts)
	if _, ok := col.score(c, se); !ok {
		return nil, ""
	}
	method = MethodWilsonEffective
	if !c.single() {
		method = byUnit(MethodWilsonClustered, col.groups)
	}
	return func(alpha float64) (float64, float64) {
		switch {
		case alpha == 0.5:
			return mean - even, mean - even
		case alpha > 0.5: // the bounds change sides
			lower, upper, _ := col.scoreBounds(c, se, 1-alpha)
			return upper - even, lower - even
		}
		lower, upper, _ := col.scoreBounds(c, se, alpha)
		return lower - even, upper - even
	}, method
}

// sizedEnds returns the bounds of [CompareEven] for a study of another size, or nil where
// they are Student's at any size.
func (col *Column) sizedEnds(even float64, opt Options) sized {
	c := col.clustered().merge(col.groups)
	if opt.Bootstrap || col.severalLabelers() || !col.metric.Bounded() {
		return nil
	}
	spread, ok := col.spread(c)
	if !ok {
		return nil
	}
	return sizedEnds(spread, len(c.ids), col.metric.Lo, col.metric.Hi-col.metric.Lo, even, col.metric.Kind == metrics.Proportion)
}

// level is a column with the same judgements, scored or not, which are all x.
func (col *Column) level(x float64) *Column {
	out := *col
	out.missing, out.answers = nil, col.answers.turned()
	out.clusters = slices.Concat(col.clusters, col.missing)
	out.stats = slices.Repeat([]float64{x}, len(out.clusters))
	if col.labelers != nil {
		out.labelers = slices.Concat(col.labelers, slices.Repeat([]uint32{col.labeler()}, len(col.missing)))
	}
	return &out
}

// mirrored is the column seen from the other side of the preferences.
func (col *Column) mirrored(even float64) *Column {
	out := *col
	out.stats, out.answers = slices.Clone(col.stats), col.answers.turned()
	for i := range out.stats {
		out.stats[i] = 2*even - out.stats[i]
	}
	return &out
}

// turned are the counts seen from the other side of the preferences.
func (a answers) turned() answers {
	return answers{Answers: a.opponent, opponent: a.Answers, unknown: a.unknown}
}

// HasEven reports whether the metric is a preference that [CompareEven] can
// compare.
func (col *Column) HasEven() bool { return col.metric.Even != nil }
