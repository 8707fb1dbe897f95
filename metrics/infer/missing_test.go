package infer_test

import (
	"math"
	"strings"
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
)

// scored is a sample of n values i -> value(i); the examples in missing have none.
func scored(m *metrics.Metric, n int, value func(i int) float64, missing func(i int) bool) *infer.Column {
	s := infer.NewColumn(m)
	for i := range n {
		if missing != nil && missing(i) {
			s.AddMissing(uint32(i))
			continue
		}
		s.Add(uint32(i), 0, []float64{value(i)})
	}
	return s
}

func firstOf(k int) func(int) bool { return func(i int) bool { return i < k } }

func onlyGate(margin float64, unscored string, first, second *infer.Column) metrics.GateResult {
	g := metrics.Gate{Metric: "m", Margin: margin, Unscored: unscored}
	return infer.Decide([]infer.Gate{{Gate: g, Paired: infer.Compare(first, second, options())}})[0]
}

// A pass must hold with each pair without a value at its worst: the model's at the bad end of the range, the
// baseline's at the good one. scipy 1.17, for k of the model's:
//
//	i = np.arange(300); x = (i % 10)/10; y = x + 0.01*(i % 3); y[:k] = 0
//	d = y - x; d.mean() - stats.t.ppf(0.95, 299)*stats.sem(d)
//
// For k of the baseline's, x[:k] = 2 (the range is from 0 to 2). With k = 8 d.mean() is -0.034 and
// d.std(ddof=1) 0.269244: 80% power needs TTestPower().solve_power(0.016/0.269244, alpha=0.05, power=0.8,
// alternative="larger") pairs (statsmodels).
func TestGateTakesUnscoredAtTheirWorst(t *testing.T) {
	up := &metrics.Metric{Name: "m", Kind: metrics.Mean, Lo: 0, Hi: 2}
	down := &metrics.Metric{Name: "m", Kind: metrics.Mean, Direction: metrics.LowerIsBetter, Lo: 0, Hi: 2}
	x := func(i int) float64 { return float64(i%10) / 10 }
	y := func(i int) float64 { return float64(i%10)/10 + 0.01*float64(i%3) }
	for _, tt := range []struct {
		name          string
		metric        *metrics.Metric
		first, second int // how many of the first examples are without a value
		turned        bool
		want          metrics.Verdict
		worst         float64
		decides       string
	}{
		{"nothing", up, 0, 0, false, metrics.Pass, 0, ""},
		{"one of the model's", up, 0, 1, false, metrics.Pass, 0.009220899092680729, ""},
		{"ten of the model's", up, 0, 10, false, metrics.Pass, -0.014665546373840304, ""},
		{"forty of the model's", up, 0, 40, false, metrics.Inconclusive, -0.06928187257660544, "none: with this share unscored, the worst case is beyond the margin"},
		{"eight of the baseline's", up, 8, 0, false, metrics.Inconclusive, -0.05964839946292967, "1752"},
		{"lower is better, eight of the model's", down, 0, 8, true, metrics.Inconclusive, -0.05964839946292967, "1752"},
	} {
		a, b := x, y
		if tt.turned {
			a, b = y, x // if lower is better, the second is again the better one
		}
		first, second := scored(tt.metric, 300, a, firstOf(tt.first)), scored(tt.metric, 300, b, firstOf(tt.second))
		r := onlyGate(0.05, "", first, second)
		k := tt.first + tt.second
		if r.Verdict != tt.want || r.Open != k || (r.Worst == nil) != (k == 0) {
			t.Errorf("%s: %s, %+v, %q", tt.name, r.Verdict, *r.GateBounds, r.Reason)
			continue
		}
		if k > 0 {
			near(t, tt.name, *r.Worst, tt.worst, 1e-9)
		}
		if blocked := strings.Contains(r.Reason, "with the worst possible scores the lower bound is"); blocked != (k > 0) {
			t.Errorf("%s: reason %q", tt.name, r.Reason)
		}
		if r.Needed != tt.decides && tt.decides != "" {
			t.Errorf("%s: decided at %q, want %q", tt.name, r.Needed, tt.decides)
		}
		// The gates file may ignore them, and the result says so.
		ignored := onlyGate(0.05, metrics.UnscoredIgnored, first, second)
		if ignored.Verdict != metrics.Pass || ignored.Unscored != metrics.UnscoredIgnored || strings.Contains(ignored.Reason, "ignored, as the gate says") != (k > 0) {
			t.Errorf("%s, ignored: %s, %q", tt.name, ignored.Verdict, ignored.Reason)
		}
	}
}

