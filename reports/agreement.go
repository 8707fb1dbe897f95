package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics/agreement"
)

// AgreementKind says who is compared.
type AgreementKind string

const (
	AmongPeople    AgreementKind = "labelers"
	WithinGroup    AgreementKind = "within a group"
	BetweenGroups  AgreementKind = "between groups"
	AmongJudges    AgreementKind = "judges"
	JudgeAndPeople AgreementKind = "judge and labelers"
	Pair           AgreementKind = "pair"
)

// Agreement is how far some raters agree by one metric. A coefficient that doesn't exist for
// them is nil.
type Agreement struct {
	Suite   string        `json:"suite"`
	Metric  string        `json:"metric"`
	Kind    AgreementKind `json:"kind"`
	Who     string        `json:"who"`
	Scale   string        `json:"scale"`   // of alpha
	Weights string        `json:"weights"` // of kappa and AC

	Raw   *agreement.Result `json:"raw,omitempty"`
	Order *agreement.Result `json:"same_order,omitempty"` // preferences without ties
	Kappa *agreement.Result `json:"kappa,omitempty"`
	Alpha *agreement.Result `json:"alpha,omitempty"`
	AC    *agreement.Result `json:"ac,omitempty"`
}

// Replacement is the alternative annotator test of a judge.
type Replacement struct {
	Suite  string `json:"suite"`
	Metric string `json:"metric"`
	Judge  string `json:"judge"`
	agreement.AltTest
	Undefined string `json:"undefined,omitempty"` // why there is no result
}

// Agreements is everything about agreement in some runs.
type Agreements struct {
	Rows         []Agreement   `json:"agreements"`
	Replacements []Replacement `json:"alternative_annotator_tests,omitempty"`
	Alone        []string      `json:"one_rater_only,omitempty"` // suites and metrics
	Notes        []string      `json:"notes,omitempty"`          // what was left out
}

// coefficient is one of a row's, with its name for readers and for machines.
type coefficient struct {
	name, machine string
	of            func(*Agreement) *agreement.Result
}

var coefficients = []coefficient{
	{"agreement", "raw", func(a *Agreement) *agreement.Result { return a.Raw }},
	{"same order", "same_order", func(a *Agreement) *agreement.Result { return a.Order }},
	{"kappa", "kappa", func(a *Agreement) *agreement.Result { return a.Kappa }},
	{"alpha", "alpha", func(a *Agreement) *agreement.Result { return a.Alpha }},
	{"AC", "ac", func(a *Agreement) *agreement.Result { return a.AC }},
}

// agreementColumns are the coefficients that some row has.
func agreementColumns(rows []Agreement) []coefficient {
	return slices.DeleteFunc(slices.Clone(coefficients), func(c coefficient) bool {
		return !slices.ContainsFunc(rows, func(a Agreement) bool { return c.of(&a) != nil })
	})
}

