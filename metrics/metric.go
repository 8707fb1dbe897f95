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
	// Statistic says how values are summed and what is made of their sums. The zero value is
	// the mean of one number.
	Statistic Statistic
}

// Statistic names one of the statistics of package statistic, so that a metric is data
// alone and travels with the run that it is of.
type Statistic struct {
	Name      string
	Threshold float64 // of those that have one
}

// ValueWidth is the length that a judgement's Value must have.
func (m *Metric) ValueWidth() int { return max(m.Width, 1) }

// Bounded reports whether the metric has a range. Where it has none, what only the range
// would bound (one example, equal examples, judgements without a value) has no bounds.
func (m *Metric) Bounded() bool { return !math.IsInf(m.Hi-m.Lo, 0) }

// Turn maps a difference second minus first to one where up is better; it leaves that of
// a metric without a direction alone.
func (m *Metric) Turn(difference float64) float64 {
	if m.Direction == LowerIsBetter {
		return -difference
	}
	return difference
}
