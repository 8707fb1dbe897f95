package reproduce

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"assay/harness/leaf/plural"
	"assay/reports"
	"assay/reports/study"
	"assay/reports/text"
)

// Planned is what a number of seeds is expected to decide, by pilot seeds.
type Planned struct {
	Seeds, Pilots int
	Findings      []PlannedFinding
}

// PlannedFinding is a finding's chances, if its numbers have the pilots' means and spreads.
type PlannedFinding struct {
	study.Finding
	// Holds and Fails are the chances of the two verdicts, HolmHolds and HolmFails those that are left
	// at the strictest level of Holm's procedure. They are 0 where the pilots lack a number.
	Holds, Fails, HolmHolds, HolmFails float64
}

// Plan says what a number of seeds is expected to decide. The pilots' cells must not be of
// seeds that will be reported. Their means are uncertain too, so a finding with a small effect is
// decided less often than this says.
func (o *Options) Plan(findings []Finding, pilots map[uint64]Cells, seeds int) (*Planned, error) {
	if len(pilots) < 2 || seeds < 2 {
		return nil, fmt.Errorf("%s and %s; a spread between seeds needs two of each", plural.Of(len(pilots), "pilot seed"), plural.Of(seeds, "planned one"))
	}
	var all []Cells
	for _, seed := range slices.Sorted(maps.Keys(pilots)) {
		all = append(all, pilots[seed])
	}
	out := &Planned{Seeds: seeds, Pilots: len(all)}
	judged := o.Judge(findings, all)
	tested := 0
	for i := range judged {
		if judged[i].Verdict != study.NotTested {
			tested++
		}
	}
	for _, f := range judged {
		p := PlannedFinding{Finding: f}
		if f.Verdict != study.NotTested {
			p.Holds, p.Fails = chances(f.Tests, seeds, level)
			p.HolmHolds, p.HolmFails = chances(f.Tests, seeds, level/float64(tested))
		}
		out.Findings = append(out.Findings, p)
	}
	return out, nil
}

// chances are the probabilities that a finding holds and that it fails. Tests share models,
// so they are not independent: that all hold has at least the probability 1 less the sum of
// their chances not to (Bonferroni), and that one fails at least the largest of theirs.
func chances(tests []study.Test, seeds int, alpha float64) (holds, fails float64) {
	holds = 1
	for i := range tests {
		if tests[i].Interval == nil {
			return 0, fails
		}
		h, f := spreadOf(&tests[i]).decided(seeds, alpha)
		holds -= 1 - h
		fails = max(fails, f)
	}
	return max(0, holds), fails
}

// Decided is the expected number of findings that are decided, without and with Holm's
// adjustment.
func (p *Planned) Decided() (raw, holm float64) {
	for _, f := range p.Findings {
		raw += f.Holds + f.Fails
		holm += f.HolmHolds + f.HolmFails
	}
	return raw, holm
}

// Table has a row for each finding.
func (p *Planned) Table() reports.Table {
	t := reports.Table{ID: "planned", Title: fmt.Sprintf("What %s are expected to decide", plural.Of(p.Seeds, "seed")), Columns: []reports.Column{
		{Name: "finding"}, {Name: "in the pilots"}, {Name: "holds", Align: reports.Right}, {Name: "fails", Align: reports.Right},
		{Name: "holds, Holm", Align: reports.Right}, {Name: "fails, Holm", Align: reports.Right}, {Name: "seeds needed", Align: reports.Right},
	}}
	share := func(x float64) reports.Cell { return reports.Cell{Text: fmt.Sprintf("%.2f", x)} }
	for _, f := range p.Findings {
		t.Rows = append(t.Rows, []reports.Cell{{Text: f.ID}, {Text: string(f.Verdict)}, share(f.Holds), share(f.Fails), share(f.HolmHolds), share(f.HolmFails), {Text: study.Seeds(f.SeedsNeeded)}})
	}
	raw, holm := p.Decided()
	t.Notes = []string{
		fmt.Sprintf("Expected to be decided: %.1f of %s; with Holm's adjustment at least %.1f.", raw, plural.Of(len(p.Findings), "finding"), holm),
		fmt.Sprintf("Chances if the means and spreads are those of %s, at least; a finding with several tests is given the lowest chance that agrees with them.", plural.Of(p.Pilots, "pilot seed")),
	}
	return t
}

// ShowPlan writes what a number of seeds is expected to decide, by a file of pilots' cells.
func (o *Options) ShowPlan(w io.Writer, findings []Finding, path string) error {
	pilots, err := LoadCells(path)
	if err != nil {
		return err
	}
	planned, err := o.Plan(findings, pilots, o.Seeds)
	if err != nil {
		return err
	}
	return text.Write(w, planned.Table(), false)
}
