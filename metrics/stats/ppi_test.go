package stats_test

import (
	"errors"
	"math"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/stats"
)

// judged are values of a judge; the labels of unit i are judge*slope plus a remainder.
func judged(n int) []stats.Unit {
	units := make([]stats.Unit, n)
	for i := range units {
		units[i] = stats.Unit{Cluster: uint32(i), Judge: float64((7*i*i+3*i)%23) / 5}
	}
	return units
}

func label(u *stats.Unit, weight float64, values ...float64) {
	u.Weight = weight
	for l, x := range values {
		k := float64(len(values))
		u.Labels = append(u.Labels, stats.Label{Labeler: uint32(l), Value: x / k, Share: 1 / k})
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !approx.Equal(got, want, 1e-9*math.Max(1, math.Abs(want))) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// TestPredictionPowered has the values of ppi_py 0.2.3 (pip install ppi-python):
//
//	i = np.arange(40); f = ((7*i*i + 3*i) % 23)/5; k = i[:12]
//	Y = f[:12]*0.8 + ((5*k*k + k) % 7)/4
//	ppi_mean_pointestimate(Y, f[:12], f[12:])
//	p = ppi_mean_pointestimate(Y, f[:12], f[12:], lam=1)
//	_calc_lam_glm(Y-p, f[:12]-p, f[12:]-p, np.eye(1), clip=True)
//	ppi_mean_ci(Y, f[:12], f[12:], alpha=.05), whose half width / norm.ppf(.975) is the standard error
//
// Its variances have no factor n/(n-1), so ours are divided by it.
func TestPredictionPowered(t *testing.T) {
	units := judged(40)
	for i := range 12 {
		label(&units[i], 4, units[i].Judge*.8+float64((5*i*i+i)%7)/4)
	}
	p, err := stats.PredictionPowered(units)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mean", p.Mean, 2.284935715885817)
	near(t, "lambda", p.Lambda, 0.5283070116487456)
	near(t, "SE", math.Sqrt(p.Plain+p.FromJudge*27/28), 0.24866826191749156)
	near(t, "label mean", p.LabelMean, 2.4283333333333332)
	near(t, "label SE", p.LabelSE, 0.35944577146805146) // Y.std(ddof=1)/12**.5
	if p.FromLabels <= p.Plain*12/10 || p.FromLabels >= p.LabelSE*p.LabelSE {
		t.Errorf("the labels' part %v is not between its factor and the labels alone: %v, %v", p.FromLabels, p.Plain*12/10, p.LabelSE*p.LabelSE)
	}
	if p.Labelled != 12 || p.Judged != 40 || p.Clusters != 12 {
		t.Errorf("counts %d of %d in %d clusters", p.Labelled, p.Judged, p.Clusters)
	}
}

// TestPredictionPoweredClustered has clusters of three answers, each labelled by two of five
// labelers, or by one "labeler" who gives the mean. The variances are those of statsmodels
// 0.14, with lam as in ppi_py and y1, y2 the two labels:
//
//	OLS(Y - lam*f[:24], np.ones(24)).fit(cov_type='cluster', cov_kwds={'groups': k//3}).bse[0]**2
//	OLS(lam*f[24:], np.ones(36)).fit(cov_type='cluster', cov_kwds={'groups': i[24:]//3}).bse[0]**2
//	OLS(concatenate([y1, y2]) - ..., np.ones(48)).fit(cov_type='cluster', cov_kwds={'groups': labeler}).bse[0]**2
//
// They have the factor G/(G-1).
func TestPredictionPoweredClustered(t *testing.T) {
	for _, several := range []bool{false, true} {
		units := judged(60)
		for i := range units {
			u := &units[i]
			u.Cluster = uint32(i / 3)
			if i >= 24 {
				continue
			}
			y := u.Judge*.6 + float64((5*i*i+i)%7)/4
			z := y + float64((3*i)%5)/3 - .5
			if label(u, 2.5, (y+z)/2); several {
				u.Labels = nil
				label(u, 2.5, y, z)
				u.Labels[0].Labeler, u.Labels[1].Labeler = uint32(i%5), uint32((i+2)%5)
			}
		}
		p, err := stats.PredictionPowered(units)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "mean", p.Mean, 2.0103968957824905)
		near(t, "lambda", p.Lambda, 0.33159389387878324)
		near(t, "judge's part", p.FromJudge, 0.0054307779112984945)
		if several { // the labelers' variance is larger than the sum of both ways minus the pairs'
			near(t, "labels' part", p.Plain, 0.018128969024173866)
		} else {
			near(t, "labels' part", p.Plain, 0.009089723835633532*7/8)
		}
	}
}

// TestPredictionPoweredUnequal draws with probability 1/2 or 1/5. The values are numpy's:
//
//	W = np.average; L = i % 3 == 1; w = np.where(i % 2 == 0, 2, 5)[L]
//	b = W((Y - W(Y, weights=w))*(f[L] - W(f[L], weights=w)), weights=w)/np.var(f, ddof=1)
//	W(Y, weights=w) - b*(W(f[L], weights=w) - f.mean())
//	u = b*(f - f.mean())/n; u[L] += w*(e - W(e, weights=w))/w.sum(), with e = Y - b*f[L]
//	(u[L]**2).sum(), (u[~L]**2).sum()
func TestPredictionPoweredUnequal(t *testing.T) {
	units := judged(30)
	for i := range units {
		if i%3 == 1 {
			label(&units[i], 5-3*float64((i+1)%2), units[i].Judge*.5+float64((5*i*i+i)%7)/4)
		}
	}
	p, err := stats.PredictionPowered(units)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "label mean", p.LabelMean, 1.62)
	near(t, "mean", p.Mean, 1.630091299677766)
	near(t, "lambda", p.Lambda, 0.26489661654135327*20/30)
	near(t, "labels' part", p.Plain, 0.039388184373743286)
	near(t, "judge's part", p.FromJudge*19/20, 0.002645954303423814)
}

func TestPredictionPoweredEnds(t *testing.T) {
	units := judged(30)
	label(&units[4], 5, 1)
	label(&units[9], 5, 2)
	if _, err := stats.PredictionPowered(units); !errors.Is(err, stats.ErrFewLabelled) {
		t.Errorf("two labelled clusters: %v", err)
	}
	all := judged(10)
	for i := range all {
		label(&all[i], 1, all[i].Judge/2+float64(i%3))
	}
	p, err := stats.PredictionPowered(all)
	if err != nil {
		t.Fatal(err)
	}
	if p.Lambda != 0 || p.Mean != p.LabelMean || p.FromJudge != 0 {
		t.Errorf("with every unit labelled the judge has weight %v, mean %v is not %v", p.Lambda, p.Mean, p.LabelMean)
	}
}
