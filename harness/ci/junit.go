package ci

import (
	"fmt"
	"io"

	"assay/harness/leaf/outfile"
	"assay/harness/pipeline"
	"assay/metrics"
	"assay/reports/junit"
)

// WriteJUnit writes the gates as JUnit XML. A regression is a failure, and so is what counting
// counts as one. A loss, an inconclusive gate and work that was not attempted are skipped
// tests, with the reason.
func WriteJUnit(path string, r *pipeline.Outcome, counting Counting) error {
	suite := junit.Suite{
		Name:       r.Model + " against " + r.Baseline,
		Properties: [][2]string{{"baseline", r.Baseline}, {"model", r.Model}},
	}
	for _, g := range r.Gates {
		suite.Cases = append(suite.Cases, gateCase(g, counting))
	}
	return outfile.Write(path, func(w io.Writer) error { return junit.Write(w, []junit.Suite{suite}) })
}

func caseName(metric, condition string) string {
	if condition == "" {
		return metric
	}
	return metric + ", " + condition
}

func gateCase(g metrics.GateResult, counting Counting) junit.Case {
	outcome := map[metrics.Verdict]junit.Outcome{
		metrics.Pass: junit.Passed, metrics.Regress: junit.Failed, metrics.Differs: junit.Failed,
		metrics.Loss: junit.Skipped, metrics.Inconclusive: junit.Skipped, metrics.NotAttempted: junit.Skipped,
	}[counting.Of(g.Verdict)]
	return junit.Case{Class: g.Suite, Name: caseName(g.Metric, g.Condition), Outcome: outcome, Type: string(g.Verdict), Message: gateMessage(g)}
}

func gateMessage(g metrics.GateResult) string {
	text := string(g.Verdict)
	if g.Within {
		text += ", a significant loss within the margin"
	}
	if g.GateBounds != nil {
		text += fmt.Sprintf(": change %+.4f (up is better), bounds %+.4f to %+.4f, margin %.4f, n = %d", g.Difference, g.Lower, g.Upper, g.Margin, g.N)
		if g.Needed != "" {
			text += ", n needed: " + g.Needed
		}
	}
	if g.Equivalent {
		text += "; asks for equivalence"
	}
	if g.Unscored == metrics.UnscoredIgnored {
		text += "; unscored: ignore"
	}
	if g.Reason != "" {
		text += "; " + g.Reason
	}
	return text
}
