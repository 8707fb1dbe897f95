package study

import (
	"fmt"
	"strconv"

	"assay/reports"
)

// petaflopDay is a petaflop/s for a day, in operations.
const petaflopDay = 1e15 * 24 * 60 * 60

// costs is what each stage took, beside the paper's.
func (s *Study) costs() reports.Section {
	section := reports.Section{
		ID: "costs", Title: "Cost of each stage",
		Text: "Operations of one training, with multiplications and additions counted separately. The paper's are for 175 billion parameters: 4.9 petaflop/s-days for SFT and 60 for PPO-ptx, where pretraining took 3,640 (section 5.1). A share of pretraining can be compared with the paper's, but note that the small world's pretraining uses very little text.",
	}
	if len(s.Costs) == 0 {
		return section
	}
	t := reports.Table{ID: "costs", Title: "Cost of each stage", Columns: []reports.Column{
		{Name: "size"}, {Name: "stage"}, {Name: "operations", Align: reports.Right}, {Name: "petaflop/s-days", Align: reports.Right},
		{Name: "share of pretraining", Align: reports.Right}, {Name: "the paper's", Align: reports.Right}, {Name: "its share of pretraining", Align: reports.Right},
	}}
	for _, c := range s.Costs {
		t.Rows = append(t.Rows, []reports.Cell{
			{Text: c.Size}, {Text: c.Stage}, scientific(c.FLOPs), scientific(c.FLOPs / petaflopDay), percent(c.Share), {Text: c.Paper}, percent(c.PaperShare),
		})
	}
	section.Tables = []reports.Table{t}
	return section
}

func scientific(v float64) reports.Cell {
	return reports.Cell{Text: fmt.Sprintf("%.2e", v), Raw: strconv.FormatFloat(v, 'g', -1, 64)}
}

// percent is empty where there is no share.
func percent(v float64) reports.Cell {
	if v == 0 {
		return reports.Cell{}
	}
	return reports.Cell{Text: strconv.FormatFloat(100*v, 'g', 3, 64) + "%", Raw: strconv.FormatFloat(v, 'g', -1, 64)}
}
