package infer

import (
	"math"

	"assay/metrics"
	"assay/metrics/stats"
)

// OverSeeds pools one number's estimates from several trainings, each from a seed of its
// own and scored on examples of its own: their mean, with the spread between them as its
// error. Since the examples differ from seed to seed as the weights do, that spread holds
// both (the between-replicate variance of a one-way layout), and the interval is Student's
// with one degree of freedom less than there are seeds. Of a single training its own
// interval is all there is; of none there is nothing.
func OverSeeds(of []metrics.Interval) *metrics.Interval {
	switch len(of) {
	case 0:
		return nil
	case 1:
		only := of[0]
		return &only
	}
	points := make([]float64, len(of))
	for i := range of {
		points[i] = of[i].Point
	}
	mean, se := stats.MeanSE(points)
	lo, hi := stats.StudentBounds(mean, se, float64(len(of)-1), (1-metrics.Confidence)/2)
	return &metrics.Interval{Point: mean, SE: se, Lo: lo, Hi: hi}
}

// Term is a number times a weight.
type Term struct {
	Weight float64
	Of     metrics.Interval
}

// Contrast is a weighted sum of estimates. Their errors are taken as independent, which
// is too wide where they are of the same examples and have weights of different signs: it
// serves for one training, and over several [OverSeeds] makes an interval of its points.
func Contrast(terms []Term) metrics.Interval {
	point, variance := 0.0, 0.0
	for _, t := range terms {
		point += t.Weight * t.Of.Point
		variance += t.Weight * t.Weight * t.Of.SE * t.Of.SE
	}
	se := math.Sqrt(variance)
	lo, hi := stats.StudentBounds(point, se, math.Inf(1), (1-metrics.Confidence)/2)
	return metrics.Interval{Point: point, SE: se, Lo: lo, Hi: hi}
}
