// Package audit measures how a judge judges: whether its verdicts depend on the order in which it
// sees two answers, whether it prefers long or decorated answers and its own model's, whether it
// says the same when it is asked again, and how often it is right where the right answer is known.
//
// Every number comes with an interval, clustered by prompt. If the data can't carry a number, the
// error says what is needed, and there is no number.
package audit

import (
	"errors"
	"fmt"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/infer"
)

// Measure is a number with its 95% interval.
type Measure struct {
	Point    float64 `json:"point"`
	Lo       float64 `json:"lo"`
	Hi       float64 `json:"hi"`
	N        int     `json:"n"`        // pairs or items
	Clusters int     `json:"clusters"` // prompts
	Method   string  `json:"method"`
}

// Share is the mean of values from 0 to 1. clusters has the prompt of each value.
func Share(values []float64, clusters []uint32) (Measure, error) {
	if len(values) == 0 {
		return Measure{}, errors.New("there is no value")
	}
	kind := metrics.Proportion
	for _, x := range values {
		if x != 0 && x != 1 {
			kind = metrics.Mean
		}
	}
	m := metrics.Metric{Name: "share", Kind: kind, Lo: 0, Hi: 1}
	col := infer.NewColumn(&m)
	for i, x := range values {
		col.Add(clusters[i], 0, []float64{x})
	}
	e := infer.Estimate(col, infer.Defaults(0))
	if e.Interval == nil {
		return Measure{}, fmt.Errorf("%s without an interval", plural.Of(len(values), "value"))
	}
	return Measure{e.Interval.Point, e.Interval.Lo, e.Interval.Hi, e.N, e.Clusters, e.Method}, nil
}
