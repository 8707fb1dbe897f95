package infer

import (
	"fmt"
	"math"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/bootstrap"
	"assay/metrics/stats"
)

// Estimate computes a column's estimate. The caller fills in the names (suite,
// model, condition).
func Estimate(s *Column, opt Options) metrics.Estimate {
	if s.judge != nil {
		return s.joined()
	}
	if s.control != nil {
		return s.controlled(opt)
	}
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
		e.Alone = &point
		warnings = []string{noInterval(e.Clusters, s.unit(), e.N, "values")}
	}
	e.Warnings = append(e.Warnings, warnings...)
	e.WorstCase = s.worstCase(point)
	if e.WorstCase == nil && e.Unscored > 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("%d unscored; this metric has no worst-case bounds", e.Unscored))
	}
	return e
}

func (col *Column) interval(c *clustered, point float64, opt Options) (metrics.Interval, string, []string) {
	n, clusters := col.N(), len(c.ids)
	switch {
	case n == 1 && col.metric.Kind == metrics.Proportion && c.binary():
		return col.wilson(c), MethodWilson, nil
	case clusters == 1:
		return col.wholeRange(point), MethodWholeRange, []string{"one " + col.unit() + ": the interval is the metric's whole range"}
	case col.metric.Kind == metrics.FunctionOfSums || opt.Bootstrap:
		return col.bootstrapped(c, opt)
	case col.severalLabelers():
		return col.twoWay(c, point)
	case !c.single():
		mean, se := stats.ClusteredOneWay(c.sums, c.counts)
		if i, ok := col.score(c, se); ok {
			return i, byUnit(MethodWilsonClustered, col.groups), col.fewEvents(c)
		}
		return col.student(mean, se, clusters, byUnit(MethodClustered, col.groups), fewWarning(clusters, fewClusters, col.unit()))
	case col.metric.Kind == metrics.Proportion && c.binary():
		return col.wilson(c), MethodWilson, nil
	}
	mean, se := stats.MeanSE(c.sums)
	if i, ok := col.score(c, se); ok {
		return i, MethodWilsonEffective, fewWarning(clusters, fewDraws, col.unit())
	}
	return col.student(mean, se, clusters, MethodT, fewWarning(clusters, fewDraws, col.unit()))
}

// unit is what errors are clustered by.
func (col *Column) unit() string { return unitOf(col.groups) }

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

// fewWarning says that n, the number of a unit, is too small.
func fewWarning(n, enough int, unit string) []string {
	if n >= enough {
		return nil
	}
	return []string{fmt.Sprintf("only %s; this method needs about %d", plural.Of(n, unit), enough)}
}

// scarcer returns the smaller of the numbers of a unit and of labelers, and whose it is.
func scarcer(n int, unit string, labelers int) (int, string) {
	if labelers < n {
		return labelers, "labeler"
	}
	return n, unit
}

// student is a t interval with the degrees of freedom of n clusters, cut at the
// metric's range. Without spread it is the interval of [equalBounds].
func (col *Column) student(mean, se float64, n int, method string, warnings []string) (metrics.Interval, string, []string) {
	if spreadless(se, n, mean) {
		return col.equal(mean, n), MethodEqual, append(warnings, equalWarning)
	}
	lo, hi := stats.StudentBounds(mean, se, float64(n-1), tail)
	return metrics.Interval{Point: mean, SE: se, Lo: max(lo, col.metric.Lo), Hi: min(hi, col.metric.Hi)}, method, warnings
}

// equal is the interval of n equal clusters. Their standard deviation is 0.
func (col *Column) equal(point float64, n int) metrics.Interval {
	lo, hi := equalBounds(point, col.metric.Lo, col.metric.Hi, n, tail)
	return metrics.Interval{Point: point, Lo: lo, Hi: hi}
}

// wilson is for one 0 or 1 an example. The standard error is that of a mean, from
// the sample's standard deviation.
func (col *Column) wilson(c *clustered) metrics.Interval {
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
func (col *Column) wholeRange(point float64) metrics.Interval {
	return metrics.Interval{Point: point, SE: (col.metric.Hi - col.metric.Lo) / 2, Lo: col.metric.Lo, Hi: col.metric.Hi}
}

func (col *Column) twoWay(c *clustered, point float64) (metrics.Interval, string, []string) {
	n, unit := scarcer(len(c.ids), col.unit(), distinct(col.labelers))
	_, se, ok := stats.ClusteredTwoWay(col.stats, clusterOf(col.clusters, col.groups), col.labelers)
	warnings := fewWarning(n, fewClusters, unit)
	if !ok && se > 0 {
		warnings = append(warnings, "the two-way variance is not positive; the larger one-way variance is used instead")
	}
	return col.student(point, se, n, byUnit(MethodTwoWay, col.groups), warnings)
}

func distinct(ids []uint32) int {
	seen := map[uint32]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	return len(seen)
}

// besideWarning explains an interval that is the metric's range because of [bootstrap.Result.Around].
const besideWarning = "resampling moves this metric nearly always to one side, so its resamples give no interval; this one is the metric's whole range"

func (col *Column) bootstrapped(c *clustered, opt Options) (metrics.Interval, string, []string) {
	dim := c.dim + 1
	r := bootstrap.Run(c.rows(), dim, func(sums []float64) float64 {
		return col.sums.Point(sums[:c.dim], sums[c.dim])
	}, opt.bootstrap())
	switch {
	case !r.Usable():
		return col.wholeRange(r.Point), MethodWholeRange, r.Warnings()
	case r.Degenerate:
		return col.equal(r.Point, len(c.ids)), MethodEqual, []string{equalWarning}
	case !r.Around(tail):
		return col.wholeRange(r.Point), MethodWholeRange, append(r.SpreadWarnings(), besideWarning)
	}
	return metrics.Interval{Point: r.Point, SE: r.SE, Lo: r.Bound(tail), Hi: r.Bound(1 - tail)}, grouped(r.Method, col.groups), r.Warnings()
}

// worstCase puts every missing value at one end of the range, then the other.
func (col *Column) worstCase(point float64) *metrics.Bounds {
	missing := float64(col.Missing())
	if missing == 0 || col.metric.Kind == metrics.FunctionOfSums || !col.metric.Bounded() {
		return nil
	}
	n := float64(col.N())
	return &metrics.Bounds{
		Lo: (point*n + col.metric.Lo*missing) / (n + missing),
		Hi: (point*n + col.metric.Hi*missing) / (n + missing),
	}
}
