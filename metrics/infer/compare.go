package infer

import (
	"fmt"
	"math"
	"slices"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/stats"
)

// Paired is the outcome of comparing two columns: the record, and the bounds at
// the levels that gates use.
type Paired struct {
	metrics.Comparison
	metric *metrics.Metric
	groups []uint32 // cluster of each example; nil: each its own
	// bounds gives the two one-sided bounds of the difference, each at alpha.
	// Nil when nothing could be paired.
	bounds func(alpha float64) (lower, upper float64)
	sized  sized // bounds for another number of clusters; nil: Student's
	// detectable is the smallest true difference that is detected with 80% power at
	// two-sided level alpha; see [Paired.detect]. Nil where none is known.
	detectable func(alpha float64) float64

	// without says why examples that both models have give no interval; "" if they do, or if there are none.
	without string
	// first, second and opt are the inputs of the comparison; see worstcase.go.
	first, second *Column
	opt           Options
	// skipped counts labels without a value, of a joined comparison.
	skipped  int
	labelers bool // a joined comparison has several labelers
	// labelling plans another joined comparison from this one.
	labelling Labelling
	// controlled says that the comparison is controlled for length; skipped then counts
	// preferences without a value.
	controlled bool
}

// Without says why there is no interval although both models have scored examples in common; "" otherwise.
func (p *Paired) Without() string { return p.without }

// Compare computes the difference second minus first over the examples that both
// have. [Adjust] fills in PAdjusted, Adjustment and Verdict for the family.
func Compare(first, second *Column, opt Options) Paired {
	if first.judge != nil && second.judge != nil {
		return compareJoined(first, second)
	}
	if first.control != nil || second.control != nil {
		return compareControlled(first, second, opt)
	}
	a, b := first.clustered(), second.clustered()
	shared, sharedB := a.keep(b), b.keep(a)
	p := Paired{metric: first.metric, groups: first.groups, first: first, second: second, opt: opt}
	if p.groups == nil {
		p.groups = second.groups
	}
	p.Metric = first.metric.Name
	p.Confidence = metrics.Confidence
	p.Method, p.Test, p.P = MethodNone, MethodNone, 1
	p.N = len(shared.ids)
	p.Unpaired = [2]int{len(a.ids) - p.N, len(b.ids) - p.N}
	p.Unscored = [2]int{first.Missing(), second.Missing()}
	p.AnswersFirst, p.AnswersSecond = first.Answers(), second.Answers()
	different := differentAnswers(p.AnswersFirst, p.AnswersSecond)
	p.AnswersDiffer, p.Warnings = different != nil, append(p.Warnings, different...)
	if p.Unscored != [2]int{} {
		p.Warnings = append(p.Warnings, missingWarning(p.Unscored))
	}
	if p.N == 0 {
		p.Warnings = append(p.Warnings, "no example is scored on both sides: nothing to compare")
		return p
	}
	if first.onlySilence() || second.onlySilence() {
		p.Warnings = append(p.Warnings, silenceWarning)
		return p
	}
	examples := shared.ids
	shared, sharedB = shared.merge(p.groups), sharedB.merge(p.groups)
	p.Clusters = len(shared.ids)
	p.First, p.Second = first.pointOf(shared), first.pointOf(sharedB)
	if !finite(p.First) || !finite(p.Second) {
		p.First, p.Second = 0, 0
		p.without = "undefined on the scored judgements: nothing to compare"
		p.Warnings = append(p.Warnings, p.without)
		return p
	}
	single := shared.single() && sharedB.single()
	labelers := first.severalLabelers() || second.severalLabelers()
	if !labelers && first.labeler() != second.labeler() {
		p.Warnings = append(p.Warnings, "each side was judged by another labeler: the difference includes the labelers' difference")
	}
	switch {
	case p.Clusters == 1:
		p.wholeRange()
	case first.metric.Kind == metrics.FunctionOfSums || opt.Bootstrap:
		p.resampled(shared, sharedB, opt)
	case single && !labelers && first.metric.Kind == metrics.Proportion && shared.binary() && sharedB.binary():
		p.binary(shared, sharedB)
	default:
		p.linear(first, second, examples, shared, sharedB, opt)
	}
	if p.Interval.Lo, p.Interval.Hi = p.bounds(tail); !finite(p.Interval.Lo) || !finite(p.Interval.Hi) {
		p.Interval, p.bounds, p.detectable, p.PointsAlone = nil, nil, nil, true
		p.Method, p.Test, p.P = MethodNone, MethodNone, 1
		p.Warnings = slices.DeleteFunc(p.Warnings, func(w string) bool { return w == equalWarning || w == wholeWarning })
		p.without = noInterval(p.Clusters, unitOf(p.groups), p.N, "differences")
		p.Warnings = append(p.Warnings, p.without)
		return p
	}
	if p.detectable != nil {
		p.Detectable = p.detectable(Alpha)
	}
	p.equivalent()
	return p
}

func missingWarning(unscored [2]int) string {
	return fmt.Sprintf("left out, because they have no value: %s of %s and %d of %s", plural.Of(unscored[0], "judgement"), FirstKey, unscored[1], SecondKey)
}

func (col *Column) pointOf(c *clustered) float64 {
	sums, n := c.total()
	return col.sums.Point(sums, n)
}

// width is the largest difference that the metric's range allows.
func (p *Paired) width() float64 { return p.metric.Hi - p.metric.Lo }

const wholeWarning = "one example or cluster in common: the interval is the whole range"

// wholeRange sets the bounds for a single pair, which says nothing beyond the range.
func (p *Paired) wholeRange() {
	width := p.width()
	p.Interval = &metrics.Interval{Point: p.Second - p.First, SE: width}
	p.Method = MethodWholeRange
	p.bounds = func(float64) (float64, float64) { return -width, width }
	p.Warnings = append(p.Warnings, wholeWarning)
}

