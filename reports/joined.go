package reports

import (
	"strconv"
	"strings"
)

// Joined says how the examples of one suite of two runs were joined.
type Joined struct {
	Suite string `json:"suite"` // "" if only the second run has the suite
	Other string `json:"other"` // its name in the second run; "" if it has none
	// By is the key: "content", "question" or a field; "" if nothing was joined.
	By     string   `json:"by,omitempty"`
	First  int      `json:"first"` // examples of each run
	Second int      `json:"second"`
	Both   int      `json:"joined"`
	Notes  []string `json:"notes,omitempty"` // what could not be joined, and why
}

// Names are the suite's names in both runs.
func (j *Joined) Names() string {
	switch {
	case j.Other == "" || j.Other == j.Suite:
		return j.Suite
	case j.Suite == "":
		return j.Other
	}
	return j.Suite + " and " + j.Other
}

// JoinedTable shows how suites were joined; the notes say what was not.
func JoinedTable(all []Joined) Table {
	t := Table{ID: "joined", Title: "Joined examples", Columns: []Column{{Name: "suite"}, {Name: "joined by"},
		{Name: "first run", Align: Right}, {Name: "second run", Align: Right}, {Name: "joined", Align: Right}}}
	for _, j := range all {
		if j.By != "" {
			t.Rows = append(t.Rows, texts(j.Names(), j.By, strconv.Itoa(j.First), strconv.Itoa(j.Second), strconv.Itoa(j.Both)))
		}
		if len(j.Notes) > 0 {
			t.Notes = append(t.Notes, "Not joined: "+j.Names()+": "+strings.Join(j.Notes, "; ")+".")
		}
	}
	return t
}

// Difference is one way in which two runs were made differently.
type Difference struct {
	Suite  string `json:"suite"`
	Metric string `json:"metric,omitempty"` // "" if it concerns all metrics of the suite
	What   string `json:"what"`
	First  string `json:"first"`
	Second string `json:"second"`
}

// DifferencesTable lists how the runs of two models were made differently.
func DifferencesTable(s *Subject, all []Difference, baseline, model string) Table {
	t := Table{ID: "differences", Title: "What differs between the two runs, beside the models",
		Columns: []Column{{Name: "suite", Group: true}, {Name: "what"}, {Name: baseline}, {Name: model}},
		Notes:   []string{"Each of these may explain a part of the models' difference."}}
	for _, d := range all {
		what := d.What
		if suite := s.Suite(d.Suite); d.Metric != "" {
			m := suite.Metric(d.Metric)
			what += " (" + m.Title + ")"
		}
		t.Rows = append(t.Rows, texts(s.Suite(d.Suite).Title, what, d.First, d.Second))
	}
	return t
}
