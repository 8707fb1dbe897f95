package infer_test

import (
	"math"
	"reflect"
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/statistic"
)

// TestMethodOfEstimate tests the table of the package's comment.
func TestMethodOfEstimate(t *testing.T) {
	type shape struct {
		name      string
		examples  int
		draws     int
		labelers  int // 0: not recorded
		equal     bool
		bootstrap bool
	}
	for _, c := range []struct {
		shape
		proportion, mean, sums string
	}{
		{shape{name: "nothing"}, "none", "none", "none"},
		{shape{name: "one", examples: 1, draws: 1}, "Wilson", "whole range", "whole range"},
		{shape{name: "one, bootstrapped", examples: 1, draws: 1, bootstrap: true}, "Wilson", "whole range", "whole range"},
		{shape{name: "one, three draws", examples: 1, draws: 3}, "whole range", "whole range", "whole range"},
		{shape{name: "one, two labelers", examples: 1, draws: 2, labelers: 2}, "whole range", "whole range", "whole range"},
		{shape{name: "two", examples: 2, draws: 1}, "Wilson", "Wilson, effective n", "percentile bootstrap"},
		{shape{name: "many", examples: 40, draws: 1}, "Wilson", "t", "BCa bootstrap"},
		{shape{name: "many, bootstrapped", examples: 40, draws: 1, bootstrap: true}, "BCa bootstrap", "BCa bootstrap", "BCa bootstrap"},
		{shape{name: "one labeler", examples: 40, draws: 1, labelers: 1}, "Wilson", "t", "BCa bootstrap"},
		{shape{name: "several draws", examples: 40, draws: 3}, "Wilson, effective n, clustered by example", "t, clustered by example", "BCa bootstrap"},
		{shape{name: "several labelers", examples: 40, draws: 3, labelers: 3}, "t, clustered by example and labeler", "t, clustered by example and labeler", "BCa bootstrap"},
		{shape{name: "all equal", examples: 40, draws: 1, equal: true}, "Wilson", "bound for equal values", "bound for equal values"},
		{shape{name: "all equal, several draws", examples: 40, draws: 3, equal: true}, "Wilson, effective n, clustered by example", "bound for equal values", "bound for equal values"},
		{shape{name: "all equal, several labelers", examples: 40, draws: 3, labelers: 3, equal: true}, "bound for equal values", "bound for equal values", "bound for equal values"},
		{shape{name: "all equal, bootstrapped", examples: 40, draws: 1, equal: true, bootstrap: true}, "bound for equal values", "bound for equal values", "bound for equal values"},
	} {
		for _, m := range []struct {
			metric *metrics.Metric
			want   string
		}{{proportion(), c.proportion}, {mean(), c.mean}, {ratio(), c.sums}} {
			s := infer.NewColumn(m.metric)
			for i := range c.examples {
				for k := range c.draws {
					labeler := uint32(0)
					if c.labelers > 0 {
						labeler = uint32(1 + (i+k)%c.labelers)
					}
					value := []float64{float64((7*i + 3*k) % 5 / 3), 1}[:m.metric.ValueWidth()]
					switch {
					case c.equal:
						value[0] = 1
					case m.want == "t" && i == 1:
						value[0] = 0.7
					case c.examples == 2:
						value[0] = float64(i) / 2
						if m.metric.Kind == metrics.Proportion {
							value[0] = float64(i)
						}
					}
					s.Add(uint32(i), labeler, value)
				}
			}
			opt := options()
			opt.Bootstrap = c.bootstrap
			e := infer.Estimate(s, opt)
			if c.examples == 2 && m.metric.Kind == metrics.FunctionOfSums {
				if e.Method != "BCa bootstrap" && e.Method != "percentile bootstrap" {
					t.Errorf("%s, %s: method %q", c.name, m.metric.Name, e.Method)
				}
			} else if e.Method != m.want {
				t.Errorf("%s, %s: method %q, want %q", c.name, m.metric.Name, e.Method, m.want)
			}
			if (e.Interval == nil) != (c.examples == 0) {
				t.Errorf("%s, %s: interval %v", c.name, m.metric.Name, e.Interval)
			}
			if e.Interval != nil && !(e.Lo <= e.Point && e.Point <= e.Hi && e.Lo < e.Hi) {
				t.Errorf("%s, %s: %v in [%v, %v]", c.name, m.metric.Name, e.Point, e.Lo, e.Hi)
			}
			if e.N != c.examples*c.draws || e.Clusters != c.examples {
				t.Errorf("%s, %s: n %d, clusters %d", c.name, m.metric.Name, e.N, e.Clusters)
			}
		}
	}
}

