package study

import (
	"fmt"

	"assay/harness/leaf/plural"
	"assay/reports"
)

// Element is something that the paper says it did, and what the reproduction does.
type Element struct {
	Section string // of the paper: "3.4", "C.4"
	What    string // "SFT: epochs"
	Paper   string
	Ours    string
	Reason  string // why the two differ; "" where they don't
}

// elements lists what deviates from the paper, then what doesn't.
func (s *Study) elements() reports.Section {
	section := reports.Section{ID: "deviations", Title: "What deviates from the paper",
		Text: "Every element of the paper's sections 3 and 4 and of its appendices A to E, with the reproduction's value and the reason where the two differ. Sections of appendices, and their figures and tables, are arXiv's."}
	for _, part := range []struct {
		id, title string
		differs   bool
	}{{"deviations", "Deviations from the paper", true}, {"faithful", "As in the paper", false}} {
		t := reports.Table{ID: part.id, Title: part.title, Columns: []reports.Column{{Name: "section"}, {Name: "element"}, {Name: "paper"}}}
		if part.differs {
			t.Columns = append(t.Columns, reports.Column{Name: "here"}, reports.Column{Name: "reason"})
		}
		for _, e := range s.Elements {
			if (e.Reason != "") != part.differs {
				continue
			}
			row := []reports.Cell{{Text: e.Section}, {Text: e.What}, {Text: e.Paper}}
			if part.differs {
				row = append(row, reports.Cell{Text: e.Ours}, reports.Cell{Text: e.Reason})
			}
			t.Rows = append(t.Rows, row)
		}
		if len(t.Rows) > 0 {
			t.Title += fmt.Sprintf(" (%d of %s)", len(t.Rows), plural.Of(len(s.Elements), "element"))
			section.Tables = append(section.Tables, t)
		}
	}
	return section
}