// AgreementTables are the agreements for readers, and the tests of judges if there are any.
func AgreementTables(s *Subject, all Agreements) []Table {
	t := Table{ID: "agreement", Title: "Agreement of labelers", Columns: []Column{{Name: "metric", Group: true}, {Name: "who"},
		{Name: "items", Align: Right}, {Name: "raters", Align: Right}, {Name: "ratings", Align: Right}}}
	columns := agreementColumns(all.Rows)
	for _, c := range columns {
		t.Columns = append(t.Columns, Column{Name: c.name + " [95%]", Align: Right})
	}
	var reasons folded
	for i := range all.Rows {
		a := &all.Rows[i]
		row := append(texts(s.title(a.Suite, a.Metric), a.Who), counted(a.Raw.Items), counted(a.Raw.Raters), counted(a.Raw.Ratings))
		for _, c := range columns {
			row = append(row, agreementCell(c.of(a)))
			if r := c.of(a); r != nil && !r.Bounded() {
				reasons.add(Capital(r.Undefined+r.Unbounded), s.title(a.Suite, a.Metric)+", "+a.Who+": "+c.name)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	t.Notes = agreementNotes(all.Rows, columns, all.Alone)
	t.Notes = append(t.Notes, reasons.notes("")...)
	t.Notes = append(t.Notes, all.Notes...)
	tables := []Table{t}
	if len(all.Replacements) > 0 {
		tables = append(tables, replacementTable(s, all.Replacements))
	}
	return tables
}

func counted(n int) Cell { return Cell{Text: strconv.Itoa(n)} }

// agreementCell shows a coefficient without an interval with a star, and one without a value as a dash.
func agreementCell(r *agreement.Result) Cell {
	switch {
	case r == nil:
		return Cell{}
	case !r.Defined():
		return Cell{Text: "-"}
	case !r.Bounded():
		return Cell{Text: number(r.Point, 3) + " *", Raw: raw(r.Point)}
	}
	return Cell{Text: number(r.Point, 3) + " [" + number(r.Lo, 3) + ", " + number(r.Hi, 3) + "]", Raw: rawInterval(r.Point, r.Lo, r.Hi)}
}

func agreementNotes(rows []Agreement, columns []coefficient, alone []string) []string {
	var notes []string
	if len(rows) > 0 {
		notes = []string{
			"items: with two ratings or more that are compared. agreement: the share of pairs of ratings of one item that are equal; it says little alone, since raters who always give the most common value agree often.",
			"Intervals are for these raters and new items: " + agreement.Method + ". Items of one prompt are one cluster.",
		}
	}
	if slices.ContainsFunc(rows, func(a Agreement) bool { return a.Raw.Clusters > 0 && a.Raw.Clusters < agreement.FewClusters }) {
		notes = append(notes, fmt.Sprintf("Warning: with fewer than %s and a category that is rare, intervals of kappa and alpha are too short.", plural.Of(agreement.FewClusters, "prompt")))
	}
	for _, c := range columns {
		switch c.machine {
		case "same_order":
			notes = append(notes, "same order: the share of pairs of answers that two raters order the same way, among those that both order (without ties).")
		case "kappa":
			notes = append(notes, "kappa: Fleiss' among several raters, Cohen's of two, and between two groups that of one rater of each. On a scale that is not nominal it has quadratic weights.")
		case "alpha":
			notes = append(notes, "alpha: Krippendorff's, "+scaleNote(rows)+".")
		case "ac":
			notes = append(notes, "AC: Gwet's AC1, or AC2 with quadratic weights.")
		}
	}
	if len(alone) > 0 {
		notes = append(notes, "One rater only, so no agreement: "+listed(alone)+".")
	}
	return notes
}

// scaleNote says on which scale alpha is: the one of all rows, or the rule that chose each metric's.
func scaleNote(rows []Agreement) string {
	var scales []string
	for i := range rows {
		if rows[i].Alpha != nil && !slices.Contains(scales, rows[i].Scale) {
			scales = append(scales, rows[i].Scale)
		}
	}
	if len(scales) == 1 {
		return "on the " + scales[0] + " scale"
	}
	return "on the nominal scale for yes and no, the ordinal one for grades and preferences, and otherwise the interval scale"
}

// replacementTable says whether each judge may replace labelers.
func replacementTable(s *Subject, all []Replacement) Table {
	t := Table{ID: "alternative-annotator", Title: "May the judge replace a labeler?", Columns: []Column{{Name: "metric", Group: true}, {Name: "judge"},
		{Name: "winning rate", Align: Right}, {Name: "advantage", Align: Right}, {Name: "labelers", Align: Right}, {Name: "verdict"}}}
	var reasons, left folded
	for i := range all {
		r := &all[i]
		title := s.title(r.Suite, r.Metric)
		row := texts(title, r.Judge)
		switch {
		case r.Undefined != "":
			row = append(row, Cell{Text: "-"}, Cell{Text: "-"}, counted(len(r.People)), Cell{Text: "too few data", Tone: Unsure})
			reasons.add(Capital(r.Undefined), title+", "+r.Judge)
		default:
			verdict := Cell{Text: "no", Tone: Bad}
			if r.Passed {
				verdict = Cell{Text: "yes", Tone: Good}
			}
			row = append(row, Cell{Text: number(r.Wins, 3), Raw: raw(r.Wins)}, Cell{Text: number(r.Advantage, 3), Raw: raw(r.Advantage)}, counted(len(r.People)), verdict)
		}
		for _, person := range r.Left {
			left.add(fmt.Sprintf("Labelers with fewer than %s are left out", plural.Of(agreement.LeastItems, "item")), person)
		}
		t.Rows = append(t.Rows, row)
	}
	t.Notes = append(t.Notes, fmt.Sprintf("The alternative annotator test (Calderon et al. 2025, arXiv 2501.10970), epsilon %v. The judge wins against a labeler if it agrees with the other labelers not much worse than this labeler does: significantly less than epsilon worse. winning rate: the share of labelers against whom it wins; the verdict is yes from 0.5 on. advantage: how often the judge agrees with them as well as the labeler, or better.", all[0].Epsilon))
	t.Notes = append(t.Notes, reasons.notes("")...)
	t.Notes = append(t.Notes, left.notes("")...)
	return t
}

// AgreementLong is the machine table: a row for each coefficient, and for each test.
func AgreementLong(all Agreements) Table {
	t := Table{ID: "agreement", Title: "Agreement"}
	for _, name := range []string{"suite", "metric", "kind", "who", "coefficient", "scale", "weights", "point", "se", "lo", "hi", "method", "items", "clusters", "raters", "ratings", "note"} {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	for i := range all.Rows {
		a := &all.Rows[i]
		for _, c := range coefficients {
			r := c.of(a)
			if r == nil {
				continue
			}
			point, se, lo, hi := "", "", "", ""
			if r.Defined() {
				point = raw(r.Point)
			}
			if r.Bounded() {
				se, lo, hi = raw(r.SE), raw(r.Lo), raw(r.Hi)
			}
			scale, weights := "", ""
			switch c.machine {
			case "alpha":
				scale = a.Scale
			case "kappa", "ac":
				weights = a.Weights
			}
			t.Rows = append(t.Rows, texts(a.Suite, a.Metric, string(a.Kind), a.Who, c.machine, scale, weights, point, se, lo, hi, agreement.Method,
				strconv.Itoa(r.Items), strconv.Itoa(r.Clusters), strconv.Itoa(r.Raters), strconv.Itoa(r.Ratings), r.Undefined+r.Unbounded))
		}
	}
	for i := range all.Replacements {
		r := &all.Replacements[i]
		wins := ""
		if r.Undefined == "" {
			wins = raw(r.Wins)
		}
		t.Rows = append(t.Rows, texts(r.Suite, r.Metric, "alternative annotator test", r.Judge, "winning_rate", "", "", wins, "", "", "", "Benjamini-Yekutieli over labelers, epsilon "+raw(r.Epsilon), "", "", strconv.Itoa(len(r.People)), "", r.Undefined))
	}
	return t
}

// AgreementFigure draws the coefficients of all labelers by metric, a panel for each suite.
func AgreementFigure(s *Subject, all Agreements) (Figure, bool) {
	f := Figure{ID: "agreement", Title: "Agreement of labelers", Columns: 1,
		Caption: "Agreement of all labelers by metric, with 95% intervals clustered by prompt. Coefficients without a value are not drawn. 0 is agreement by chance, except for the raw agreement."}
	columns := agreementColumns(all.Rows)
	for i, c := range columns {
		f.Series = append(f.Series, Series{Name: c.name, Color: i})
	}
	for i := range all.Rows {
		a := &all.Rows[i]
		if a.Kind != AmongPeople {
			continue
		}
		view := s.Suite(a.Suite)
		if n := len(f.Panels); n == 0 || f.Panels[n-1].Title != view.Title {
			f.Panels = append(f.Panels, Panel{Title: view.Title, YLabel: "coefficient", Mark: Dots, Reference: new(0.0)})
		}
		p := &f.Panels[len(f.Panels)-1]
		drawn := false
		for k, c := range columns {
			r := c.of(a)
			if r == nil || !r.Defined() {
				continue
			}
			if !drawn {
				p.X, drawn = append(p.X, strings.SplitN(view.Metric(a.Metric).Title, ",", 2)[0]), true
			}
			point := Point{Series: k, X: len(p.X) - 1, Y: r.Point, Lo: r.Point, Hi: r.Point}
			if r.Bounded() {
				point.Lo, point.Hi = r.Lo, r.Hi
			}
			p.Points = append(p.Points, point)
		}
	}
	f.Panels = slices.DeleteFunc(f.Panels, func(p Panel) bool { return len(p.Points) == 0 })
	for i := range f.Panels {
		slices.SortStableFunc(f.Panels[i].Points, func(a, b Point) int { return a.Series - b.Series })
	}
	return f, len(f.Panels) > 0
}

// AgreementSection is the section of a report.
func AgreementSection(s *Subject, all Agreements) Section {
	section := Section{ID: "agreement", Title: "Agreement of labelers", Tables: AgreementTables(s, all),
		Text: "How far those who judged the same answers agree, corrected for chance in different ways, and how far judges agree with people."}
	if f, ok := AgreementFigure(s, all); ok {
		section.Figures = []Figure{f}
	}
	return section
}

// AgreementReport is a page of its own.
func AgreementReport(s *Subject, all Agreements) Report {
	return Report{Title: "Agreement of labelers", Subtitle: plural.Of(len(all.Rows), "comparison"), Sections: []Section{AgreementSection(s, all)}}
}
