package ci

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"assay/harness/pipeline"
	"assay/metrics"
	"assay/reports"
	"assay/reports/text"
)

// summaryLimit is GitHub's limit for the summary of a step, in bytes.
const summaryLimit = 1 << 20

// Annotate prints a GitHub annotation for each gate that did not pass, or passed with a
// significant loss.
func Annotate(w io.Writer, r *pipeline.Outcome, gatesFile string, counting Counting) error {
	for _, g := range r.Gates {
		level := map[metrics.Verdict]string{
			metrics.Regress: "error", metrics.Differs: "error", metrics.NotAttempted: "error", metrics.Loss: "warning", metrics.Inconclusive: "warning",
		}[counting.Of(g.Verdict)]
		if level == "" && (g.Within || g.Verdict != metrics.Pass) {
			level = "notice"
		}
		if level != "" {
			_, err := fmt.Fprintf(w, "::%s file=%s,title=%s::%s\n", level, escapeProperty(gatesFile),
				escapeProperty("assay: "+g.Suite+" "+caseName(g.Metric, g.Condition)), escapeData(gateMessage(g)))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Summarize appends the tables to GitHub's summary of a job, a file.
func Summarize(path string, r *pipeline.Outcome) error {
	var b bytes.Buffer
	if r.Gates != nil {
		if err := text.Markdown(&b, reports.GatesTable(&r.Subject, r.Gates)); err != nil {
			return err
		}
	}
	if err := text.Markdown(&b, reports.ComparisonsTable(&r.Subject, r.Comparisons)); err != nil {
		return err
	}
	for _, t := range r.FlipsTables() {
		if err := text.Markdown(&b, t); err != nil {
			return err
		}
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

// escapeData and escapeProperty follow GitHub's workflow commands: they escape %, CR and
// LF; properties also escape ':' and ','.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeData(s))
}
