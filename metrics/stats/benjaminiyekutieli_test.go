package stats

import (
	"testing"

	"assay/harness/leaf/approx"
)

// scipy 1.12: false_discovery_control(p, method="by").
func TestBenjaminiYekutieli(t *testing.T) {
	got := BenjaminiYekutieli([]float64{0.035013441360582466, 0.007697048984114572, 0.04945614042250529, 2.1332742810404273e-05})
	for i, want := range []float64{0.09725955933495127, 0.03207103743381071, 0.10303362588021935, 0.0001777728567533689} {
		if !approx.Equal(got[i], want, 1e-12) {
			t.Errorf("adjusted p %d is %v, want %v", i, got[i], want)
		}
	}
}
