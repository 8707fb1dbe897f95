package logistic_test

import (
	"math"
	"testing"

	"assay/harness/leaf/logistic"
)

// The values were computed with 60 digits by Python's decimal module.
func TestLogistic(t *testing.T) {
	for _, c := range []struct{ x, of, log float64 }{
		{0, 0.5, -0.6931471805599453},
		{1, 0.7310585786300049, -0.3132616875182228},
		{-1, 0.2689414213699951, -1.3132616875182228},
		{40, 1, -4.248354255291589e-18},
		{-40, 4.248354255291589e-18, -40},
		{-700, 9.859676543759770e-305, -700},
		{1000, 1, 0},
		{-1000, 0, -1000},
	} {
		if got := logistic.Of(c.x); !(math.Abs(got-c.of) <= 4e-16*c.of) { // NaN too
			t.Errorf("Of(%g) = %g, want %g", c.x, got, c.of)
		}
		if got := logistic.Log(c.x); !(math.Abs(got-c.log) <= 4e-16*math.Abs(c.log)) {
			t.Errorf("Log(%g) = %g, want %g", c.x, got, c.log)
		}
	}
}

// TestSoftmax: scipy.special.softmax([-1000, -1001.5, -1000.25]), and a choice without any probability.
func TestSoftmax(t *testing.T) {
	got := logistic.Softmax([]float64{-1000, -1001.5, -1000.25, math.Inf(-1)})
	for i, want := range []float64{0.4995177298132149, 0.11145747105020275, 0.3890247991365822, 0} {
		if !(math.Abs(got[i]-want) <= 1e-15) {
			t.Errorf("%d: %v, want %v", i, got[i], want)
		}
	}
	if len(got) != 4 || logistic.Softmax(nil) != nil {
		t.Errorf("%v", got)
	}
}
