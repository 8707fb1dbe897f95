package prompts

import (
	"fmt"
	"slices"
	"strconv"

	"assay/harness/leaf/plural"
	"assay/metrics/stats"
	"assay/reports"
)

// Tables are the report for people, in the order of the paper's tables of Ouyang et al. 2022
// (arXiv numbers): use cases (Table 1), sizes (6), prompts per user (8), lengths by split (9),
// by category (10) and with demonstrations (11). What became of the log and the personal data
// follow. Tables whose members no row has are left out.
func (r *Report) Tables() []reports.Table {
	var all []reports.Table
	if len(r.UseCases) > 0 {
		all = append(all, r.useCasesTable())
	}
	all = append(all, r.sizesTable(), r.usersTable(), r.lengthsTable("lengths", "Lengths of prompts by split", BySplit))
	if len(r.UseCases) > 0 {
		all = append(all, r.lengthsTable("lengths_by_category", "Lengths of prompts by category", ByCategory))
	}
	if slices.ContainsFunc(r.Lengths, func(l Length) bool { return l.By == BySource }) {
		all = append(all, r.lengthsTable("lengths_of_demonstrations", "Lengths of prompts with a demonstration, and of demonstrations", BySource))
	}
	return append(all, r.stepsTable(), r.piiTable())
}

func (r *Report) useCasesTable() reports.Table {
	t := reports.Table{
		ID: "use_cases", Title: "Use cases",
		Columns: append([]reports.Column{{Name: "category"}}, numeric("prompts", "%")...),
	}
	for _, c := range r.UseCases {
		t.Rows = append(t.Rows, []reports.Cell{{Text: orNone(c.Category)}, whole(c.Prompts), fraction(100*float64(c.Prompts)/float64(r.Steps.Kept), 1)})
	}
	return t
}

func (r *Report) sizesTable() reports.Table {
	t := reports.Table{
		ID: "prompts", Title: "Prompts by split and source",
		Columns: append([]reports.Column{{Name: "split"}, {Name: "source"}}, numeric("prompts", "users")...),
	}
	for _, s := range r.Sizes {
		t.Rows = append(t.Rows, []reports.Cell{{Text: string(s.Split)}, {Text: orNone(s.Source)}, whole(s.Prompts), whole(s.Users)})
	}
	return t
}

func (r *Report) usersTable() reports.Table {
	t := reports.Table{
		ID: "prompts_per_user", Title: "Prompts per user",
		Columns: append([]reports.Column{{Name: "split"}}, descriptionColumns("users")...),
	}
	for _, u := range r.Users {
		t.Rows = append(t.Rows, append([]reports.Cell{{Text: string(u.Split)}}, describe(u.Description, 2)...))
	}
	if n := r.Steps.WithoutUser; n > 0 {
		t.Notes = []string{fmt.Sprintf("Prompts of the log without a user: %d. Each counts as a separate user.", n)}
	}
	return t
}

func (r *Report) lengthsTable(id, title string, by By) reports.Table {
	t := reports.Table{ID: id, Title: title + ", in " + r.Unit, Columns: []reports.Column{{Name: string(by)}}}
	if by == BySource {
		t.Columns = append(t.Columns, reports.Column{Name: "text"})
	}
	t.Columns = append(t.Columns, descriptionColumns("count")...)
	for _, l := range r.Lengths {
		if l.By != by {
			continue
		}
		var row []reports.Cell
		switch by {
		case BySplit:
			row = []reports.Cell{{Text: string(l.Split)}}
		case ByCategory:
			row = []reports.Cell{{Text: orNone(l.Category)}}
		case BySource:
			row = []reports.Cell{{Text: orNone(l.Source)}, {Text: string(l.Of)}}
		}
		t.Rows = append(t.Rows, append(row, describe(l.Description, 0)...))
	}
	return t
}

// numeric are columns of numbers.
func numeric(names ...string) []reports.Column {
	var columns []reports.Column
	for _, name := range names {
		columns = append(columns, reports.Column{Name: name, Align: reports.Right})
	}
	return columns
}

// descriptionColumns head the cells of describe.
func descriptionColumns(count string) []reports.Column {
	return numeric(count, "mean", "std", "min", "25%", "50%", "75%", "max")
}

// describe writes a description, with some digits after the point.
func describe(d stats.Description, digits int) []reports.Cell {
	sd := reports.Cell{Text: "-"}
	if d.SD != nil {
		sd = fraction(*d.SD, digits)
	}
	return []reports.Cell{
		whole(d.Count), fraction(d.Mean, digits), sd, fraction(d.Min, 0),
		fraction(d.P25, digits), fraction(d.P50, digits), fraction(d.P75, digits), fraction(d.Max, 0),
	}
}

