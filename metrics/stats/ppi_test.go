package stats_test

import (
	"errors"
	"maps"
	"math"
	"slices"
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

// TestPredictionPowered has the values of statsmodels 0.14, numpy and scipy:
//
//	i = np.arange(40); f = ((7*i*i + 3*i) % 23)/5; k = i[:12]
//	Y = f[:12]*0.8 + ((5*k*k + k) % 7)/4
//	X = sm.add_constant(f[:12]); x = np.array([1, f.mean()]); m = sm.OLS(Y, X).fit()
//	x @ m.params; m.params[1]*28/40
//	A = np.linalg.inv(X.T @ X); h = np.diag(X @ A @ X.T); b = m.params[1]
//	d = (x @ A @ X.T)*m.resid + b*(f[:12] - f[:12].mean())/40; o = b*(f[12:] - f[12:].mean())/40
//	(d**2).sum(), (d**2/(1 - h)).sum(), (o**2).sum()*28/27
//
// The sum of the first part of d**2 is m.get_robustcov_results('HC0').get_prediction(x).se_mean**2.
// The skewness is ((d**3).sum() + (o**3).sum())/((d**2).sum() + (o**2).sum())**1.5 * sqrt(12*11)/10,
// and the bounds are those of scipy's brentq on Hall's polynomial, with t.ppf(.975, df).
func TestPredictionPowered(t *testing.T) {
	units := judged(40)
	for i := range 12 {
		label(&units[i], 4, units[i].Judge*.8+float64((5*i*i+i)%7)/4)
	}
	p, err := stats.PredictionPowered(units)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mean", p.Mean, 2.2717478705281104)
	near(t, "lambda", p.Lambda, 0.5768938103350368)
	near(t, "labels' part", p.Plain, 0.04602151273136803)
	near(t, "judge's part", p.FromJudge, 0.019487290318216107)
	near(t, "SE", p.SE, 0.2791925951835616)
	near(t, "df", p.DF, 17.075179476956656)
	near(t, "skewness", p.Skewness, -0.06518231871881167)
	lower, upper := p.Bounds(.025)
	near(t, "lower bound", lower, 1.650296805747303)
	near(t, "upper bound", upper, 2.832716232854297)
	near(t, "label mean", p.LabelMean, 2.4283333333333332)
	near(t, "label SE", p.LabelSE, 0.35944577146805146) // Y.std(ddof=1)/12**.5
	const levered = 0.05794325678542972
	if p.FromLabels <= levered || p.FromLabels >= p.LabelSE*p.LabelSE {
		t.Errorf("the labels' part %v is not between that by leverage and the labels alone: %v, %v", p.FromLabels, levered, p.LabelSE*p.LabelSE)
	}
	if p.Labelled != 12 || p.Judged != 40 || p.Clusters != 12 {
		t.Errorf("counts %d of %d in %d clusters", p.Labelled, p.Judged, p.Clusters)
	}
}

// TestPredictionPoweredClustered has clusters of three answers, each labelled by two of five
// labelers, or by one "labeler" who gives the mean. With the names above, y and z the two labels and
// Y their mean, the variances are numpy's:
//
//	(np.bincount(k//3, d)**2).sum(); (np.bincount((i[24:] - 24)//3, o)**2).sum()*12/11
//	a = (x @ A @ X.T); xx = concatenate([a*y/2 + (d - a*Y)/2, a*z/2 + (d - a*Y)/2])
//	(np.bincount(concatenate([k % 5, (k + 2) % 5]), xx)**2).sum()*5/4
//
// The part of the first that is the labels' is statsmodels' prediction with cov_type 'cluster',
// groups k//3 and use_correction=False.
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
		near(t, "mean", p.Mean, 2.0070691937424794)
		near(t, "lambda", p.Lambda, 0.3085559566787002)
		near(t, "judge's part", p.FromJudge, 0.0047023707076565245)
		if several { // the labelers' variance is larger than the sum of both ways minus the pairs'
			near(t, "labels' part", p.Plain, 0.01828747742640099)
		} else {
			near(t, "labels' part", p.Plain, 0.008528350512714292)
		}
	}
}

// TestPredictionPoweredUnequal draws with probability 1/2 or 1/5. The values are those of numpy and
// statsmodels:
//
//	L = i % 3 == 1; w = np.where(i % 2 == 0, 2., 5.)[L]; X = sm.add_constant(f[L])
//	m = sm.WLS(Y, X, weights=w).fit(); x @ m.params; b = m.params[1]; b*20/30
//	A = np.linalg.inv(X.T @ (w[:, None]*X)); u = b*(f - f.mean())/30
//	u[L] += (x @ A @ X.T)*w*m.resid; (u[L]**2).sum(), (u[~L]**2).sum()*20/19
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
	near(t, "mean", p.Mean, 1.6334565116195792)
	near(t, "lambda", p.Lambda, 0.23548895334264316)
	near(t, "labels' part", p.Plain, 0.040126416040051086)
	near(t, "judge's part", p.FromJudge, 0.004952557298252452)
}

