package infer

import "assay/metrics"

// Change is an example's value on both sides of a comparison: the mean over its judgements,
// or what the metric computes from their sums.
type Change struct {
	Example       uint32 // its number in the columns
	First, Second float64
}

// Changes lists the examples that both columns have scored, in the order of their numbers.
func Changes(first, second *Column) []Change {
	a, b := first.clustered(), second.clustered()
	a, b = a.keep(b), b.keep(a)
	out := make([]Change, len(a.ids))
	for i, id := range a.ids {
		out[i] = Change{id, first.valueAt(a, i), first.valueAt(b, i)}
	}
	return out
}

// valueAt is the value of one cluster.
func (col *Column) valueAt(c *clustered, i int) float64 {
	return col.sums.Point(c.sums[i*c.dim:(i+1)*c.dim], c.counts[i])
}

// Flip says what became of an example.
type Flip int

const (
	Kept   Flip = iota // right on both sides, or without a change
	Failed             // wrong on both sides; of no graded metric
	Lost               // from right to wrong, or worse
	Gained             // from wrong to right, or better
)

// Binary reports whether values of the metric are right or wrong: a proportion with a better
// direction. Others only rise and fall.
func Binary(m *metrics.Metric) bool {
	return m.Kind == metrics.Proportion && m.Direction != metrics.NeitherIsBetter
}

// FlipOf says what became of an example by its metric. It is right if its value is good in
// more than half of its judgements. The value of a graded metric is better or worse; without
// a direction, higher counts as better.
func (c Change) FlipOf(m *metrics.Metric) Flip {
	if !Binary(m) {
		switch d := m.Turn(c.Second - c.First); {
		case d < 0:
			return Lost
		case d > 0:
			return Gained
		}
		return Kept
	}
	right := func(x float64) bool { return m.Turn(x) > m.Turn(0.5) }
	switch first, second := right(c.First), right(c.Second); {
	case first && second:
		return Kept
	case first:
		return Lost
	case second:
		return Gained
	}
	return Failed
}
