package reports

// ModelsTable describes each model in the words of its plan, with its size. It is
// false where the runs record only the models' names.
func ModelsTable(s *Subject) (Table, bool) {
	t := Table{ID: "models", Title: "Models", Columns: []Column{{Name: "model"}, {Name: "what it is"}}}
	described, sized := false, false
	for _, m := range s.Models {
		described = described || m.About != ""
		sized = sized || m.Size != ""
	}
	if sized {
		t.Columns = append(t.Columns, Column{Name: "parameters", Align: Right})
	}
	for _, m := range s.Models {
		row := texts(m.Name, m.About)
		if sized {
			row = append(row, Cell{Text: m.Size})
		}
		t.Rows = append(t.Rows, row)
	}
	return t, described
}
