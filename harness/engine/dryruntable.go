package engine

import (
	"fmt"

	"assay/reports"
)

// PreviewTable returns the table of a dry run: a row for each suite, condition and model, and
// a row with their sum.
func PreviewTable(all []Preview) reports.Table {
	t := reports.Table{
		Title: "Requests of this run",
		Columns: []reports.Column{
			{Name: "suite", Group: true}, {Name: "condition"}, {Name: "model"}, {Name: "requests", Align: reports.Right}, {Name: "cached", Align: reports.Right},
			{Name: "max calls", Align: reports.Right}, {Name: "max judge calls", Align: reports.Right},
			{Name: "prompt tokens", Align: reports.Right}, {Name: "max completion tokens", Align: reports.Right}, {Name: "dollars", Align: reports.Right},
		},
	}
	var sum Preview
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
		fmt.Sprintf("Tokens are estimates (%d characters per token) and don't include judges. To score choices, a server that echoes gets a call per choice; any other server gets one call that lists the choices as A, B, C and so on. Cached verdicts need no judge call.", CharactersPerToken),
	}
	return t
}

func previewRow(suite, condition, model string, p Preview) []reports.Cell {
	number := func(n int) reports.Cell { return reports.Cell{Text: fmt.Sprint(n)} }
	dollars := ""
	if p.Dollars > 0 {
		dollars = fmt.Sprintf("%.2f", p.Dollars)
	}
	return []reports.Cell{{Text: suite}, {Text: condition}, {Text: model}, number(p.Requests), number(p.Known), number(p.Calls), number(p.Judged), number(p.Prompt), number(p.Completion), {Text: dollars}}
}
