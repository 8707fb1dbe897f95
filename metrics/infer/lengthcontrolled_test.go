package infer_test

import (
	"math"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/lengthcontrol"
)

// controlled is a column of n preferences with lengths, of which every fifth is missing. Each
// pair of rows is one cluster.
func controlled(n int, longer func(i int) float64) *infer.Column {
	return preferring(n, 1.0/25, longer)
}

func preferring(n int, scale float64, longer func(i int) float64) *infer.Column {
	return preferringFrom(0, n, scale, longer)
}

// preferringFrom has the rows of preferring from a row on.
func preferringFrom(from, n int, scale float64, longer func(i int) float64) *infer.Column {
	of := metrics.Metric{Name: "win_rate", Kind: metrics.Mean, Hi: 1, Even: new(0.5)}
	to := metrics.Metric{Name: "length_controlled_win_rate", Kind: metrics.Mean, Hi: 1, Even: new(0.5)}
	col, d := infer.NewColumn(&of), &lengthcontrol.Data{}
	for i := from; i < n; i++ {
		row := lengthcontrol.Row{Longer: longer(i), Preference: float64(i*i%11) * scale, Unscored: i%5 == 4, Cluster: (i - from) / 2}
		if row.Unscored {
			col.AddMissing(uint32(i))
		} else {
			col.Add(uint32(i), 0, []float64{row.Preference})
		}
		d.Rows = append(d.Rows, row)
	}
	return col.Controlled(d, numbered((n-from+1)/2), 3, &to)
}

// numbered are the numbers of n clusters, in reverse.
func numbered(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(n - 1 - i)
	}
	return out
}

// The difference is that of the two fits on the clusters that both have, here 4 to 29, and its standard
// error that of the fits of the same resamples.
func TestCompareControlled(t *testing.T) {
	first := preferring(60, 1.0/25, func(i int) float64 { return float64(i*i*i%29) - 9 })
	second := preferring(52, 1.0/12, func(i int) float64 { return float64(i*i%17) - 12 })
	opt := infer.Options{Seed: 1, Resamples: 2000}
	p := infer.Compare(first, second, opt)
	if p.Interval == nil || p.Clusters != 26 || p.N != 41 || p.Unpaired != [2]int{7, 0} || p.Unscored != [2]int{12, 10} {
		t.Fatalf("%+v, interval %+v", p.Comparison, p.Interval)
	}
	// Clusters are numbered from the end, so the second's clusters 0 to 25 are the first's 4 to 29.
	var whole, part [2]metrics.Estimate
	whole[1] = infer.Estimate(second, opt)
	if !approx.Equal(p.Second, whole[1].Point, 1e-12) || !approx.Equal(p.Point, p.Second-p.First, 1e-12) || p.Lo >= p.Point || p.Hi <= p.Point {
		t.Errorf("%+v, interval %+v; the second alone is %v", p.Comparison, p.Interval, whole[1].Point)
	}
	part[0] = infer.Estimate(preferringFrom(8, 60, 1.0/25, func(i int) float64 { return float64(i*i*i%29) - 9 }), opt)
	if !approx.Equal(p.First, part[0].Point, 1e-12) {
		t.Errorf("the first is %v, on the common clusters alone %v", p.First, part[0].Point)
	}
	if turned := infer.Compare(second, first, opt); !approx.Equal(turned.SE, p.SE, 0.05*p.SE) || !approx.Equal(turned.Point, -p.Point, 1e-12) {
		t.Errorf("turned: %+v", turned.Interval)
	}
	// Rows that are the same but for a few leave little to the difference, since resamples are shared.
	near := preferring(60, 1.0/25, func(i int) float64 { return float64(i*i*i%29) - 9 - float64(i/58) })
	if p := infer.Compare(first, near, opt); p.Interval == nil || p.SE > 0.2*infer.Estimate(first, opt).SE {
		t.Errorf("two that are nearly equal: %+v", p.Interval)
	}
}