func orNone(name string) string {
	if name == "" {
		return "-"
	}
	return name
}

func whole(n int) reports.Cell { return reports.Cell{Text: strconv.Itoa(n)} }

func fraction(x float64, digits int) reports.Cell {
	return reports.Cell{Text: strconv.FormatFloat(x, 'f', digits, 64), Raw: strconv.FormatFloat(x, 'g', -1, 64)}
}

// step is a row of the table of what became of the log.
type step struct {
	id, name string
	n        int
}

func (r *Report) steps() []step {
	s, o := r.Steps, r.Options
	duplicates, above := "duplicates (not searched)", "above the cap per user (none)"
	if o.Prefix > 0 {
		duplicates = fmt.Sprintf("with the first %s of an earlier prompt", plural.Of(o.Prefix, "character"))
	}
	if o.Most > 0 {
		above = fmt.Sprintf("above %d per user", o.Most)
	}
	return []step{
		{"read", "read", s.Read},
		{"empty", "empty", s.Empty},
		{"duplicates", duplicates, s.Duplicates},
		{"above_cap", above, s.AboveCap},
		{"pii", "dropped for personal data", s.PII},
		{"kept", "kept", s.Kept},
	}
}

func (r *Report) stepsTable() reports.Table {
	t := reports.Table{
		ID: "steps", Title: "Prompts of the log",
		Columns: append([]reports.Column{{Name: "prompts"}}, numeric("count")...),
	}
	for _, s := range r.steps() {
		t.Rows = append(t.Rows, []reports.Cell{{Text: s.name}, whole(s.n)})
	}
	return t
}

// piiTable counts the prompts that seem to have personal data, by split and kind.
func (r *Report) piiTable() reports.Table {
	t := reports.Table{
		ID: "pii", Title: "Prompts that seem to have personal data",
		Columns: append([]reports.Column{{Name: "split"}, {Name: "kind"}}, numeric("prompts", "dropped")...),
		Notes:   []string{"A prompt may count for several kinds. Names, postal addresses, dates of birth and user names are not recognised."},
	}
	if len(r.PII) == 0 {
		t.Notes = append([]string{"None found."}, t.Notes...)
	}
	for _, f := range r.PII {
		t.Rows = append(t.Rows, []reports.Cell{{Text: string(f.Split)}, {Text: string(f.Kind)}, whole(f.Prompts), whole(f.Dropped)})
	}
	return t
}

// Long is the report for machines: a number a row, with what it is about.
func (r *Report) Long() reports.Table {
	t := reports.Table{ID: "prepare", Title: "Prepared prompts"}
	for _, name := range []string{"table", "split", "source", "category", "text", "statistic"} {
		t.Columns = append(t.Columns, reports.Column{Name: name})
	}
	t.Columns = append(t.Columns, numeric("value")...)
	add := func(table string, split Split, source, category string, of Text, statistic string, value reports.Cell) {
		t.Rows = append(t.Rows, []reports.Cell{{Text: table}, {Text: string(split)}, {Text: source}, {Text: category}, {Text: string(of)}, {Text: statistic}, value})
	}
	for _, c := range r.UseCases {
		add("use_cases", "", "", c.Category, "", "prompts", whole(c.Prompts))
	}
	for _, s := range r.Sizes {
		add("prompts", s.Split, s.Source, "", "", "prompts", whole(s.Prompts))
		add("prompts", s.Split, s.Source, "", "", "users", whole(s.Users))
	}
	described := func(table string, l Length) {
		cells := describe(l.Description, 0)
		for i, c := range descriptionColumns("count") {
			if cells[i].Text != "-" {
				add(table, l.Split, l.Source, l.Category, l.Of, c.Name, cells[i])
			}
		}
	}
	for _, u := range r.Users {
		described("prompts_per_user", Length{Split: u.Split, Description: u.Description})
	}
	for _, l := range r.Lengths {
		described("length in "+r.Unit+" by "+string(l.By), l)
	}
	for _, s := range r.steps() {
		add("steps", "", "", "", "", s.id, whole(s.n))
	}
	for _, f := range r.PII {
		add("pii", f.Split, "", "", "", string(f.Kind)+", prompts", whole(f.Prompts))
		add("pii", f.Split, "", "", "", string(f.Kind)+", dropped", whole(f.Dropped))
	}
	return t
}
