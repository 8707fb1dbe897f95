package statistic_test

import (
	"math"
	"testing"

	"assay/metrics"
	"assay/metrics/statistic"
)

func TestCheck(t *testing.T) {
	inf := math.Inf(1)
	share := metrics.Metric{Lo: 0, Hi: 1}
	grade := metrics.Metric{Lo: 1, Hi: 7, Statistic: metrics.Statistic{Name: statistic.Mean}}
	loss := metrics.Metric{Lo: 0, Hi: inf}
	debt := metrics.Metric{Lo: -inf, Hi: -2}
	reward := metrics.Metric{Lo: -inf, Hi: inf}
	toxic := metrics.Metric{Lo: 0, Hi: 1, Statistic: statistic.AtLeast(3)}
	ratio := metrics.Metric{Lo: 0, Hi: 1, Width: 2, Kind: metrics.FunctionOfSums, Statistic: metrics.Statistic{Name: statistic.RatioOfSums}}
	for _, tt := range []struct {
		metric metrics.Metric
		value  []float64
		want   string
	}{
		{share, []float64{0}, ""}, {share, []float64{1}, ""}, {share, []float64{1 + 1e-15}, ""}, {share, []float64{-1e-15}, ""},
		{share, []float64{1.001}, "the value 1.001 is out of range: it must be from 0 to 1"},
		{share, []float64{-0.001}, "the value -0.001 is out of range: it must be from 0 to 1"},
		{share, []float64{math.NaN()}, "the value NaN is not finite"},
		{share, nil, "a value has 0 numbers; it must have 1"},
		{share, []float64{0, 1}, "a value has 2 numbers; it must have 1"},
		{grade, []float64{1}, ""}, {grade, []float64{7}, ""}, {grade, []float64{0}, "the value 0 is out of range: it must be from 1 to 7"},
		{loss, []float64{1e300}, ""}, {loss, []float64{-1}, "the value -1 is out of range: it must be at least 0"}, {loss, []float64{inf}, "the value +Inf is not finite"},
		{debt, []float64{-1e300}, ""}, {debt, []float64{-1}, "the value -1 is out of range: it must be at most -2"},
		{reward, []float64{-1e300}, ""}, {reward, []float64{-inf}, "the value -Inf is not finite"},
		{toxic, []float64{4}, ""}, {toxic, []float64{inf}, "the value +Inf is not finite"},
		{ratio, []float64{30, 40}, ""}, {ratio, []float64{30, math.NaN()}, "the value NaN is not finite"},
	} {
		got := ""
		if err := statistic.Check(&tt.metric, tt.value); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%v with range %s: %q, want %q", tt.value, tt.metric.Span(), got, tt.want)
		}
	}
	if got := reward.Span(); got != "any number" {
		t.Errorf("no bounds are %q", got)
	}
}