// A preference over the baseline itself is compared with an even win rate, from either side.
func TestControlledEven(t *testing.T) {
	col := controlled(60, func(i int) float64 { return float64(i*i*i%29) - 9 })
	opt := infer.Options{Seed: 1, Resamples: 1000}
	e := infer.Estimate(col, opt)
	p, q := infer.CompareEven(col, infer.SecondAgainstFirst, opt), infer.CompareEven(col, infer.FirstAgainstSecond, opt)
	if p.Interval == nil || !p.Even || p.First != 0.5 || !approx.Equal(p.Second, e.Point, 1e-12) || !approx.Equal(p.Point, e.Point-.5, 1e-12) || p.N != 48 || p.Clusters != 30 {
		t.Fatalf("%+v, interval %+v", p.Comparison, p.Interval)
	}
	if !approx.Equal(q.Point, -p.Point, 1e-9) || !approx.Equal(q.Lo, -p.Hi, 1e-7) || !approx.Equal(q.P, p.P, 1e-6) {
		t.Errorf("from the other side %+v, not %+v", q.Interval, p.Interval)
	}
	for unscored, want := range map[string]metrics.Verdict{"": metrics.Inconclusive, metrics.UnscoredIgnored: metrics.Pass} {
		r := infer.Decide([]infer.Gate{{Gate: metrics.Gate{Margin: .49, Unscored: unscored}, Paired: p}})[0]
		if r.Verdict != want || want == metrics.Inconclusive && !strings.Contains(r.Reason, "preferences without a value: 12") {
			t.Errorf("unscored %q: verdict %s, reason %s", unscored, r.Verdict, r.Reason)
		}
	}
}

func TestControlled(t *testing.T) {
	col := controlled(40, func(i int) float64 { return float64(i*i*i%29) - 9 })
	opt := infer.Options{Seed: 1, Resamples: 500}
	e := infer.Estimate(col, opt)
	if e.Metric != "length_controlled_win_rate" || e.N != 32 || e.Unscored != 8 || e.Clusters != 20 || e.Interval == nil || !(e.Lo < e.Point && e.Point < e.Hi) {
		t.Errorf("%+v, interval %+v", e, e.Interval)
	}
	if all := strings.Join(e.Warnings, "; "); !strings.Contains(all, "without the texts of both outputs: 3") || !strings.Contains(all, "8 unscored") || !strings.Contains(all, "bootstrap of 20 clusters") {
		t.Errorf("warnings %s", all)
	}
	if again := infer.Estimate(col, opt); *again.Interval != *e.Interval {
		t.Errorf("%v, again %v", *e.Interval, *again.Interval)
	}
	if p := infer.Compare(col, col, opt); p.Interval != nil || p.P != 1 || !strings.Contains(p.Without(), "don't vary") {
		t.Errorf("compared with itself: %+v", p.Comparison)
	}
}

// Preferences of about a half are predicted as well without any term, and so is every resample.
func TestControlledByNoTerm(t *testing.T) {
	e := infer.Estimate(preferring(40, 0.1, func(i int) float64 { return float64(i*i*i%29) - 9 }), infer.Options{Seed: 1, Resamples: 300})
	if e.Interval != nil || e.Alone == nil || *e.Alone != 0.5 || !strings.Contains(strings.Join(e.Warnings, "; "), "leaves no term") {
		t.Errorf("%+v", e)
	}
}

// Lengths alone explain preferences that are the same on both sides, so the penalty leaves no
// constant. A warning says so.
func TestControlledWithoutConstant(t *testing.T) {
	m := metrics.Metric{Name: "win_rate", Kind: metrics.Mean, Hi: 1, Even: new(0.5)}
	col, d := infer.NewColumn(&m), &lengthcontrol.Data{}
	for i := range 60 {
		side := float64(i%2*2 - 1)
		row := lengthcontrol.Row{Longer: side * float64(1+i/2%5), Preference: 0.5 - 0.3*side, Cluster: i}
		col.Add(uint32(i), 0, []float64{row.Preference})
		d.Rows = append(d.Rows, row)
	}
	e := infer.Estimate(col.Controlled(d, numbered(60), 0, &m), infer.Options{Seed: 1, Resamples: 300})
	if e.Interval == nil || e.Point != 0.5 || !strings.Contains(strings.Join(e.Warnings, "; "), "leaves no constant") {
		t.Errorf("%+v %+v", e, e.Interval)
	}
}

// Without a fit there is no number.
func TestControlledWithoutFit(t *testing.T) {
	for name, col := range map[string]*infer.Column{
		"at least 5 examples": controlled(8, func(i int) float64 { return float64(i) }),
		"same number":         controlled(40, func(int) float64 { return 7 }),
		"not finite":          controlled(40, func(i int) float64 { return math.Inf(i - 30) }),
	} {
		e := infer.Estimate(col, infer.Options{Seed: 1, Resamples: 100})
		if all := strings.Join(e.Warnings, "; "); e.Interval != nil || e.Alone != nil || e.Method != infer.MethodNone || !strings.Contains(all, name) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}