// A numpy script after the text of PredictionPowered gives these: the weighted regression of the labels on
// the judge, its prediction at the judge's mean, and the deviations by cluster, labeler and their pair. For e, the
// clusters' deviations, h, their leverages, G, their number, and o, those of clusters without a label:
//
//	plain = (e**2).sum();  fl = (e**2/np.maximum(1-h, 1/G)).sum();  pull = plain of the labels alone * G/(G-1)
//	ev = 1/((e**4).sum()/plain**2 - 1/G);  fl = (ev*fl + .1*pull)/(ev + .1) if fl < pull
//	fj = (o**2).sum()*len(o)/(len(o)-1);  se = (fl + fj)**.5;  df = lambda k: max(1, min(G-k, labelers-1))
//	(fl + fj)**2/(fl**2/df(2) + fj**2/(len(o)-1)), or df(2) with fewer than two in o
//
// With several labelers fl is the two-way variance times fl/plain.
func TestPredictionPoweredDegrees(t *testing.T) {
	type given struct {
		unit   int
		weight float64
		labels map[uint32]float64 // by labeler
	}
	for name, c := range map[string]struct {
		n, per                     int // units, and units in a cluster
		label                      func(i int, f float64) *given
		mean, correlation, se, df  float64
		skewness, labelSE, labelDF float64
		fromLabels                 float64
	}{
		"of one labeler": {40, 1, func(i int, f float64) *given {
			if i >= 12 {
				return nil
			}
			return &given{i, 4, map[uint32]float64{0: f*.8 + float64((5*i*i+i)%7)/4}}
		}, 2.271747870528109, 0.8374466946037581, 0.27919259518356154, 17.075179476956677, -0.06518231871881011, 0.3594457714680514, 11.0, 0.05846121488711595},
		"of five labelers": {60, 3, func(i int, f float64) *given {
			if i >= 24 {
				return nil
			}
			y := f*.6 + float64((5*i*i+i)%7)/4
			return &given{i, 2.5, map[uint32]float64{uint32(i % 5): y, uint32((i + 2) % 5): y + float64((3*i)%5)/3 - .5}}
		}, 2.0070691937424794, 0.7393445259170739, 0.17141373089082634, 5.595593461590879, 0.27461971400312685, 0.17920283872586226, 4.0, 0.024680296430256102},
		"with unequal weights": {30, 1, func(i int, f float64) *given {
			if i%3 != 1 {
				return nil
			}
			return &given{i, 5 - 3*float64((i+1)%2), map[uint32]float64{0: f*.5 + float64((5*i*i+i)%7)/4}}
		}, 1.6334565116195794, 0.5384969545098461, 0.23243950959833304, 9.654744775911004, 0.14705891338267574, 0.22434990487761322, 9.0, 0.0490755683240611},
		"in clusters with other units": {48, 6, func(i int, f float64) *given {
			if i%3 != 0 || i%4 == 2 || i/12 == 3 {
				return nil
			}
			return &given{i, 2 + float64(i%2), map[uint32]float64{uint32(i % 3): f*.5 + float64(i%5), uint32(3 + (i+1)%4): f*.7 + float64(i%3)}}
		}, 2.194672115816248, 0.8166501774877708, 0.666577356169204, 3.029641812011047, -0.14028950657170747, 0.713496910744444, 3.0, 0.4421300537527994},
		"in three clusters": {30, 1, func(i int, f float64) *given {
			if i != 4 && i != 9 && i != 17 {
				return nil
			}
			return &given{i, 5, map[uint32]float64{0: f*.5 + float64(i*i%3)}}
		}, 1.70095238095238, 0.7559289460184545, 0.14753315423108423, 1.0978214820956522, 0.3279237837067007, 0.16666666666666666, 2.0, 0.02077276454696298},
		"of all but one": {10, 1, func(i int, f float64) *given {
			if i >= 9 {
				return nil
			}
			return &given{i, 10. / 9, map[uint32]float64{0: f*.5 + float64(i*i%3)}}
		}, 1.7546666666666673, 0.863474513401593, 0.3214548853342276, 7.0, -0.23474678167066304, 0.30731814857642964, 8.0, 0.10333324330524142},
	} {
		units := judged(c.n)
		for i := range units {
			u := &units[i]
			u.Cluster = uint32(i / c.per)
			g := c.label(i, u.Judge)
			if g == nil {
				continue
			}
			u.Weight = g.weight
			for _, labeler := range slices.Sorted(maps.Keys(g.labels)) {
				k := float64(len(g.labels))
				u.Labels = append(u.Labels, stats.Label{Labeler: labeler, Value: g.labels[labeler] / k, Share: 1 / k})
			}
		}
		p, err := stats.PredictionPowered(units)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		near(t, name+": mean", p.Mean, c.mean)
		near(t, name+": correlation", p.Correlation, c.correlation)
		near(t, name+": SE", p.SE, c.se)
		near(t, name+": DF", p.DF, c.df)
		near(t, name+": skewness", p.Skewness, c.skewness)
		near(t, name+": label SE", p.LabelSE, c.labelSE)
		near(t, name+": label DF", p.LabelDF, c.labelDF)
		near(t, name+": labels' part", p.FromLabels, c.fromLabels)
	}
}

