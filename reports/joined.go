package reports

import (
	"cmp"
	"fmt"
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

// JoinedTable shows how suites were joined; the notes say what was not. Suites of one note share it,
// and one note for all says what to do about suites that only one of the runs has.
func JoinedTable(all []Joined) Table {
	t := Table{ID: "joined", Title: "Joined examples", Columns: []Column{{Name: "suite"}, {Name: "joined by"},
		{Name: "first run", Align: Right}, {Name: "second run", Align: Right}, {Name: "joined", Align: Right}}}
	var notes folded
	first, second := "", "" // the first suite that only one run has
	for i := range all {
		j := &all[i]
		switch {
		case j.By != "":
		case j.Suite == "":
			second = cmp.Or(second, j.Other)
		case j.Other == "":
			first = cmp.Or(first, j.Suite)
		}
		if j.By != "" {
			t.Rows = append(t.Rows, texts(j.Names(), j.By, strconv.Itoa(j.First), strconv.Itoa(j.Second), strconv.Itoa(j.Both)))
		}
		if len(j.Notes) > 0 {
			notes.add(strings.Join(j.Notes, "; "), j.Names())
		}
	}
	for _, text := range notes.order {
		t.Notes = append(t.Notes, "Not joined: "+strings.Join(notes.rows[text], ", ")+": "+text+".")
	}
	if first != "" && second != "" {
		t.Notes = append(t.Notes, fmt.Sprintf("If two suites are one under two names, pair them: --map FIRST=SECOND, such as --map %s=%s.", first, second))
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
