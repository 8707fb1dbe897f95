package metrics

import "math"

// Kind says what shape the judgements of a metric have, and so which formulas
// may serve it.
type Kind int

const (
	// Proportion: every judgement counts as 0 or 1. One draw a prompt gives a
	// Wilson interval and, paired, McNemar's exact test.
	Proportion Kind = iota
	// Mean: the average of a real number. One draw a prompt gives a t interval.
	Mean
	// FunctionOfSums: a smooth function of the summed statistics with no closed
	// interval (corpus BLEU). The bootstrap serves it.
	FunctionOfSums
)

// Direction says which way is better.
type Direction int

const (
	HigherIsBetter Direction = iota
	LowerIsBetter
	// NeitherIsBetter: the metric has a place where it should be, away from both ends.
	// What is compared has a difference and no verdict, and there is no gate on it.
	NeitherIsBetter
)

// String names the direction as reports and error messages do.
func (d Direction) String() string {
	switch d {
	case LowerIsBetter:
		return "lower is better"
	case NeitherIsBetter:
		return "neither way is better"
	}
	return "higher is better"
}

// Metric turns judgements into a number. It is a function of sums over clusters
// of sufficient statistics, which is what lets one bootstrap and one clustered
// standard error serve every metric.
type Metric struct {
	Name      string // as in records and in csv: "f1"
	Title     string // as on an axis: "F1"
	Kind      Kind
	Direction Direction

	// Even is the value of a preference between two equals: 0.5 of a win rate, in which
	// one counts for the model and 0 for its baseline. Nil where judgements say nothing of
	// a baseline. The baseline's value against the model is 2*Even minus the model's.
	Even *float64

	// Lo and Hi bound the point; unscored judgements are bounded by them. Both are
	// infinite where the metric has no bounds: see [Metric.Bounded].
	Lo, Hi float64

	// Width is the length of a Judgement's Value; 0 means 1.
	Width int
	// Stat writes the sufficient statistics of one judgement's value into dst
	// (length Dim()). Nil copies the value.
	Stat func(dst, value []float64)
	// Statistics is the length of dst; 0 means Width.
	Statistics int
	// Point computes the metric from the summed statistics of n judgements. Nil
	// is sums[0]/n.
	Point func(sums []float64, n float64) float64
}

// ValueWidth is the length that a judgement's Value must have.
func (m *Metric) ValueWidth() int { return max(m.Width, 1) }

// Dim is the length of the sufficient statistics of one judgement.
func (m *Metric) Dim() int {
	if m.Statistics > 0 {
		return m.Statistics
	}
	return m.ValueWidth()
}

// Statistic writes the sufficient statistics of value into dst.
func (m *Metric) Statistic(dst, value []float64) {
	if m.Stat == nil {
		copy(dst, value)
		return
	}
	m.Stat(dst, value)
}

// Bounded reports whether the metric has a range. Where it has none, what only the range
// would bound (one example, equal examples, judgements without a value) has no bounds.
func (m *Metric) Bounded() bool { return !math.IsInf(m.Hi-m.Lo, 0) }

// Of computes the metric from the summed statistics of n judgements.
func (m *Metric) Of(sums []float64, n float64) float64 {
	if m.Point == nil {
		return sums[0] / n
	}
	return m.Point(sums, n)
}

// Turn maps a difference second minus first to one where up is better; it leaves that of
// a metric without a direction alone.
func (m *Metric) Turn(difference float64) float64 {
	if m.Direction == LowerIsBetter {
		return -difference
	}
	return difference
}
