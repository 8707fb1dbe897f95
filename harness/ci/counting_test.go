package ci_test

import (
	"testing"

	"assay/harness/ci"
	"assay/metrics"
)

// The verdict that decides is the first that applies of regress, not attempted, inconclusive and
// pass, in whatever order the gates are.
func TestDecides(t *testing.T) {
	for _, c := range []struct {
		gates    []metrics.Verdict
		counting ci.Counting
		want     metrics.Verdict
	}{
		{nil, ci.Counting{}, metrics.Pass},
		{[]metrics.Verdict{metrics.Pass, metrics.Pass}, ci.Counting{}, metrics.Pass},
		{[]metrics.Verdict{metrics.Pass, metrics.Loss}, ci.Counting{}, metrics.Inconclusive},
		{[]metrics.Verdict{metrics.Inconclusive, metrics.Pass}, ci.Counting{}, metrics.Inconclusive},
		{[]metrics.Verdict{metrics.NotAttempted, metrics.Loss}, ci.Counting{}, metrics.NotAttempted},
		{[]metrics.Verdict{metrics.Loss, metrics.NotAttempted}, ci.Counting{}, metrics.NotAttempted},
		{[]metrics.Verdict{metrics.NotAttempted, metrics.Regress}, ci.Counting{}, metrics.Regress},
		{[]metrics.Verdict{metrics.Differs, metrics.NotAttempted, metrics.Loss}, ci.Counting{}, metrics.Regress},
		{[]metrics.Verdict{metrics.NotAttempted, metrics.Loss}, ci.Counting{Loss: "fail"}, metrics.Regress},
		{[]metrics.Verdict{metrics.Loss, metrics.Inconclusive}, ci.Counting{Loss: "pass"}, metrics.Inconclusive},
		{[]metrics.Verdict{metrics.Loss, metrics.Inconclusive}, ci.Counting{Loss: "pass", Inconclusive: "pass"}, metrics.Pass},
	} {
		var gates []metrics.GateResult
		for _, v := range c.gates {
			gates = append(gates, metrics.GateResult{Verdict: v})
		}
		if got := c.counting.Decides(gates); got != c.want {
			t.Errorf("%v as %+v: %s, want %s", c.gates, c.counting, got, c.want)
		}
	}
}
