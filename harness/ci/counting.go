// Package ci says what a CI system sees of gates: which verdicts fail a build, JUnit XML, and
// GitHub's annotations and job summary.
package ci

import (
	"fmt"

	"assay/metrics"
)

// Counting says what the verdicts loss and inconclusive count as: "pass", "fail", or "" for
// themselves. Each member concerns its own verdict only.
type Counting struct {
	Loss, Inconclusive string
}

// Of is the verdict that a gate counts as.
func (c Counting) Of(v metrics.Verdict) metrics.Verdict {
	how := map[metrics.Verdict]string{metrics.Loss: c.Loss, metrics.Inconclusive: c.Inconclusive}[v]
	switch how {
	case "pass":
		return metrics.Pass
	case "fail":
		return metrics.Regress
	}
	return v
}

// Check returns an error that names the flag if a member is none of these, or if there are no gates to
// count; remedy says how to add some.
func (c Counting) Check(gates bool, remedy string) error {
	for _, flag := range [][2]string{{"on-loss", c.Loss}, {"inconclusive", c.Inconclusive}} {
		switch name, value := flag[0], flag[1]; {
		case value == "":
		case value != "pass" && value != "fail":
			return fmt.Errorf("--%s %s: must be pass or fail", name, value)
		case !gates:
			return fmt.Errorf("--%s is about gates, but there are none; %s", name, remedy)
		}
	}
	return nil
}

// Decides is the one verdict of several gates, as they count: the first that applies of
// [metrics.Regress], also for gates that differ, [metrics.NotAttempted],
// [metrics.Inconclusive], also for gates with a loss, and [metrics.Pass].
func (c Counting) Decides(gates []metrics.GateResult) metrics.Verdict {
	out := metrics.Pass
	for _, g := range gates {
		switch c.Of(g.Verdict) {
		case metrics.Regress, metrics.Differs:
			return metrics.Regress
		case metrics.NotAttempted:
			out = metrics.NotAttempted
		case metrics.Loss, metrics.Inconclusive:
			if out == metrics.Pass {
				out = metrics.Inconclusive
			}
		}
	}
	return out
}
