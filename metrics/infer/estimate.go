package infer

import (
	"fmt"
	"math"
	"strings"

	"assay/metrics"
	"assay/metrics/bootstrap"
	"assay/metrics/stats"
)

// Estimate computes a column's estimate. The caller fills in the names (suite,
// model, condition).
func Estimate(s *Column, opt Options) metrics.Estimate {
	e := metrics.Estimate{
		Metric:     s.metric.Name,
		Confidence: metrics.Confidence,
		Method:     MethodNone,
		N:          s.N(),
		Unscored:   s.Missing(),
		Answers:    s.Answers(),
		Opponent:   s.Opponent(),
	}
	e.Warnings = append(e.Warnings, s.answerWarnings()...)
	if s.N() == 0 {
		if s.metric.Bounded() {
			e.WorstCase = &metrics.Bounds{Lo: s.metric.Lo, Hi: s.metric.Hi}
		}
		e.Warnings = append(e.Warnings, "nothing was scored: there is no estimate")
		return e
	}
	if s.onlySilence() {
		e.Warnings = append(e.Warnings, silenceWarning)
		return e
	}
	c := s.clustered().merge(s.groups)
	e.Clusters = len(c.ids)
	sums, n := c.total()
	point := s.sums.Point(sums, n)
	if !finite(point) {
		e.Warnings = append(e.Warnings, "undefined on the scored judgements: there is no estimate")
		return e
	}
	interval, method, warnings := s.interval(c, point, opt)
	if finite(interval.Lo) && finite(interval.Hi) {
		e.Interval, e.Method = &interval, method
	} else {
		warnings = []string{unboundedWarning}
	}
	e.Warnings = append(e.Warnings, warnings...)
	e.WorstCase = s.worstCase(point)
	if e.WorstCase == nil && e.Unscored > 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("%d unscored; this metric has no worst-case bounds", e.Unscored))
	}
	return e
}

func (s *Column) interval(c *clustered, point float64, opt Options) (metrics.Interval, string, []string) {
	n, clusters := s.N(), len(c.ids)
	switch {
	case n == 1 && s.metric.Kind == metrics.Proportion && c.binary():
		return s.wilson(c), MethodWilson, nil
	case clusters == 1:
		return s.wholeRange(point), MethodWholeRange, []string{"one " + s.unit() + ": the interval is the metric's whole range"}
	case s.metric.Kind == metrics.FunctionOfSums || opt.Bootstrap:
		return s.bootstrapped(c, opt)
	case s.severalLabelers():
		return s.twoWay(c, point)
	case !c.single():
		mean, se := stats.ClusteredOneWay(c.sums, c.counts)
		if i, ok := s.score(c, se); ok {
			return i, byUnit(MethodWilsonClustered, s.groups), s.fewEvents(c)
		}
		return s.student(mean, se, clusters, byUnit(MethodClustered, s.groups), fewWarning(clusters, fewClusters, s.unit()+"s"))
	case s.metric.Kind == metrics.Proportion && c.binary():
		return s.wilson(c), MethodWilson, nil
	}
	mean, se := stats.MeanSE(c.sums)
	if i, ok := s.score(c, se); ok {
		return i, MethodWilsonEffective, fewWarning(clusters, fewDraws, s.unit()+"s")
	}
	return s.student(mean, se, clusters, MethodT, fewWarning(clusters, fewDraws, s.unit()+"s"))
}

// unit is what errors are clustered by.
func (s *Column) unit() string { return unitOf(s.groups) }

func unitOf(groups []uint32) string {
	if groups != nil {
		return ClusterUnit
	}
	return "example"
}

// byUnit returns a method's name with the unit that it clusters by.
func byUnit(method string, groups []uint32) string {
	if groups == nil {
		return method
	}
	return strings.Replace(method, "by example", "by "+ClusterKey, 1)
}

// grouped returns the name of a method that draws clusters of any kind, with the kind
// above the example.
func grouped(method string, groups []uint32) string {
	if groups == nil {
		return method
	}
	return method + ", clustered by " + ClusterKey
}