// Examples that only one side has are not pairs: they neither help nor hurt. Among
// several draws of an example, only those without a value are at their worst.
func TestGateCountsPairs(t *testing.T) {
	first, second := infer.NewColumn(mean()), infer.NewColumn(mean())
	for i := range uint32(400) {
		first.Add(i, 0, []float64{0.5 + 0.001*float64(i%7)})
		if i < 300 {
			second.Add(i, 0, []float64{0.5 + 0.001*float64(i%5)})
		}
	}
	first.AddMissing(900) // of an example that the model doesn't have
	second.AddMissing(901)
	if r := onlyGate(0.05, "", first, second); r.Verdict != metrics.Pass || r.Open != 0 || r.Worst != nil || r.N != 300 {
		t.Errorf("on one side only: %s, %+v", r.Verdict, *r.GateBounds)
	}
	if r := onlyGate(0.05, "", first, second); r.Reason != "left out: 101 examples that only the baseline has, 1 that only the model has" {
		t.Errorf("on one side only: reason %q", r.Reason)
	}
	// One of two draws: the example's mean is that of its value and 0.
	second.AddMissing(0)
	second.AddMissing(0)
	r := onlyGate(0.05, "", first, second)
	if r.Open != 1 || r.Worst == nil {
		t.Fatalf("draws: %+v", *r.GateBounds)
	}
	third := infer.NewColumn(mean())
	for i := range uint32(300) {
		third.Add(i, 0, []float64{0.5 + 0.001*float64(i%5)})
	}
	third.Add(0, 0, []float64{0})
	third.Add(0, 0, []float64{0})
	near(t, "one value of three", *r.Worst, onlyGate(0.05, "", first, third).Lower, 1e-12)
}

// A metric without a range can't bound missing values: the model may not have more of
// them than the baseline.
func TestUnboundedGateCountsUnscored(t *testing.T) {
	x := func(i int) float64 { return float64(i%10) / 10 }
	for _, tt := range []struct {
		first, second int
		want          metrics.Verdict
	}{{0, 0, metrics.Pass}, {3, 3, metrics.Pass}, {4, 3, metrics.Pass}, {3, 4, metrics.Inconclusive}} {
		first, second := scored(reward(), 200, x, firstOf(tt.first)), scored(reward(), 200, func(i int) float64 { return x(i) + 0.1*float64(i%3) }, firstOf(tt.second))
		r := onlyGate(0.05, "", first, second)
		if r.Verdict != tt.want || r.Worst != nil || (tt.want == metrics.Inconclusive) != strings.Contains(r.Reason, "1 more unscored answer than") {
			t.Errorf("%d and %d missing: %s, %q", tt.first, tt.second, r.Verdict, r.Reason)
		}
		if r := onlyGate(0.05, metrics.UnscoredIgnored, first, second); r.Verdict != metrics.Pass {
			t.Errorf("%d and %d missing, ignored: %s", tt.first, tt.second, r.Verdict)
		}
	}
}

// For a function of sums, a pair without a value counts in proportion to the
// pairs.
func TestWorstOfSums(t *testing.T) {
	first, second := infer.NewColumn(ratio()), infer.NewColumn(ratio())
	for i := range uint32(99) {
		first.Add(i, 0, []float64{float64(i % 3), 4})
		second.Add(i, 0, []float64{float64(i%3) + 0.5*float64(i%2), 4})
	}
	first.Add(99, 0, []float64{1, 4})
	second.AddMissing(99)
	r := onlyGate(0.05, "", first, second)
	near(t, "worst", *r.Worst, (99*r.Lower-1)/100, 1e-12)
}

// Several people judge, and one of them gave no value. Nobody knows which one.
func TestWorstOfSeveralLabelers(t *testing.T) {
	first, second := labelled(0), labelled(1)
	second.AddMissing(3)
	r := onlyGate(5, "", first, second)
	if r.Worst == nil || !(*r.Worst < r.Lower) || math.IsNaN(*r.Worst) {
		t.Errorf("%+v", *r.GateBounds)
	}
}
