package cli

import (
	"context"
	"fmt"
	"strings"

	"assay/harness/engine"
	"assay/harness/runstore"
	"assay/harness/terminal"
	"assay/harness/wire"
	"assay/models"
	"assay/reports/text"
)

// preview prints what a run would send: the number of requests of each kind, and the first
// request of each suite and condition, and of each judge, in full.
func preview(ctx context.Context, c terminal.Console, job *wire.Job, out string, opt engine.Options) error {
	all, err := engine.Previews(&job.Job, runstore.Dir(out), opt)
	if err != nil {
		return err
	}
	if err := text.Write(c.Out, engine.PreviewTable(all), c.Color()); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, p := range all {
		if key := p.Suite + "\x00" + p.Condition; p.First != nil && !seen[key] {
			seen[key] = true
			showRequest(c, fmt.Sprintf("%s, %s: the first request", p.Suite, p.Condition), p.First)
		}
	}
	judges, err := engine.JudgePreviews(ctx, &job.Job)
	for i := range judges {
		showRequest(c, fmt.Sprintf("%s: the first request of judge %s", judges[i].Suite, judges[i].Judge), &judges[i].Request)
	}
	return err
}

// showRequest prints a request in full.
func showRequest(c terminal.Console, title string, r *models.Request) {
	fmt.Fprintf(c.Out, "\n%s\n", title)
	show := func(what, text string) {
		if text == "" {
			return
		}
		fmt.Fprintf(c.Out, "  %s\n", what)
		for line := range strings.SplitSeq(text, "\n") {
			fmt.Fprintf(c.Out, "  | %s\n", cleanLine(line))
		}
	}
	show("system:", r.System)
	show("prompt:", r.Prompt)
	for _, choice := range r.Choices {
		fmt.Fprintf(c.Out, "  choice: %s\n", cleanLine(choice))
	}
	if r.Letters != nil {
		fmt.Fprintf(c.Out, "  without log-probabilities: by letter, %s\n", cleanLine(r.Letters.Question))
	}
	if (r.Choices == nil || r.Letters != nil) && (r.MaxTokens > 0 || r.Temperature > 0) {
		fmt.Fprintf(c.Out, "  temperature %v, top_p %v, at most %d tokens, stop %q, seed %d\n", r.Temperature, topP(r.TopP), r.MaxTokens, r.Stop, r.Seed)
	}
}

func topP(p float64) float64 {
	if p == 0 {
		return 1
	}
	return p
}

func cleanLine(s string) string { return text.Clean(s) }
