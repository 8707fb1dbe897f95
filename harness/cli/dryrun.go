package cli

import (
	"fmt"
	"strings"

	"assay/harness/engine"
	"assay/harness/runstore"
	"assay/harness/terminal"
	"assay/harness/wire"
	"assay/reports/text"
)

// preview prints what a run would send: the number of requests of each kind, and the first
// request of each suite and condition in full.
func preview(c terminal.Console, job *wire.Job, out string, opt engine.Options) error {
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
			showRequest(c, p)
		}
	}
	return nil
}

// showRequest prints the first request of a suite's condition.
func showRequest(c terminal.Console, p engine.Preview) {
	r := p.First
	fmt.Fprintf(c.Out, "\n%s, %s: the first request\n", p.Suite, p.Condition)
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
	if r.Choices == nil || r.Letters != nil && r.MaxTokens > 0 {
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
