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
