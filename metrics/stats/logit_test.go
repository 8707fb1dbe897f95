package stats

import (
	"errors"
	"testing"

	"assay/harness/leaf/approx"
)

// logitRows are two terms, a target and a cluster.
var logitRows = [][4]float64{
	{0.62, -0.4, 1, 2}, {0.07, -0, 0.5, 7}, {-0.97, -0.3, 0, 3}, {-0.81, 0.3, 0, 19}, {1.2, -0.1, 1, 12}, {-1,
		0.4, 0, 19}, {-0.68, -0.1, 0, 14}, {-1.31, -1, 0, 0}, {0.39, -0.5, 1, 10}, {-0.41, -0.6, 0, 14}, {-0.78, 0.9,
		0, 7}, {0.82, -0.7, 1, 10}, {0.8, 0.8, 1, 16}, {0.47, -1, 1, 2}, {0.24, -0.3, 1, 16}, {-1.71, -0.8, 1, 17},
	{0.2, -0, 1, 1}, {-0.19, -0.4, 1, 2}, {1.78, 0.6, 1, 11}, {-1.92, 0.9, 0.5, 6}, {0.99, 0.4, 0, 3}, {0.79,
		-0.9, 0, 0}, {-1.36, 1, 0, 0}, {-1.03, 0.3, 1, 18}, {-0.24, 0.7, 0.5, 3}, {1.12, -1, 1, 5}, {-1.48, -0.6, 0,
		4}, {0.97, 0.4, 1, 4}, {0.69, 0.2, 0, 4}, {-1.47, 0.1, 0, 8}, {-0.49, -0.9, 1, 14}, {-1.11, -0.3, 0.5, 7},
	{1.15, 0.8, 1, 9}, {0.28, 0.2, 0, 18}, {-0.38, -0.3, 1, 8}, {-0.18, -0.7, 0.5, 18}, {1.16, 0.9, 0, 18},
	{0.64, -0, 1, 19}, {-1.78, -0.9, 0.5, 12}, {0.6, -0.8, 1, 11}, {0.86, 0.8, 0, 5}, {-1.58, 0.5, 0, 11}, {1.63,
		-1, 1, 12}, {1.37, -0.3, 1, 4}, {-1.94, 0.8, 0, 16}, {-1.56, -0.9, 1, 5}, {0.52, -0.8, 1, 18}, {-0.98, -0.9,
		1, 15}, {1.71, 0.6, 1, 5}, {1.05, -0.7, 0.5, 19}, {-0.51, 0.5, 0.5, 15}, {0.72, -0.1, 1, 18}, {1.41, -0.4, 1,
		15}, {-0.37, 0.3, 1, 18}, {-1.47, -0.8, 0, 6}, {1.43, -0, 1, 2}, {0.91, -0.3, 1, 13}, {-1.94, 0.7, 0, 12},
	{-1.49, 0.6, 0.5, 5}, {1.37, 0.8, 0.5, 12}, {-0.39, 0.3, 0, 5},
}

func logitData() (x, targets []float64, clusters []uint32) {
	for _, row := range logitRows {
		x, targets, clusters = append(x, 1, row[0], row[1]), append(targets, row[2]), append(clusters, uint32(row[3]))
	}
	return x, targets, clusters
}

// statsmodels 0.15.0: GLM(y, X, family=families.Binomial()).fit(cov_type="cluster",
// cov_kwds={"groups": g}, tol=1e-14) has params, bse and cov_params()[1, 2].
func TestLogit(t *testing.T) {
	x, targets, clusters := logitData()
	fit, err := Logit(x, targets, clusters)
	if err != nil {
		t.Fatal(err)
	}
	coef := []float64{0.333644120921587, 0.9353461591897853, -1.1897288547799028}
	se := []float64{0.24903954427418962, 0.2294037822393049, 0.4852614179777411}
	for j := range coef {
		if !approx.Equal(fit.Coef[j], coef[j], 1e-9) || !approx.Equal(fit.SE[j], se[j], 1e-9) {
			t.Errorf("term %d: %v, se %v; want %v, %v", j, fit.Coef[j], fit.SE[j], coef[j], se[j])
		}
		// scipy.stats.t.ppf(0.975, 19) is 2.093024054408263
		if !approx.Equal(fit.Hi[j]-fit.Coef[j], 2.093024054408263*se[j], 1e-9) || !approx.Equal(fit.Coef[j]-fit.Lo[j], 2.093024054408263*se[j], 1e-9) {
			t.Errorf("term %d: interval from %v to %v", j, fit.Lo[j], fit.Hi[j])
		}
	}
	if !approx.Equal(fit.Cov[1][2], -0.02797920427048539, 1e-9) || fit.N != 61 || fit.Clusters != 20 {
		t.Errorf("covariance %v, n %d, clusters %d", fit.Cov[1][2], fit.N, fit.Clusters)
	}
}

// What has no estimate is refused by name.
func TestLogitRefuses(t *testing.T) {
	x, targets, clusters := logitData()
	certain := make([]float64, len(targets))
	for i := range certain {
		if x[3*i+1] > 0.3 {
			certain[i] = 1
		}
	}
	if _, err := Logit(x, certain, clusters); !errors.Is(err, ErrSeparated) {
		t.Errorf("separated: %v", err)
	}
	var twice []float64
	for i := range targets {
		twice = append(twice, x[3*i], x[3*i+1], 2*x[3*i]-x[3*i+1])
	}
	if _, err := Logit(twice, targets, clusters); !errors.Is(err, ErrCollinear) {
		t.Errorf("collinear: %v", err)
	}
	if _, err := Logit(x, make([]float64, len(targets)), clusters); !errors.Is(err, ErrSeparated) {
		t.Errorf("no success at all: %v", err)
	}
	if _, err := Logit(x[:9], targets[:3], clusters[:3]); err == nil {
		t.Error("three outcomes for three terms were fitted")
	}
	if _, err := Logit(x, targets, make([]uint32, len(targets))); err == nil {
		t.Error("one cluster was fitted")
	}
}
