package infer_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
)

func reward() *metrics.Metric {
	return &metrics.Metric{Name: "reward", Kind: metrics.Mean, Lo: math.Inf(-1), Hi: math.Inf(1)}
}

// A metric without bounds has the t interval, uncut. scipy 1.17: stats.t.interval(0.95,
// 3, np.mean(x), stats.sem(x)) of [-3.5, 2, 0.25, 7.75] and of the differences [1, -2,
// 0.5, 3].
func TestUnbounded(t *testing.T) {
	a, b := of(reward(), -3.5, 2, 0.25, 7.75), of(reward(), -2.5, 0, 0.75, 10.75)
	e := infer.Estimate(a, options())
	near(t, "point", e.Point, 1.625, 1e-12)
	near(t, "lo", e.Lo, -5.827889052440174, 1e-9)
	near(t, "hi", e.Hi, 9.077889052440174, 1e-9)
	p := infer.Compare(a, b, options())
	near(t, "difference", p.Point, 0.625, 1e-12)
	near(t, "difference lo", p.Lo, -2.647340515801873, 1e-9)
	near(t, "difference hi", p.Hi, 3.897340515801873, 1e-9)
	results := infer.Decide([]infer.Gate{{Gate: metrics.Gate{Margin: 0.1}, Paired: p}})
	if r := results[0]; r.Verdict != metrics.Inconclusive || math.IsInf(r.Lower, 0) || math.IsInf(r.Upper, 0) {
		t.Errorf("gate: %+v", r)
	}
}

// Where only a range would give an interval, there is no interval and no worst case, and
// nothing infinite enters a record.
func TestUnboundedHasNoRange(t *testing.T) {
	missing := of(reward(), 1, 2, 4)
	missing.AddMissing(9)
	for name, want := range map[string]string{
		"one":   "no interval: there is only one example, and the metric has no bounds",
		"alike": "no interval: all 3 values are equal, and the metric has no bounds",
	} {
		s := of(reward(), 2, 2, 2)
		if name == "one" {
			s = of(reward(), 2)
		}
		e := infer.Estimate(s, options())
		if !slices.Equal(e.Warnings, []string{want}) || e.Alone == nil || *e.Alone != 2 || e.N != s.N() || e.Method != infer.MethodNone {
			t.Errorf("%s: %+v", name, e)
		}
	}
	for name, s := range map[string]*infer.Column{
		"one": of(reward(), 2), "alike": of(reward(), 2, 2, 2), "none": infer.NewColumn(reward()), "missing": missing,
	} {
		e := infer.Estimate(s, options())
		if (e.Interval == nil) != (name != "missing") || e.WorstCase != nil || len(e.Warnings) == 0 || (e.Alone == nil) != (name == "none" || name == "missing") {
			t.Errorf("%s: %+v, interval %v, worst case %v", name, e, e.Interval, e.WorstCase)
		}
	}
	for name, pair := range map[string]struct {
		first, second *infer.Column
		verdict       metrics.Verdict
		reason        string
	}{
		"one":   {of(reward(), 2), of(reward(), 3), metrics.Inconclusive, "no interval: there is only one example, and the metric has no bounds"},
		"alike": {of(reward(), 1, 2, 3), of(reward(), 2, 3, 4), metrics.Inconclusive, "no interval: all 3 differences are equal, and the metric has no bounds"},
		"same":  {of(reward(), 1, 2, 3), of(reward(), 1, 2, 3), metrics.Inconclusive, "no interval: all 3 differences are equal, and the metric has no bounds"},
		"none":  {of(reward(), 1, 2, 3), infer.NewColumn(reward()), metrics.NotAttempted, "nothing could be paired"},
	} {
		p := infer.Compare(pair.first, pair.second, options())
		if p.Interval != nil || p.P != 1 || p.Detectable != 0 || strings.Contains(strings.Join(p.Warnings, " "), "range") {
			t.Errorf("%s: %+v", name, p.Comparison)
		}
		if p.PointsAlone != (name != "none") || p.PointsAlone && (p.First != 2 || p.Second != map[string]float64{"one": 3, "alike": 3, "same": 2}[name]) {
			t.Errorf("%s: points %v and %v, alone %v", name, p.First, p.Second, p.PointsAlone)
		}
		family := []infer.Paired{p}
		infer.Adjust(family, infer.Holm)
		if r := infer.Decide([]infer.Gate{{Gate: metrics.Gate{Margin: 1}, Paired: family[0]}})[0]; r.Verdict != pair.verdict || r.Reason != pair.reason {
			t.Errorf("%s: gate %+v", name, r)
		}
	}
}