// TestEstimateReference compares with scipy 1.15 and statsmodels 0.14.
func TestEstimateReference(t *testing.T) {
	const loose = 1e-9
	for _, c := range []struct {
		name              string
		sample            *infer.Column
		point, se, lo, hi float64
	}{
		// proportion_confint(7, 40, method="wilson"); np.std(x, ddof=1)/sqrt(40)
		{"Wilson", counts(7, 33), 0.175, math.Sqrt(0.175 * 0.825 / 39), 0.0874541374603592, 0.3194999033178772},
		// ttest_1samp(x, 0).confidence_interval(0.95); np.std(x, ddof=1)/sqrt(10)
		{"t", of(wide(), tenScores()...), 0.433, 0.08882004278314665, 0.2320751040180618, 0.6339248959819381},
		// OLS(v, ones).fit(cov_type="cluster", cov_kwds={"groups": example}, use_t=True).conf_int()
		{"clustered", draws(0), 0.43181818181818193, 0.05712725852354752, 0.3060819335711352, 0.5575544300652286},
		// the same with groups=[example, labeler]; t.ppf(0.975, 4) from 5 labelers
		{"two-way", labelled(0), 0.37839506172839504, 0.0684143949678925, 0.18844624969472135, 0.5683438737620687},
		// proportion_confint(0, 40, method="wilson"): three draws a prompt that all fail count
		// as one
		{"all fail", repeated(40, 3, 0), 0, 0, 0, 0.0876216011972868},
		// proportion_confint(40, 40, method="wilson")
		{"all succeed", repeated(40, 3, 1), 1, 0, 0.9123783988027132, 1},
	} {
		e := infer.Estimate(c.sample, options())
		near(t, c.name+": point", e.Point, c.point, loose)
		near(t, c.name+": se", e.SE, c.se, loose)
		near(t, c.name+": lo", e.Lo, c.lo, loose)
		near(t, c.name+": hi", e.Hi, c.hi, loose)
	}
}

func repeated(examples, draws int, value float64) *infer.Column {
	s := infer.NewColumn(proportion())
	for i := range examples * draws {
		s.Add(uint32(i/draws), 0, []float64{value})
	}
	return s
}

// bcaRows is a fixture for the bootstrap of a ratio over 40 clusters.
func bcaRows() (a, other, b []float64) {
	for i := range 40 {
		a = append(a, float64((3*i*i+i)%17)/17)
		other = append(other, float64((7*i*i+2*i)%17)/17+0.1)
		b = append(b, 1+float64(5*i%7)/7)
	}
	return a, other, b
}

func ratios(top, bottom []float64) *infer.Column {
	s := infer.NewColumn(ratio())
	for i := range top {
		s.Add(uint32(i), 0, []float64{top[i], bottom[i]})
	}
	return s
}

// TestBootstrapReference: scipy.stats.bootstrap((a, b), sum(a)/sum(b), paired=True,
// method="BCa", n_resamples=200000, rng=default_rng(1)). With 20,000 resamples
// here a bound's Monte Carlo error is 2.7/sqrt(20000) = 0.019 standard errors;
// four of them are allowed.
func TestBootstrapReference(t *testing.T) {
	a, other, b := bcaRows()
	opt := infer.Options{Seed: 5, Resamples: 20_000}
	e := infer.Estimate(ratios(a, b), opt)
	const se = 0.03306614613847543
	near(t, "point", e.Point, 0.29029411764705876, 1e-12)
	near(t, "se", e.SE/se, 1, 4/math.Sqrt(2*20_000))
	near(t, "lo", e.Lo, 0.22459893048128346, 0.08*se)
	near(t, "hi", e.Hi, 0.3539731682146542, 0.08*se)

	opt.Bootstrap = true
	p := infer.Compare(ratios(a, b), ratios(other, b), opt)
	const seDiff = 0.03462498165929569
	near(t, "difference", p.Point, 0.031911764705882424, 1e-12)
	near(t, "se of difference", p.SE/seDiff, 1, 4/math.Sqrt(2*20_000))
	near(t, "lo of difference", p.Lo, -0.03968816442239544, 0.08*seDiff)
	near(t, "hi of difference", p.Hi, 0.0963488843813387, 0.08*seDiff)
	// Without the bootstrap requested: point -+ scipy.stats.t.ppf(.975, 39) * seDiff *
	// sqrt(40/39).
	opt.Bootstrap = false
	byT := infer.Compare(ratios(a, b), ratios(other, b), opt)
	near(t, "lo by t", byT.Lo, p.Point-2.0226909200367604*seDiff*math.Sqrt(40./39), 0.08*seDiff)
	near(t, "hi by t", byT.Hi, p.Point+2.0226909200367604*seDiff*math.Sqrt(40./39), 0.08*seDiff)
	near(t, "se by t", byT.SE, (byT.Hi-byT.Lo)/2/2.0226909200367604, 1e-12)
	if p.Method != "paired BCa bootstrap" || p.Test != infer.TestRandomisation || p.P < 0.2 || p.P > 0.5 {
		t.Errorf("%s by %s, p = %v; the interval reaches to 0 at about a third", p.Method, p.Test, p.P)
	}
}

