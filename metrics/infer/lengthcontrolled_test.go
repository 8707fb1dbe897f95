package infer_test

import (
	"math"
	"strings"
	"testing"

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
	of := metrics.Metric{Name: "win_rate", Kind: metrics.Mean, Hi: 1, Even: new(0.5)}
	to := metrics.Metric{Name: "length_controlled_win_rate", Kind: metrics.Mean, Hi: 1}
	col, d := infer.NewColumn(&of), &lengthcontrol.Data{}
	for i := range n {
		row := lengthcontrol.Row{Longer: longer(i), Preference: float64(i*i%11) * scale, Unscored: i%5 == 4, Cluster: i / 2}
		if row.Unscored {
			col.AddMissing(uint32(i))
		} else {
			col.Add(uint32(i), 0, []float64{row.Preference})
		}
		d.Rows = append(d.Rows, row)
	}
	return col.Controlled(d, 3, &to)
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
	if p := infer.Compare(col, col, opt); p.Interval != nil || p.P != 1 || !strings.Contains(p.Without(), "not compared") {
		t.Errorf("compared: %+v", p.Comparison)
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
	e := infer.Estimate(col.Controlled(d, 0, &m), infer.Options{Seed: 1, Resamples: 300})
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
