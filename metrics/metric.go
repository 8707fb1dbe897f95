package metrics

import (
	"fmt"
	"math"
)

// Kind says what form the judgements of a metric have, and so which formulas apply.
type Kind int

const (
	// Proportion: every judgement counts as 0 or 1. With one draw per prompt, the interval
	// is Wilson's and the paired test is McNemar's exact test.
	Proportion Kind = iota
	// Mean: the average of a real number. With one draw per prompt, the interval is t's.
	Mean
	// FunctionOfSums: a smooth function of summed statistics without a closed interval
	// (corpus BLEU). It uses the bootstrap.
	FunctionOfSums
)

// kinds are the names of kinds in manifests.
var kinds = []string{"proportion", "mean", "function_of_sums"}

// String is the kind's name in manifests.
func (k Kind) String() string { return kinds[k] }

// MarshalText writes the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return MarshalName(k, kinds) }

// UnmarshalText reads the kind's name.
func (k *Kind) UnmarshalText(name []byte) (err error) {
	*k, err = UnmarshalName[Kind](name, "kind", kinds)
	return err
}

// Direction says which way is better.
type Direction int

const (
	HigherIsBetter Direction = iota
	LowerIsBetter
	// NeitherIsBetter: the best value is between the two ends. Comparisons have a difference
	// but no verdict of better or worse, and there can be no gate.
	NeitherIsBetter
)

// String names the direction for reports and error messages.
func (d Direction) String() string {
	switch d {
	case LowerIsBetter:
		return "lower is better"
	case NeitherIsBetter:
		return "neither direction is better"
	}
	return "higher is better"
}

// directions are the names of directions in manifests.
var directions = []string{"higher", "lower", "neither"}

// MarshalText writes the direction's name in manifests.
func (d Direction) MarshalText() ([]byte, error) { return MarshalName(d, directions) }

// UnmarshalText reads the direction's name in manifests.
func (d *Direction) UnmarshalText(name []byte) (err error) {
	*d, err = UnmarshalName[Direction](name, "direction", directions)
	return err
}

// Metric defines how judgements become a number. It is a function of sums over clusters
// of sufficient statistics, so that one bootstrap and one clustered standard error serve
// every metric.
type Metric struct {
	Name      string // in records and in CSV: "f1"
	Title     string // on an axis: "F1"
	Kind      Kind
	Direction Direction

	// Even is the value of a preference between two equal models: 0.5 for a win rate, in
	// which 1 is a win of the model and 0 one of its baseline. Nil if judgements don't refer
	// to a baseline. The baseline's value against the model is 2*Even minus the model's.
	Even *float64

	// Lo and Hi bound the point, and also unscored judgements. Both are infinite if the
	// metric has no bounds: see [Metric.Bounded].
	Lo, Hi float64

	// Width is the length of a Judgement's Value; 0 means 1.
	Width int
	// Statistic says how values are summed and what is computed from the sums. The zero value
	// is the mean of one number.
	Statistic Statistic
}

// Statistic names one of the statistics of package statistic. So a metric is only data, and
// can be part of its run's manifest.
type Statistic struct {
	Name      string
	Threshold float64  // for statistics that have one
	Labels    []string // for statistics of labels, whose values hold a label's index
	Bins      int      // for statistics that sort values into bins
}

// ValueWidth is the length that a judgement's Value must have.
func (m *Metric) ValueWidth() int { return max(m.Width, 1) }

// Bounded reports whether the metric has a range. Without one, there are no bounds where only
// the range would give some: one example, equal examples, judgements without a value.
func (m *Metric) Bounded() bool { return !math.IsInf(m.Hi-m.Lo, 0) }

// Span says in words where the metric's point is: "from 0 to 1", "at least 0", "any number".
func (m *Metric) Span() string {
	below, above := math.IsInf(m.Lo, -1), math.IsInf(m.Hi, 1)
	switch {
	case below && above:
		return "any number"
	case above:
		return fmt.Sprintf("at least %v", m.Lo)
	case below:
		return fmt.Sprintf("at most %v", m.Hi)
	}
	return fmt.Sprintf("from %v to %v", m.Lo, m.Hi)
}

// Turn gives a difference, second minus first, the sign with which higher is better. It does
// not change the difference of a metric without a direction.
func (m *Metric) Turn(difference float64) float64 {
	if m.Direction == LowerIsBetter {
		return -difference
	}
	return difference
}