// The order of units doesn't matter, nor do the numbers of clusters, which are mixed then.
func TestPredictionPoweredOrder(t *testing.T) {
	units := judged(48)
	for i := range units {
		units[i].Cluster = uint32(i / 6)
		if i%3 == 0 && i/12 != 3 {
			label(&units[i], 3, units[i].Judge*.5+float64(i*i%5))
		}
	}
	mixed := make([]stats.Unit, len(units))
	for i, u := range units {
		u.Cluster = []uint32{5, 2, 7, 0, 6, 1, 4, 3}[u.Cluster]
		mixed[i*29%48] = u
	}
	p, err := stats.PredictionPowered(units)
	if err != nil {
		t.Fatal(err)
	}
	q, err := stats.PredictionPowered(mixed)
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]float64{"mean": {p.Mean, q.Mean}, "SE": {p.SE, q.SE}, "DF": {p.DF, q.DF}, "skewness": {p.Skewness, q.Skewness}, "labels' part": {p.FromLabels, q.FromLabels}} {
		near(t, name, pair[1], pair[0])
	}
	if p.Lambda == 0 || p.Clusters != 6 || q.Clusters != 6 {
		t.Errorf("lambda %v, %d and %d clusters", p.Lambda, p.Clusters, q.Clusters)
	}
}

// A judge that varies on the other units alone, but for rounding, has no slope. Without skewness bounds are
// Student's.
func TestPredictionPoweredFlat(t *testing.T) {
	units := judged(40)
	for i := range 12 {
		units[i].Judge = 2 + float64(i%5)*1e-6
		label(&units[i], 40./12, float64(i%5)+float64(i%3))
	}
	p, err := stats.PredictionPowered(units)
	if err != nil {
		t.Fatal(err)
	}
	if p.Lambda != 0 || p.Mean != p.LabelMean || p.SE != p.LabelSE {
		t.Errorf("%+v", p)
	}
	for _, skewness := range []float64{0, 1e-9} {
		p := stats.PPI{Mean: 3, SE: 2, DF: 7, Skewness: skewness}
		lower, upper := p.Bounds(.025)
		near(t, "lower bound", lower, 3-2*2.364624251592784) // scipy.stats.t.ppf(.975, 7)
		near(t, "upper bound", upper, 3+2*2.364624251592784)
	}
}

// A judge that gives one value, or labels that are all equal, have no correlation.
func TestPredictionPoweredConstant(t *testing.T) {
	for _, constant := range []string{"judge", "labels"} {
		units := judged(30)
		for i := range units {
			if constant == "judge" {
				units[i].Judge = 3
			}
			if i%4 == 1 {
				label(&units[i], 4, map[bool]float64{true: 2, false: float64(i % 5)}[constant == "labels"])
			}
		}
		p, err := stats.PredictionPowered(units)
		if err != nil {
			t.Fatal(err)
		}
		if p.Lambda != 0 || p.Correlation != 0 || p.Mean != p.LabelMean || math.IsNaN(p.SE) || (p.SE > 0) != (constant == "judge") {
			t.Errorf("constant %s: %+v", constant, p)
		}
		if p.FromLabels != p.SE*p.SE || p.FromJudge != 0 || math.IsNaN(p.Skewness) || !(p.DF >= 1) || p.Plain > p.FromLabels {
			t.Errorf("constant %s: %+v", constant, p)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a weight below 1 was taken")
		}
	}()
	units := judged(9)
	for i := range 5 {
		label(&units[i], 0.9, 1)
	}
	_, _ = stats.PredictionPowered(units)
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

// A judge that agrees with people on all labelled units gives its own mean, on their scale. One whose
// values of them are all equal says nothing.
func TestPredictionPoweredAgreement(t *testing.T) {
	for _, scale := range []float64{1, 1e-3, 1e6} {
		units, equal := judged(300), judged(300)
		mean := 0.0
		for i := range units {
			mean += units[i].Judge / 300
		}
		for i := range 20 {
			label(&units[i], 15, units[i].Judge*scale/3+.1)
			equal[i].Judge = .1
			label(&equal[i], 15, float64(i%4)*scale)
		}
		p, err := stats.PredictionPowered(units)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "mean", p.Mean, mean*scale/3+.1)
		if p.SE*p.SE < p.FromJudge || p.SE > p.LabelSE {
			t.Errorf("SE %v, of the judge alone %v, of the labels %v", p.SE, math.Sqrt(p.FromJudge), p.LabelSE)
		}
		if p, err = stats.PredictionPowered(equal); err != nil {
			t.Fatal(err)
		}
		near(t, "SE of equal values", p.SE, p.LabelSE)
		near(t, "mean of equal values", p.Mean, 1.5*scale)
	}
}
