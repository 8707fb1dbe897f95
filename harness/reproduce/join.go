package reproduce

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/leaf/outfile"
	"assay/harness/yamlstruct"
	"assay/reports"
	"assay/reports/study"
	"assay/reports/text"
)

// Notes is the file that explains verdicts on a page, by the id of a finding.
const Notes = "why.yaml"

// explanation explains a finding's verdict.
type explanation struct {
	yamlstruct.Place

	// Finding is the id of a finding.
	Finding string `yaml:"finding" need:"name the finding by its id"`
	// Why says what was tried and what the cause is.
	Why string `yaml:"why" text:"lines" need:"say why the finding has its verdict, and what was tried"`
}

// Join writes a page from the results of some reproductions' folders: README.md, and for each
// budget, and its null worlds, the cells and the findings: xs.csv, xs.json, xs-null.csv and so
// on. A file why.yaml in out explains verdicts.
func Join(folders []string, findings []Finding, out string) error {
	groups, err := collect(folders)
	if err != nil {
		return err
	}
	why, err := readNotes(filepath.Join(out, Notes), findings)
	if err != nil {
		return err
	}
	if _, err := outfile.MkdirAll(out); err != nil {
		return err
	}
	judged := make([][]study.Finding, len(groups))
	for i, g := range groups {
		if err := g.Check(findings); err != nil {
			return err
		}
		judged[i] = g.Judge(findings, g.cells)
		result := Result{Study: &study.Study{Findings: judged[i]}, Seeds: g.seeds, Cells: g.cells}
		if err := result.write(out, g.name()+".json", g.name()+".csv"); err != nil {
			return err
		}
	}
	var tables []reports.Table
	var b strings.Builder
	b.WriteString(pageHead)
	for i, g := range groups {
		if g.Null {
			continue
		}
		for k, null := range groups { // null worlds of the same budget
			if null.Null && null.Budget.Name == g.Budget.Name {
				for f := range judged[i] {
					judged[i][f].Null = &judged[k][f]
				}
				fmt.Fprintf(&b, "- Null worlds of budget `%s`: %s, %s.\n", g.Budget.Name, seedsInWords(null.seeds), versions(null))
			}
		}
		fmt.Fprintf(&b, "- Budget `%s`: %s, %s. %s; by Holm: %s.\n", g.Budget.Name, seedsInWords(g.seeds), versions(g),
			study.Tally(judged[i], func(f *study.Finding) study.Verdict { return f.Verdict }), holmTally(judged[i]))
		name := g.Budget.Name
		tables = append(tables, study.PageTable("findings-"+name, fmt.Sprintf("Findings, budget %s, %s", name, seedsInWords(g.seeds)), judged[i]))
		if t := study.UndecidedTable("undecided-"+name, judged[i]); len(t.Rows) > 0 {
			t.Title += ", budget " + name
			tables = append(tables, t)
		}
	}
	if len(why) > 0 {
		b.WriteString("\n## Why\n\n")
		for _, n := range why {
			fmt.Fprintf(&b, "- `%s`: %s\n", n.Finding, strings.Join(strings.Fields(n.Why), " "))
		}
	}
	last := groups[len(groups)-1]
	tables = append(tables, study.ElementsTables(last.Elements())...)
	if costs := study.CostsTable("costs", last.records[0].Costs); len(costs.Rows) > 0 {
		tables = append(tables, costs)
	}
	b.WriteString("\n")
	return outfile.Write(filepath.Join(out, "README.md"), func(w io.Writer) error {
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
		for _, t := range tables {
			if err := text.Markdown(w, t); err != nil {
				return err
			}
		}
		return nil
	})
}

const pageHead = `# What ` + "`assay reproduce`" + ` found

Which findings of the InstructGPT paper (Ouyang et al. 2022, arXiv 2203.02155) hold in the small world.
[fixtures/world](../world/README.md) says what this can and can't show. Nothing here is a measurement of large models.
` + "`assay reproduce --join`" + ` wrote this page; do not edit it. Sections, and figures 1 to 5, are numbered as in the NeurIPS
edition, appendix figures and tables as on arXiv.

A test holds if its complete 95% interval satisfies the rule, and fails if no value in the interval does. A claim holds
if all of its tests hold, and fails if one fails. Intervals are Student's over seeds, and each seed has its own world and trainings.
"By Holm" is the verdict after Holm's adjustment over all findings of the budget. A claim that depends on what a null world lacks
must vanish there.

`

// name is "xs", or "xs-null".
func (g *group) name() string {
	if g.Null {
		return g.Budget.Name + "-null"
	}
	return g.Budget.Name
}

// versions are the programs and CPU paths of a group's seeds.
func versions(g *group) string {
	var all []string
	for _, r := range g.records {
		all = append(all, fmt.Sprintf("%s on %s", r.Version, r.CPU))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "; ")
}

func holmTally(findings []study.Finding) string {
	if len(findings) == 0 || findings[0].Holm == "" {
		return "needs a second seed"
	}
	return study.Tally(findings, func(f *study.Finding) study.Verdict { return f.Holm })
}

// readNotes reads the explanations of verdicts, if there are any.
func readNotes(path string, findings []Finding) ([]explanation, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, nil
	}
	f, err := yamlstruct.Open(path, "write a line '- {finding: ..., why: ...}' for each")
	if err != nil {
		return nil, err
	}
	var notes []explanation
	f.Decode(&notes, yamlstruct.Options{What: "an explanation"})
	for i := range notes {
		if !slices.ContainsFunc(findings, func(x Finding) bool { return x.ID == notes[i].Finding }) {
			f.Fail(notes[i].Line("finding"), "no finding %q", notes[i].Finding)
		}
	}
	order := func(id string) int { return slices.IndexFunc(findings, func(x Finding) bool { return x.ID == id }) }
	slices.SortStableFunc(notes, func(a, b explanation) int { return cmp.Compare(order(a.Finding), order(b.Finding)) })
	return notes, f.Err()
}
