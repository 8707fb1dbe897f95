package infer

import (
	"math"

	"assay/metrics"
	"assay/metrics/stats"
)

// OverSeeds pools one number's estimates from several trainings, each with its own seed
// and scored on its own examples. The result is their mean, with the spread between them
// as its error. Examples differ between seeds as weights do, so that spread contains both
// (the between-replicate variance of a one-way layout). The interval is Student's with one
// degree of freedom less than there are seeds. A single training keeps its own interval;
// without any the result is nil.
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

// Contrast is a weighted sum of estimates. It treats their errors as independent, which
// is too wide if they share examples and have weights of different signs. It is meant for
// one training; over several, [OverSeeds] pools the points.
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
