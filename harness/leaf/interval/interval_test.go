package interval_test

import (
	"math"
	"testing"

	"assay/harness/leaf/interval"
)

func TestInterval(t *testing.T) {
	for _, tt := range []struct {
		form, want string
		in, out    []float64
	}{
		{"", "finite", []float64{-1e300, 0}, []float64{math.Inf(-1)}},
		{"[0,]", "at least 0", []float64{0, 7}, []float64{-0.1}},
		{"(0,]", "above 0", []float64{1e-300}, []float64{0, -1}},
		{"[0,1]", "from 0 to 1", []float64{0, 1}, []float64{1.1, -0.1}},
		{"[0,1)", "from 0 to below 1", []float64{0, 0.9}, []float64{1}},
		{"(0,1]", "above 0 and at most 1", []float64{1, 0.1}, []float64{0}},
		{"(0.05,1)", "above 0.05 and below 1", []float64{0.06}, []float64{0.05, 1}},
		{"[100,1e7]", "from 100 to 10000000", []float64{100, 1e7}, []float64{99, 1e7 + 1}},
	} {
		in := interval.Parse(tt.form)
		if in.String() != tt.want {
			t.Errorf("%s: %q, want %q", tt.form, in, tt.want)
		}
		for _, x := range tt.in {
			if !in.Holds(x) {
				t.Errorf("%s doesn't hold %v", tt.form, x)
			}
		}
		for _, x := range append(tt.out, math.NaN(), math.Inf(1)) {
			if in.Holds(x) {
				t.Errorf("%s holds %v", tt.form, x)
			}
		}
	}
	if got := interval.Parse("(0,60]").In("s"); got != "above 0s and at most 60s" {
		t.Errorf("with a unit: %q", got)
	}
	for _, malformed := range []string{"0,1", "[0;1]", "[a,1]", "[0,1"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q is accepted", malformed)
				}
			}()
			interval.Parse(malformed)
		}()
	}
}