func TestWorstCase(t *testing.T) {
	s := counts(30, 10)
	for i := range 10 {
		s.AddMissing(uint32(100 + i))
	}
	e := infer.Estimate(s, options())
	if e.Unscored != 10 || e.N != 40 || e.Point != 0.75 {
		t.Errorf("unscored %d, n %d, point %v: a missing judgement was counted", e.Unscored, e.N, e.Point)
	}
	// With all ten wrong it is 30/50, with all ten right 40/50.
	if want := (&metrics.Bounds{Lo: 0.6, Hi: 0.8}); !reflect.DeepEqual(e.WorstCase, want) {
		t.Errorf("worst case %v, want %v", e.WorstCase, want)
	}
	likert := infer.NewColumn(&metrics.Metric{Name: "likert", Kind: metrics.Mean, Lo: 1, Hi: 7})
	for i := range 3 {
		likert.Add(uint32(i), 0, []float64{4})
	}
	likert.AddMissing(3)
	if e := infer.Estimate(likert, options()); e.WorstCase.Lo != 13.0/4 || e.WorstCase.Hi != 19.0/4 {
		t.Errorf("worst case of Likert %v, want 3.25 to 4.75", e.WorstCase)
	}
	if e := infer.Estimate(counts(3, 1), options()); e.WorstCase != nil {
		t.Errorf("worst case %v with nothing missing", e.WorstCase)
	}
	sums := ratios([]float64{1, 0, 1}, []float64{1, 1, 1})
	sums.AddMissing(9)
	if e := infer.Estimate(sums, options()); e.WorstCase != nil || len(e.Warnings) == 0 {
		t.Errorf("a function of sums with missing values: worst case %v, warnings %q", e.WorstCase, e.Warnings)
	}
}

// TestProportionOfHalves: a draw counted half is neither success nor failure.
func TestProportionOfHalves(t *testing.T) {
	values := make([]float64, 40)
	for i := range values {
		values[i] = []float64{0, 0.5, 1, 1}[i%4]
	}
	e := infer.Estimate(of(proportion(), values...), options())
	if e.Point != 0.625 || e.Method != infer.MethodWilsonEffective {
		t.Errorf("point %v by %s, want 0.625 by Wilson's at the effective n", e.Point, e.Method)
	}
	near(t, "se", e.SE, 0.0663856255679743, 1e-12) // scipy 1.17: sem(x)
}

// TestUndefinedHasNoNumber: 0/0 is neither an estimate nor a NaN.
func TestUndefinedHasNoNumber(t *testing.T) {
	s := ratios([]float64{0, 0}, []float64{0, 0})
	if e := infer.Estimate(s, options()); e.Interval != nil || len(e.Warnings) == 0 {
		t.Errorf("interval %v, warnings %q", e.Interval, e.Warnings)
	}
	if p := infer.Compare(s, s, options()); p.Interval != nil || math.IsNaN(p.First) || len(p.Warnings) == 0 {
		t.Errorf("difference %v, first %v, warnings %q", p.Interval, p.First, p.Warnings)
	}
}

func TestShapeBugsPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"width": func() { infer.NewColumn(mean()).Add(0, 0, []float64{1, 2}) },
		"mean of two": func() {
			infer.NewColumn(&metrics.Metric{Name: "x", Kind: metrics.Mean, Width: 2})
		},
		"proportion of a ratio": func() {
			infer.NewColumn(&metrics.Metric{Name: "x", Width: 2, Statistic: metrics.Statistic{Name: statistic.RatioOfSums}})
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

// TestFewWarningNamesOneUnit: of examples and labelers, the warning names those that are too few.
func TestFewWarningNamesOneUnit(t *testing.T) {
	for _, c := range []struct {
		examples, labelers int
		want               string
	}{
		{40, 5, "only 5 labelers; this method needs about 30"},
		{6, 35, "only 6 examples; this method needs about 30"},
		{7, 7, "only 7 examples; this method needs about 30"},
	} {
		s := infer.NewColumn(mean())
		for i := range c.examples {
			for k := range c.labelers {
				s.Add(uint32(i), uint32(1+k), []float64{float64((7*i + 3*k) % 5)})
			}
		}
		if got := infer.Estimate(s, options()).Warnings; len(got) == 0 || got[0] != c.want {
			t.Errorf("%d examples, %d labelers: %q, want %q", c.examples, c.labelers, got, c.want)
		}
	}
}
