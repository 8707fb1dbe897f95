package stats_test

import (
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/stats"
)

// The values are scikit-learn 1.9.1's, with each row once with label 1 and weight w*y, and once
// with label 0 and weight w*(1-y):
//
//	LogisticRegression(penalty="l1", solver="liblinear", fit_intercept=False, C=C, tol=1e-13,
//	    max_iter=1000000).fit(x+x, [1]*12+[0]*12, sample_weight).coef_
func TestLassoLogistic(t *testing.T) {
	var x, targets, weights []float64
	for i := range 12 {
		x = append(x, float64(i*i%7)-3, float64(i*5%11)/4-1, 1)
		targets = append(targets, float64(i*3%8)/7)
		weights = append(weights, 1+float64(i%3)/2)
	}
	for _, tt := range []struct {
		c    float64
		want [3]float64
	}{
		{0.05, [3]float64{0.0, 0.0, 0.0}},
		{0.3, [3]float64{0.15041346713049217, 0.0, 0.0}},
		{2, [3]float64{0.47883867828908455, 0.202612806584904, 0.2346753560900631}},
		{500, [3]float64{0.6244589332173733, 0.33818087336466546, 0.47438397727975185}},
	} {
		for _, start := range [][]float64{nil, {5, -5, 2}} {
			got, err := stats.LassoLogistic(x, targets, weights, tt.c, start)
			if err != nil {
				t.Fatal(err)
			}
			for j, want := range tt.want {
				if !approx.Equal(got[j], want, 1e-8) {
					t.Errorf("C %v from %v: %v, want %v", tt.c, start, got, tt.want)
				}
			}
		}
	}
}

// Rows that a line separates have a fit, because the penalty bounds it; a feature that is
// always 0 has the coefficient 0. One row of feature 1, target 1 and weight 1 has its minimum
// where c times the slope 1-p is 1: w = log(c-1).
func TestLassoLogisticSeparated(t *testing.T) {
	got, err := stats.LassoLogistic([]float64{1, 0, -1, 0}, []float64{1, 0}, []float64{0.5, 0.5}, 20, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !approx.Equal(got[0], 2.9444389791664403, 1e-9) || got[1] != 0 {
		t.Errorf("%v, want log(19) and 0", got)
	}
}
