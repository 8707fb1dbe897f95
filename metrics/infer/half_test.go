package infer_test

import (
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
)

// If every value of a share is a half, as from a rule that can't decide any pair, the
// interval is around one half, from equal clusters.
func TestAllHalves(t *testing.T) {
	m := metrics.Metric{Name: "pair accuracy", Title: "Pair accuracy", Kind: metrics.Proportion, Direction: metrics.HigherIsBetter, Lo: 0, Hi: 1}
	s := infer.NewColumn(&m)
	for i := range 60 {
		s.Add(uint32(i/3), 0, []float64{0.5})
	}
	e := infer.Estimate(s, infer.Defaults(1))
	if e.Interval == nil || e.Point != 0.5 || !(e.Lo < 0.5 && e.Hi > 0.5) {
		t.Errorf("%+v", e)
	}
}
