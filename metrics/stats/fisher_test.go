package stats_test

import (
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/stats"
)

// Values of scipy.stats.fisher_exact([[a, b], [c, d]])[1], scipy 1.15.
func TestFisherExact(t *testing.T) {
	for _, tt := range []struct {
		a, b, c, d int
		want       float64
	}{
		{8, 2, 1, 5, 0.034965034965034975},
		{0, 40, 7, 33, 0.011737629459148446},
		{3, 0, 0, 3, 0.1},
		{60, 140, 30, 170, 0.00047392637145865756},
		{10, 490, 26, 474, 0.009931552065885208},
		{1000, 9000, 1100, 8900, 0.022378874800480137},
		{0, 5, 0, 7, 1},
		{12, 0, 9, 0, 1},
	} {
		for _, got := range []float64{stats.FisherExact(tt.a, tt.b, tt.c, tt.d), stats.FisherExact(tt.d, tt.c, tt.b, tt.a), stats.FisherExact(tt.a, tt.c, tt.b, tt.d)} {
			if !approx.Equal(got, tt.want, 1e-9*max(1, tt.want)) {
				t.Errorf("%d %d, %d %d: p = %.12g, want %.12g", tt.a, tt.b, tt.c, tt.d, got, tt.want)
			}
		}
	}
}
