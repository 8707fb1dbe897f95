package cli

import (
	"fmt"
	"strings"

	"assay/harness/engine"
	"assay/harness/runstore"
	"assay/harness/terminal"
	"assay/harness/wire"
	"assay/reports"
	"assay/reports/text"
)

// preview prints what a run would send: the number of requests of each kind, and the first
// request of each suite and condition in full.
func preview(c terminal.Console, job *wire.Job, out string, opt engine.Options) error {
	all, err := engine.Previews(&job.Job, runstore.Dir(out), opt)
	if err != nil {
		return err
	}
	t := reports.Table{
		Title: "Requests of this run",
		Columns: []reports.Column{
			{Name: "suite", Group: true}, {Name: "condition"}, {Name: "model"}, {Name: "requests", Align: reports.Right}, {Name: "cached", Align: reports.Right},
			{Name: "max calls", Align: reports.Right}, {Name: "max judge calls", Align: reports.Right},
			{Name: "prompt tokens", Align: reports.Right}, {Name: "max completion tokens", Align: reports.Right}, {Name: "dollars", Align: reports.Right},
		},
	}
	var sum engine.Preview
	for _, p := range all {
		t.Rows = append(t.Rows, previewRow(p.Suite, p.Condition, p.Model, p))
		sum.Requests += p.Requests
		sum.Known += p.Known
		sum.Calls += p.Calls
		sum.Judged += p.Judged
		sum.Prompt += p.Prompt
		sum.Completion += p.Completion
		sum.Dollars += p.Dollars
	}
	t.Rows = append(t.Rows, previewRow("all", "", "", sum))
	t.Notes = []string{
		fmt.Sprintf("Tokens are estimates (%d characters per token) and don't include judges. To score choices, a server that echoes gets a call per choice; any other server gets one call with the choices under letters. Cached verdicts need no judge call.", engine.CharactersPerToken),
	}
	if err := text.Write(c.Out, t, c.Color()); err != nil {
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

func previewRow(suite, condition, model string, p engine.Preview) []reports.Cell {
	number := func(n int) reports.Cell { return reports.Cell{Text: fmt.Sprint(n)} }
	dollars := ""
	if p.Dollars > 0 {
		dollars = fmt.Sprintf("%.2f", p.Dollars)
	}
	return []reports.Cell{{Text: suite}, {Text: condition}, {Text: model}, number(p.Requests), number(p.Known), number(p.Calls), number(p.Judged), number(p.Prompt), number(p.Completion), {Text: dollars}}
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