func fewWarning(n, enough int, what string) []string {
	if n >= enough {
		return nil
	}
	return []string{fmt.Sprintf("%d %s are few for this method (%d would do)", n, what, enough)}
}

// student is a t interval with the degrees of freedom of n clusters, cut at the
// metric's range. Without spread it is the interval of [equalBounds].
func (s *Column) student(mean, se float64, n int, method string, warnings []string) (metrics.Interval, string, []string) {
	if spreadless(se, n, mean) {
		return s.equal(mean, n), MethodEqual, append(warnings, equalWarning)
	}
	lo, hi := stats.StudentBounds(mean, se, float64(n-1), tail)
	return metrics.Interval{Point: mean, SE: se, Lo: max(lo, s.metric.Lo), Hi: min(hi, s.metric.Hi)}, method, warnings
}

// equal is the interval of n equal clusters. Their standard deviation is 0.
func (s *Column) equal(point float64, n int) metrics.Interval {
	lo, hi := equalBounds(point, s.metric.Lo, s.metric.Hi, n, tail)
	return metrics.Interval{Point: point, Lo: lo, Hi: hi}
}

// wilson is for one 0 or 1 an example. The standard error is that of a mean, from
// the sample's standard deviation.
func (s *Column) wilson(c *clustered) metrics.Interval {
	successes := 0
	for _, x := range c.sums {
		if x == 1 {
			successes++
		}
	}
	n := len(c.sums)
	p := float64(successes) / float64(n)
	lo, hi := stats.Wilson(successes, n, metrics.Confidence)
	se := 0.5 // one draw has no standard deviation; 0.5 bounds it
	if n > 1 {
		se = math.Sqrt(p * (1 - p) / float64(n-1))
	}
	return metrics.Interval{Point: p, SE: se, Lo: lo, Hi: hi}
}

// wholeRange is the interval of a single example. Half the range bounds any
// standard deviation within it (Popoviciu).
func (s *Column) wholeRange(point float64) metrics.Interval {
	return metrics.Interval{Point: point, SE: (s.metric.Hi - s.metric.Lo) / 2, Lo: s.metric.Lo, Hi: s.metric.Hi}
}

func (s *Column) twoWay(c *clustered, point float64) (metrics.Interval, string, []string) {
	labelers := distinct(s.labelers)
	n := min(len(c.ids), labelers)
	_, se, ok := stats.ClusteredTwoWay(s.stats, clusterOf(s.clusters, s.groups), s.labelers)
	warnings := fewWarning(n, fewClusters, s.unit()+"s or labelers")
	if !ok && se > 0 {
		warnings = append(warnings, "the two-way variance is not positive; the larger one-way variance is used instead")
	}
	return s.student(point, se, n, byUnit(MethodTwoWay, s.groups), warnings)
}

func distinct(ids []uint32) int {
	seen := map[uint32]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	return len(seen)
}

func (s *Column) bootstrapped(c *clustered, opt Options) (metrics.Interval, string, []string) {
	dim := c.dim + 1
	r := bootstrap.Run(c.rows(), dim, func(sums []float64) float64 {
		return s.sums.Point(sums[:c.dim], sums[c.dim])
	}, bootstrap.Options{Resamples: opt.Resamples, Seed: opt.Seed})
	switch {
	case !r.Usable():
		return s.wholeRange(r.Point), MethodWholeRange, r.Warnings()
	case r.Degenerate:
		return s.equal(r.Point, len(c.ids)), MethodEqual, []string{equalWarning}
	}
	return metrics.Interval{Point: r.Point, SE: r.SE, Lo: r.Bound(tail), Hi: r.Bound(1 - tail)}, grouped(r.Method, s.groups), r.Warnings()
}

// worstCase puts every missing value at one end of the range, then the other.
func (s *Column) worstCase(point float64) *metrics.Bounds {
	missing := float64(s.Missing())
	if missing == 0 || s.metric.Kind == metrics.FunctionOfSums || !s.metric.Bounded() {
		return nil
	}
	n := float64(s.N())
	return &metrics.Bounds{
		Lo: (point*n + s.metric.Lo*missing) / (n + missing),
		Hi: (point*n + s.metric.Hi*missing) / (n + missing),
	}
}
