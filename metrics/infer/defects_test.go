package infer_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
)

// These tests are named for defects found in public harnesses. Those of resampling
// are in package bootstrap; those of pairing and clusters are beside the
// comparisons here.

// TestDefectAccuracyZeroOnNoData: an empty sample has no number.
func TestDefectAccuracyZeroOnNoData(t *testing.T) {
	for _, m := range []*metrics.Metric{proportion(), mean(), ratio()} {
		e := infer.Estimate(infer.NewColumn(m), options())
		if e.Interval != nil || len(e.Warnings) == 0 {
			t.Errorf("%s: interval %v, warnings %q", m.Name, e.Interval, e.Warnings)
		}
		data, err := json.Marshal(e)
		if err != nil || strings.Contains(string(data), `"point"`) {
			t.Errorf("%s: record %s, %v", m.Name, data, err)
		}
	}
}

// TestDefectNaNAsNotScored: a NaN can't be recorded, and missing values leave no
// NaN.
func TestDefectNaNAsNotScored(t *testing.T) {
	j := metrics.Judgement{Suite: "s", Example: "e", Model: "m", Metric: "f1", Value: []float64{math.NaN()}}
	if j.Validate() == nil {
		t.Error("a judgement of NaN is valid")
	}
	s := infer.NewColumn(mean())
	for i := range 5 {
		s.AddMissing(uint32(i))
	}
	e := infer.Estimate(s, options())
	if e.Interval != nil || e.Unscored != 5 || e.WorstCase == nil || *e.WorstCase != (metrics.Bounds{Lo: 0, Hi: 1}) {
		t.Errorf("all missing: interval %v, unscored %d, worst case %v", e.Interval, e.Unscored, e.WorstCase)
	}
}

// TestDefectSilentlyMissing: a row computed from 650 of 805 answers reports this,
// and how far the others could move it.
func TestDefectSilentlyMissing(t *testing.T) {
	s := counts(325, 325)
	for i := range 155 {
		s.AddMissing(uint32(1000 + i))
	}
	e := infer.Estimate(s, options())
	if e.N != 650 || e.Unscored != 155 || e.WorstCase == nil {
		t.Fatalf("n %d, unscored %d, worst case %v", e.N, e.Unscored, e.WorstCase)
	}
	near(t, "worst", e.WorstCase.Lo, 325.0/805, 1e-12)
	near(t, "best", e.WorstCase.Hi, 480.0/805, 1e-12)
}

// TestDefectPopulationDeviation: the divisor is n-1, for a mean and for a
// proportion.
func TestDefectPopulationDeviation(t *testing.T) {
	// np.std([0, 1, 1, 1, 1], ddof=1)/sqrt(5) = 0.2; with ddof=0 it is 0.179.
	values := []float64{0, 1, 1, 1, 1}
	near(t, "proportion", infer.Estimate(of(proportion(), values...), options()).SE, 0.2, 1e-12)
	near(t, "mean", infer.Estimate(of(mean(), values...), options()).SE, 0.2, 1e-12)
}
