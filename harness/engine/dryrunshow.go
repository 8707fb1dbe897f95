package engine

import (
	"context"
	"fmt"
	"io"
	"strings"

	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/models"
	"assay/reports/text"
)

// ShowPreviews writes what a run would send: the number of requests of each kind, and the first
// request of each suite and condition, and of each judge, in full.
func ShowPreviews(ctx context.Context, w io.Writer, job *Job, store runstore.Store, opt Options, color bool) error {
	all, err := Previews(job, store, opt)
	if err != nil {
		return err
	}
	table := PreviewTable(all)
	if more := job.auditNotice(); more != "" {
		table.Notes = append(table.Notes, more)
	}
	if err := text.Write(w, table, color); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, p := range all {
		if key := p.Suite + "\x00" + p.Condition; p.First != nil && !seen[key] {
			seen[key] = true
			showRequest(w, strings.TrimSuffix(p.Suite+", "+p.Condition, ", ")+": the first request", p.First)
		}
	}
	judges, err := JudgePreviews(ctx, job)
	for i := range judges {
		showRequest(w, fmt.Sprintf("%s: the first request of judge %s", judges[i].Suite, judges[i].Judge), &judges[i].Request)
	}
	return err
}

// showRequest writes a request in full.
func showRequest(w io.Writer, title string, r *models.Request) {
	fmt.Fprintf(w, "\n%s\n", title)
	show := func(what, said string) {
		if said == "" {
			return
		}
		fmt.Fprintf(w, "  %s\n", what)
		for line := range strings.SplitSeq(said, "\n") {
			fmt.Fprintf(w, "  | %s\n", text.Clean(line))
		}
	}
	show("system:", r.System)
	show("prompt:", r.Prompt)
	for _, choice := range r.Choices {
		fmt.Fprintf(w, "  choice: %s\n", text.Clean(choice))
	}
	if r.Letters != nil {
		fmt.Fprintf(w, "  without log-probabilities: by letter, %s\n", text.Clean(r.Letters.Question))
	}
	if (r.Choices == nil || r.Letters != nil) && (r.MaxTokens > 0 || r.Temperature > 0) {
		fmt.Fprintf(w, "  %s\n", strings.Join(samplingOf(r), ", "))
	}
}

// samplingOf lists what a request says about drawing its answer. A greedy answer depends on neither top_p nor
// a seed, so that they are not sent. Nor are stop strings in a chat: the answer is cut after it has come.
func samplingOf(r *models.Request) []string {
	out := []string{fmt.Sprintf("temperature %v", r.Temperature)}
	if r.Temperature > 0 && r.TopP > 0 {
		out = append(out, fmt.Sprintf("top_p %v", r.TopP))
	}
	if r.MaxTokens > 0 {
		out = append(out, "at most "+plural.Of(r.MaxTokens, "token"))
	}
	if len(r.Stop) > 0 {
		out = append(out, fmt.Sprintf("ends before any of %q", r.Stop))
	}
	if r.Temperature > 0 {
		out = append(out, fmt.Sprintf("seed %d", r.ShortSeed()))
	}
	return out
}
