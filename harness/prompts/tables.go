package prompts

import (
	"fmt"

	"assay/reports"
)

// SizesTable is the paper's Table 6, with the users and the mean length.
func (r *Report) SizesTable() reports.Table {
	t := reports.Table{
		ID: "prompts", Title: "Prompts by split and source",
		Columns: []reports.Column{
			{Name: "split"}, {Name: "source"}, {Name: "prompts", Align: reports.Right}, {Name: "users", Align: reports.Right},
			{Name: "prompts per user", Align: reports.Right}, {Name: "mean characters", Align: reports.Right},
		},
	}
	for _, s := range r.Sizes {
		t.Rows = append(t.Rows, []reports.Cell{
			{Text: string(s.Split)}, {Text: orNone(s.Source)}, whole(s.Prompts), whole(s.Users), ratio(s.Prompts, s.Users), ratio(s.Characters, s.Prompts),
		})
	}
	return t
}

func orNone(source string) string {
	if source == "" {
		return "-"
	}
	return source
}

func whole(n int) reports.Cell { return reports.Cell{Text: fmt.Sprint(n)} }

func ratio(a, b int) reports.Cell {
	x := float64(a) / float64(b)
	return reports.Cell{Text: fmt.Sprintf("%.1f", x), Raw: fmt.Sprint(x)}
}

// StepsTable counts the prompts of the log by what became of them.
func (r *Report) StepsTable() reports.Table {
	t := reports.Table{
		ID: "steps", Title: "Prompts of the log",
		Columns: []reports.Column{{Name: "prompts"}, {Name: "count", Align: reports.Right}},
	}
	s, o := r.Steps, r.Options
	duplicates, above := "duplicates (not searched)", "above the cap per user (none)"
	if o.Prefix > 0 {
		duplicates = fmt.Sprintf("with the first %d characters of an earlier prompt", o.Prefix)
	}
	if o.Most > 0 {
		above = fmt.Sprintf("above %d per user", o.Most)
	}
	for _, row := range []struct {
		name string
		n    int
	}{
		{"read", s.Read},
		{"empty", s.Empty},
		{duplicates, s.Duplicates},
		{above, s.AboveCap},
		{"dropped for personal data", s.PII},
		{"kept", s.Kept},
	} {
		t.Rows = append(t.Rows, []reports.Cell{{Text: row.name}, whole(row.n)})
	}
	return t
}

// PIITable counts the prompts that seem to have personal data, by split and kind.
func (r *Report) PIITable() reports.Table {
	t := reports.Table{
		ID: "pii", Title: "Prompts that seem to have personal data",
		Columns: []reports.Column{{Name: "split"}, {Name: "kind"}, {Name: "prompts", Align: reports.Right}, {Name: "dropped", Align: reports.Right}},
		Notes:   []string{"A prompt may count for several kinds. Names, postal addresses, dates of birth and user names are not recognised."},
	}
	for _, f := range r.PII {
		t.Rows = append(t.Rows, []reports.Cell{{Text: string(f.Split)}, {Text: string(f.Kind)}, whole(f.Prompts), whole(f.Dropped)})
	}
	return t
}
