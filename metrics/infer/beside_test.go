package infer_test

import (
	"strings"
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/statistic"
)

// Chance only raises a calibration error, so resamples of calibrated answers lie above the point.
// BCa's interval then lay above it too. Where the error is large, resamples lie on both sides.
func TestPointBesideResamples(t *testing.T) {
	ece := &metrics.Metric{Name: "calibration_error", Kind: metrics.FunctionOfSums, Hi: 1, Width: 2,
		Statistic: metrics.Statistic{Name: statistic.ECE, Bins: 10}}
	// In each of ten bins, 40 answers with the same confidence, of which right(bin) are correct.
	column := func(right func(bin int) int) *infer.Column {
		col := infer.NewColumn(ece)
		for bin := range 10 {
			for i := range 40 {
				correct := 0.0
				if i < right(bin) {
					correct = 1
				}
				col.Add(uint32(40*bin+i), 0, []float64{(float64(bin) + 0.5) / 10, correct})
			}
		}
		return col
	}
	e := infer.Estimate(column(func(bin int) int { return 4*bin + 2 }), infer.Defaults(1))
	if e.Interval == nil || e.Method != infer.MethodWholeRange || e.Interval.Lo != 0 || e.Interval.Hi != 1 {
		t.Errorf("calibrated: %+v by %q", e.Interval, e.Method)
	}
	if !strings.Contains(strings.Join(e.Warnings, "; "), "nearly always to one side") {
		t.Errorf("calibrated: warnings %q", e.Warnings)
	}
	// 20 of 40 are correct everywhere: the error is the mean of .45, .35 to .05, .05 to .45, which is .25.
	e = infer.Estimate(column(func(int) int { return 20 }), infer.Defaults(1))
	if e.Interval == nil || e.Method != "BCa bootstrap" || e.Interval.Lo >= 0.25 || e.Interval.Hi <= 0.25 || e.Interval.Hi-e.Interval.Lo > 0.1 {
		t.Errorf("badly calibrated: %+v by %q", e.Interval, e.Method)
	}
}
