package study

import (
	"fmt"
	"strconv"
	"strings"

	"assay/harness/leaf/plural"
	"assay/reports"
)

// MostSeeds is the largest number of seeds that is worth naming.
const MostSeeds = 1000

// Seeds is a number of seeds that a verdict needs, for tables.
func Seeds(n int) string {
	switch {
	case n == 0:
		return ""
	case n > MostSeeds:
		return fmt.Sprintf("over %d", MostSeeds)
	}
	return strconv.Itoa(n)
}

// PageTable has a row for each test, for a reader of the paper: the claim, where the paper makes
// it, its number, ours, the verdicts, and what null worlds give.
func PageTable(id, title string, findings []Finding) reports.Table {
	t := reports.Table{ID: id, Title: title, Columns: []reports.Column{
		{Name: "claim"}, {Name: "in the paper"}, {Name: "paper's number"}, {Name: "verdict"}, {Name: "by Holm"}, {Name: "test"},
		{Name: "number [95%]", Align: reports.Right}, {Name: "must be"}, {Name: "null worlds"},
	}}
	for _, f := range findings {
		for i, test := range f.Tests {
			row := make([]reports.Cell, 5)
			if i == 0 {
				source := f.Source
				if f.Extra {
					source += " (extra)"
				}
				row = []reports.Cell{{Text: f.Claim}, {Text: source}, {Text: f.Paper}, {Text: string(f.Verdict), Tone: f.Verdict.Tone()}, {Text: string(f.Holm)}}
			}
			name := test.Name
			if len(f.Tests) > 1 {
				name += " (" + string(test.Verdict) + ")"
			}
			null := ""
			if f.Null != nil && i < len(f.Null.Tests) {
				null = f.Null.Tests[i].number().Text
				if i == 0 {
					null = string(f.Null.Verdict) + ": " + null
				}
			}
			t.Rows = append(t.Rows, append(row, reports.Cell{Text: name}, test.number(), reports.Cell{Text: test.Rule}, reports.Cell{Text: null}))
		}
	}
	return t
}

// UndecidedTable has a row for each undecided test: what its seeds could have detected, and how
// many would decide it.
func UndecidedTable(id string, findings []Finding) reports.Table {
	t := reports.Table{ID: id, Title: "Undecided", Columns: []reports.Column{
		{Name: "finding"}, {Name: "test"}, {Name: "number [95%]", Align: reports.Right}, {Name: "must be"},
		{Name: "detectable", Align: reports.Right}, {Name: "seeds that decide it", Align: reports.Right},
	}, Notes: []string{"Detectable: the distance of the true number from the edge of the rule that these seeds decide in 80% of studies. Seeds that decide it: in 80% of studies, if mean and spread stay what they are."}}
	for _, f := range findings {
		if f.Verdict != Undecided {
			continue
		}
		for _, test := range f.Tests {
			if test.Verdict != Undecided {
				continue
			}
			detectable := ""
			if test.Seeds > 1 {
				detectable = fmt.Sprintf("%.3f", test.Detectable)
			}
			t.Rows = append(t.Rows, []reports.Cell{{Text: f.ID}, {Text: test.Name}, test.number(), {Text: test.Rule}, {Text: detectable}, {Text: Seeds(test.SeedsNeeded)}})
		}
	}
	return t
}

// Tally counts the findings: "40 hold, 3 fail, 12 undecided of 55 findings".
func Tally(findings []Finding, of func(*Finding) Verdict) string {
	n := map[Verdict]int{}
	for i := range findings {
		n[of(&findings[i])]++
	}
	var parts []string
	for _, v := range verdicts() {
		if n[v] > 0 {
			parts = append(parts, v.count(n[v]))
		}
	}
	return fmt.Sprintf("%s of %s", strings.Join(parts, ", "), plural.Of(len(findings), "finding"))
}

// ElementsTables are the tables of deviations and of what is as in the paper.
func ElementsTables(elements []Element) []reports.Table {
	return (&Study{Elements: elements}).elements().Tables
}

// CostsTable is the table of costs.
func CostsTable(id string, costs []Cost) reports.Table {
	section := (&Study{Costs: costs, Subject: &reports.Subject{}}).costs()
	if len(section.Tables) == 0 {
		return reports.Table{ID: id}
	}
	t := section.Tables[0]
	t.ID = id
	return t
}
