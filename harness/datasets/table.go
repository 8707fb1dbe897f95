package datasets

import (
	"fmt"
	"strconv"
	"strings"

	"assay/reports"
)

// Table lists the data sets with the state of their files in a folder. Without a folder the
// state is unknown.
func Table(dir string) (reports.Table, error) {
	t := reports.Table{
		ID: "data", Title: "Public data sets",
		Columns: []reports.Column{
			{Name: "name"}, {Name: "files", Align: reports.Right}, {Name: "size", Align: reports.Right},
			{Name: "licence"}, {Name: "state"}, {Name: "suites"},
		},
	}
	if dir != "" {
		if err := CheckFolder(dir); err != nil {
			return t, err
		}
	}
	for _, s := range All() {
		state := "unknown"
		if dir != "" {
			found, err := s.Look(dir)
			if err != nil {
				return t, err
			}
			state = string(found)
		}
		files, size := "-", "-"
		if len(s.Files) > 0 {
			files, size = strconv.Itoa(len(s.Files)), Size(s.Bytes())
		}
		row := []reports.Cell{{Text: s.Name}, {Text: files}, {Text: size}, {Text: s.Licence}, {Text: state}, {Text: strings.Join(s.Suites, " ")}}
		t.Rows = append(t.Rows, row)
		note := fmt.Sprintf("%s: %s; %s", s.Name, s.Home, s.Note)
		if len(s.Files) == 0 {
			note += "; no recorded checksum: download it yourself to " + strings.Join(s.Places(), " and ")
		}
		t.Notes = append(t.Notes, note)
	}
	if dir == "" {
		t.Notes = append(t.Notes, "To see what is present, name the data folder with --data, or set ASSAY_DATA.")
	}
	return t, nil
}
