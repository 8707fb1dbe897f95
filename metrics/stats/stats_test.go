package stats

import (
	"math"
	"testing"
)

// near reports whether got and want agree to a relative tolerance, with an absolute
// floor of the same size for values below 1.
func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*max(1, math.Abs(want))
}

// relative is near without the floor, for tail probabilities.
func relative(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*math.Abs(want)
}

func mustPanic(t *testing.T, name string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if recover() == nil {
			t.Errorf("%s did not panic", name)
		}
	}()
	f()
}

// Defect: accuracy 0.0 reported on no data. No function here returns a number for
// it.
func TestNoDataHasNoNumber(t *testing.T) {
	for name, f := range map[string]func(){
		"Wilson":          func() { Wilson(0, 0, 0.95) },
		"MeanSE, none":    func() { MeanSE(nil) },
		"MeanSE, one":     func() { MeanSE([]float64{1}) },
		"ClusteredOneWay": func() { ClusteredOneWay(nil, nil) },
		"one cluster":     func() { ClusteredOneWay([]float64{3}, []float64{4}) },
		"empty cluster":   func() { ClusteredOneWay([]float64{3, 0}, []float64{4, 0}) },
		"ClusteredTwoWay": func() { ClusteredTwoWay(nil, nil, nil) },
		"single levels":   func() { ClusteredTwoWay([]float64{1, 2}, []uint32{7, 7}, []uint32{9, 9}) },
		"PairedScore":     func() { PairedScore(0, 0, 0, 0.025) },
		"SignFlip":        func() { SignFlip(nil, 100, 1) },
		"BradleyTerry":    func() { _, _ = BradleyTerry(1, nil) },
	} {
		mustPanic(t, name, f)
	}
	if _, err := BradleyTerry(2, nil); err == nil {
		t.Error("BradleyTerry without matches returned no error")
	}
}

func TestArgumentsOutOfRangePanic(t *testing.T) {
	nan := math.NaN()
	for name, f := range map[string]func(){
		"k < 0":           func() { Wilson(-1, 3, 0.95) },
		"k > n":           func() { Wilson(4, 3, 0.95) },
		"confidence 1":    func() { Wilson(1, 3, 1) },
		"confidence NaN":  func() { Wilson(1, 3, nan) },
		"quantile 0":      func() { NormalQuantile(0) },
		"se < 0":          func() { StudentBounds(0, -1, 3, 0.025) },
		"df 0":            func() { StudentBounds(0, 1, 0, 0.025) },
		"alpha 0":         func() { StudentBounds(0, 1, 3, 0) },
		"lengths":         func() { ClusteredTwoWay([]float64{1, 2}, []uint32{1}, []uint32{1, 2}) },
		"sums and counts": func() { ClusteredOneWay([]float64{1, 2}, []float64{1}) },
		"b < 0":           func() { McNemarExact(-1, 0) },
		"discordant > n":  func() { PairedScore(3, 3, 5, 0.025) },
		"paired alpha":    func() { PairedScore(1, 1, 5, 1) },
		"no resamples":    func() { SignFlip([]float64{1}, 0, 1) },
		"NaN difference":  func() { SignFlip([]float64{1, nan}, 10, 1) },
		"p > 1":           func() { Holm([]float64{0.1, 1.1}) },
		"p NaN":           func() { BenjaminiHochberg([]float64{nan}) },
		"levels alpha":    func() { HolmLevels([]float64{0.1}, 0) },
		"player of range": func() { _, _ = BradleyTerry(2, []Match{{First: 0, Second: 2}}) },
	} {
		mustPanic(t, name, f)
	}
}
