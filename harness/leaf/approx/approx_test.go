package approx_test

import (
	"math"
	"testing"

	"assay/harness/leaf/approx"
)

func TestEqual(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, tt := range []struct {
		got, want, tolerance float64
		near                 bool
	}{
		{1, 1.5, 0.5, true}, {1.5, 1, 0.5, true}, {1, 1.5, 0.4, false}, {1.5, 1, 0.4, false}, {-1, 1, 1, false}, {2, 2, 0, true},
		{nan, 1, 9, false}, {1, nan, 9, false}, {nan, nan, 9, false}, {1, 1, nan, false},
		{inf, inf, 1, true}, {inf, -inf, 1, false}, {inf, 1, 1, false}, {1, inf, 1, false}, {1, inf, inf, false}, {-inf, -inf, 0, true},
	} {
		if got := approx.Equal(tt.got, tt.want, tt.tolerance); got != tt.near {
			t.Errorf("%v and %v within %v: %v", tt.got, tt.want, tt.tolerance, got)
		}
	}
}
