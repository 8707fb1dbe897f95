package statistic

import (
	"fmt"
	"math"

	"assay/harness/leaf/plural"
	"assay/metrics"
)

// slack is how far beyond its metric's range a value may be, as a share of the range's
// larger end: sums of fractions may end a little above 1.
const slack = 1e-9

// Check refuses a value that a metric can't have: of another length, with a number that is
// not finite, outside the metric's range, or one that the metric's statistic can't use. Only a mean's values are in its range; other
// statistics compute a point in the range from other numbers.
func Check(m *metrics.Metric, value []float64) error {
	if len(value) != m.ValueWidth() {
		return fmt.Errorf("a value has %s; it must have %d", plural.Of(len(value), "number"), m.ValueWidth())
	}
	for _, x := range value {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("the value %v is not finite", x)
		}
	}
	if m.Statistic.Name != "" && m.Statistic.Name != Mean {
		e, err := find(m)
		if err == nil && e.values != nil {
			err = e.values(m.Statistic, value)
		}
		return err
	}
	within := func(end float64) float64 { return slack * max(1, math.Abs(end)) }
	if x := value[0]; x < m.Lo-within(m.Lo) || x > m.Hi+within(m.Hi) {
		return fmt.Errorf("the value %v is out of range: it must be %s", x, m.Span())
	}
	return nil
}
