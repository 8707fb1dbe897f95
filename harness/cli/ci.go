package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"assay/harness/pipeline"
	"assay/metrics"
	"assay/reports"
	"assay/reports/junit"
	"assay/reports/text"
)

// writeJUnit writes the gates, or without gates the comparisons, as JUnit XML. A
// regression fails, and so does what the flags count as one; a loss, what is
// inconclusive and what was not attempted are skipped, with the reason.
func writeJUnit(path string, r *pipeline.Outcome, fold folding) error {
	suite := junit.Suite{
		Name:       r.Model + " against " + r.Baseline,
		Properties: [][2]string{{"baseline", r.Baseline}, {"model", r.Model}},
	}
	for _, g := range r.Gates {
		suite.Cases = append(suite.Cases, gateCase(g, fold))
	}
	if r.Gates == nil {
		for _, c := range r.Comparisons {
			suite.Cases = append(suite.Cases, junit.Case{
				Class: c.Suite, Name: caseName(c.Metric, c.Condition), Outcome: junit.Passed, Type: string(c.Verdict), Message: string(c.Verdict),
			})
		}
	}
	return writeFile(path, func(f *os.File) error { return junit.Write(f, []junit.Suite{suite}) })
}

func caseName(metric, condition string) string {
	if condition == "" {
		return metric
	}
	return metric + ", " + condition
}

func gateCase(g metrics.GateResult, fold folding) junit.Case {
	outcome := map[metrics.Verdict]junit.Outcome{
		metrics.Pass: junit.Passed, metrics.Regress: junit.Failed,
		metrics.Loss: junit.Skipped, metrics.Inconclusive: junit.Skipped, metrics.NotAttempted: junit.Skipped,
	}[fold.of(g.Verdict)]
	return junit.Case{Class: g.Suite, Name: caseName(g.Metric, g.Condition), Outcome: outcome, Type: string(g.Verdict), Message: gateMessage(g)}
}

func gateMessage(g metrics.GateResult) string {
	text := string(g.Verdict)
	if g.Within {
		text += ", a certain loss within the margin"
	}
	if g.GateBounds != nil {
		text += fmt.Sprintf(": change %+.4f (up is better), bounds %+.4f to %+.4f, margin %.4f, n = %d", g.Difference, g.Lower, g.Upper, g.Margin, g.N)
		if g.Needed != "" {
			text += ", n needed: " + g.Needed
		}
	}
	if g.Unscored == metrics.UnscoredIgnored {
		text += "; unscored: ignore"
	}
	if g.Reason != "" {
		text += "; " + g.Reason
	}
	return text
}

// summaryLimit is GitHub's, for one step's summary.
const summaryLimit = 1 << 20

// writeGitHub appends the tables to the job's summary and prints an annotation
// for each gate that did not pass, or passed with a certain loss.
func writeGitHub(c console, r *pipeline.Outcome, gatesFile string, fold folding) error {
	for _, g := range r.Gates {
		level := map[metrics.Verdict]string{
			metrics.Regress: "error", metrics.NotAttempted: "error", metrics.Loss: "warning", metrics.Inconclusive: "warning",
		}[fold.of(g.Verdict)]
		if level == "" && (g.Within || g.Verdict != metrics.Pass) {
			level = "notice"
		}
		if level != "" {
			fmt.Fprintf(c.out, "::%s file=%s,title=%s::%s\n", level, escapeProperty(gatesFile),
				escapeProperty("assay: "+g.Suite+" "+caseName(g.Metric, g.Condition)), escapeData(gateMessage(g)))
		}
	}
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		c.notice("GITHUB_STEP_SUMMARY is not set, so no job summary was written")
		return nil
	}
	var b bytes.Buffer
	if r.Gates != nil {
		if err := text.Markdown(&b, reports.GatesTable(&r.Subject, r.Gates)); err != nil {
			return err
		}
	}
	if err := text.Markdown(&b, reports.ComparisonsTable(&r.Subject, r.Comparisons)); err != nil {
		return err
	}
	if b.Len() > summaryLimit {
		const more = "\n(cut: a job summary holds 1 MiB)\n"
		b.Truncate(summaryLimit - len(more))
		b.WriteString(more)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("GITHUB_STEP_SUMMARY: %w", err)
	}
	defer f.Close()
	if _, err := f.Write(b.Bytes()); err != nil {
		return fmt.Errorf("GITHUB_STEP_SUMMARY: %w", err)
	}
	return f.Close()
}

// escapeData and escapeProperty follow GitHub's workflow commands: %, CR and LF
// everywhere, ':' and ',' too in properties.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeData(s))
}
