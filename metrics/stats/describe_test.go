package stats_test

import (
	"math"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/stats"
)

// numpy 2.4: x.mean(), x.std(ddof=1), np.percentile(x, [25, 50, 75]), min and max.
func TestDescribe(t *testing.T) {
	for _, tt := range []struct {
		x    []float64
		want stats.Description
		sd   float64
	}{
		{[]float64{7, -1.5, 3, 100, 3}, stats.Description{Count: 5, Mean: 22.3, Min: -1.5, P25: 3, P50: 3, P75: 7, Max: 100}, 43.53963711378404},
		{[]float64{4, 1, 8, 2}, stats.Description{Count: 4, Mean: 3.75, Min: 1, P25: 1.75, P50: 3, P75: 5, Max: 8}, 3.095695936834452},
		{[]float64{2, 1}, stats.Description{Count: 2, Mean: 1.5, Min: 1, P25: 1.25, P50: 1.5, P75: 1.75, Max: 2}, math.Sqrt(0.5)},
	} {
		first := tt.x[0]
		got := stats.Describe(tt.x)
		if got.SD == nil || !approx.Equal(*got.SD, tt.sd, 1e-13) || !approx.Equal(got.Mean, tt.want.Mean, 1e-14) || tt.x[0] != first {
			t.Errorf("%v: %+v, want sd %v", tt.x, got, tt.sd)
		}
		got.SD, got.Mean = nil, tt.want.Mean
		if got != tt.want {
			t.Errorf("%v: %+v, want %+v", tt.x, got, tt.want)
		}
	}
	one := stats.Describe([]float64{5})
	if want := (stats.Description{Count: 1, Mean: 5, Min: 5, P25: 5, P50: 5, P75: 5, Max: 5}); one != want {
		t.Errorf("one value: %+v", one)
	}
	if got := stats.Describe(nil); got != (stats.Description{}) {
		t.Errorf("nothing: %+v", got)
	}
}