// equal sets the bounds where n differences are all equal; see [equalBounds].
func (p *Paired) equal(n int) {
	p.SE, p.Method = 0, MethodEqual
	width := p.width()
	p.sized = func(n int, point, alpha float64) (float64, float64) {
		return equalBounds(point, -width, width, n, alpha)
	}
	p.bounds = func(alpha float64) (float64, float64) { return p.sized(n, p.Point, alpha) }
	// The interval's width replaces the spread that wasn't observed.
	lo, hi := p.bounds(tail)
	p.detectT((hi-lo)/(2*-stats.NormalQuantile(tail)), float64(n-1), 0)
	p.Warnings = append(p.Warnings, equalWarning)
}

// binary compares where each example has one 0 or 1 on each side.
func (p *Paired) binary(a, b *clustered) {
	onlyFirst, onlySecond, n := 0, 0, len(a.ids)
	d := make([]float64, n)
	for i := range a.sums {
		d[i] = b.sums[i] - a.sums[i]
		switch {
		case d[i] < 0:
			onlyFirst++
		case d[i] > 0:
			onlySecond++
		}
	}
	mean, se := stats.MeanSE(d)
	p.Interval = &metrics.Interval{Point: mean, SE: se}
	p.Method, p.Test = MethodPairedScore, TestMcNemar
	p.P = stats.McNemarExact(onlyFirst, onlySecond)
	p.bounds = func(alpha float64) (float64, float64) { return stats.PairedScore(onlyFirst, onlySecond, n, alpha) }
	p.sized = sizedPairs(float64(onlyFirst+onlySecond) / float64(n))
	p.detectPairs(onlyFirst, onlySecond, n)
}

// invertedP is the two-sided p-value that the bounds imply for a difference of 0.
func (p *Paired) invertedP() float64 {
	above := stats.OneSidedP(p.lower, 0)
	below := stats.OneSidedP(func(alpha float64) float64 { return -p.upper(alpha) }, 0)
	return min(1, 2*min(above, below))
}

func (p *Paired) lower(alpha float64) float64 { lo, _ := p.bounds(alpha); return lo }
func (p *Paired) upper(alpha float64) float64 { _, hi := p.bounds(alpha); return hi }

// linear compares means through each judgement's share of the difference, u = (x_b
// - mean_b)/n_b - (x_a - mean_a)/n_a, summed by cluster. With one draw an example
// on each side this is the paired t test.
func (p *Paired) linear(first, second *Column, examples []uint32, a, b *clustered, opt Options) {
	_, na := a.total()
	_, nb := b.total()
	n := len(a.ids)
	g := float64(n)
	d := make([]float64, n) // g times u, so that the mean is the difference
	for i := range d {
		share := (b.sums[i]-p.Second*b.counts[i])/nb - (a.sums[i]-p.First*a.counts[i])/na
		d[i] = p.Second - p.First + g*share
	}
	_, se := stats.MeanSE(d)
	single := a.single() && b.single()
	p.Method, p.Test = MethodPairedT, TestT
	if !single {
		p.Method = byUnit(MethodPairedClustered, p.groups)
	}
	p.Interval = &metrics.Interval{Point: p.Second - p.First, SE: se}
	if first.severalLabelers() || second.severalLabelers() {
		n = p.twoWay(first, second, examples, na, nb)
	} else {
		p.Warnings = append(p.Warnings, fewWarning(n, fewDraws, unitOf(p.groups))...)
	}
	if spreadless(p.SE, n, math.Abs(p.First)+math.Abs(p.Second)) {
		p.equal(n)
		p.P, p.Test = stats.SignFlip(d, opt.Resamples, opt.Seed), TestSignFlip
		return
	}
	p.detectT(p.SE, float64(n-1), 0)
	if p.score(first, second, a, b) {
		return
	}
	p.student(n)
	if p.Method == MethodPairedT && n < fewDraws {
		p.P, p.Test = stats.SignFlip(d, opt.Resamples, opt.Seed), TestSignFlip
		p.detectT(p.SE, float64(n-1), leastFlips(n, opt.Resamples))
	}
}

// twoWay is the standard error of the difference when errors are shared within
// clusters and within labelers, over both columns' judgements of the examples in
// common.
func (p *Paired) twoWay(first, second *Column, examples []uint32, na, nb float64) int {
	in := make(map[uint32]bool, len(examples))
	for _, id := range examples {
		in[id] = true
	}
	var values []float64
	var clusters, labelers []uint32
	add := func(s *Column, mean, n, sign float64) {
		for i, c := range s.clusters {
			if !in[c] {
				continue
			}
			values = append(values, sign*(s.stats[i]-mean)/n)
			clusters = append(clusters, c)
			l := uint32(0)
			if s.labelers != nil {
				l = s.labelers[i]
			}
			labelers = append(labelers, l)
		}
	}
	add(first, p.First, na, -1)
	add(second, p.Second, nb, 1)
	m := float64(len(values))
	for i := range values {
		values[i] *= m
	}
	clusters = clusterOf(clusters, p.groups)
	_, se, ok := stats.ClusteredTwoWay(values, clusters, labelers)
	if !ok && se > 0 {
		p.Warnings = append(p.Warnings, "the two-way variance is not positive; the larger one-way variance is used instead")
	}
	p.Method, p.SE = byUnit(MethodPairedTwoWay, p.groups), se
	few, unit := scarcer(p.Clusters, unitOf(p.groups), distinct(labelers))
	p.Warnings = append(p.Warnings, fewWarning(few, fewClusters, unit)...)
	return max(few, 2)
}
