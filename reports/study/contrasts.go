package study

import (
	"slices"
	"strconv"
	"strings"

	"assay/reports"
)

// contrasts shows every test of every claim, as a figure and as a table.
func (s *Study) contrasts() reports.Section {
	section := reports.Section{ID: "contrasts", Title: "Tests behind the findings"}
	if f := s.contrastsFigure(); len(f.Panels) > 0 {
		section.Figures = []reports.Figure{f}
		section.Tables = []reports.Table{s.contrastsTable()}
	}
	return section
}

func (s *Study) contrastsTable() reports.Table {
	t := reports.Table{ID: "contrasts", Title: "Tests behind the findings", Columns: []reports.Column{
		{Name: "claim", Group: true}, {Name: "test"}, {Name: "number [95% interval]", Align: reports.Right}, {Name: "rule"},
		{Name: "verdict"}, {Name: "seeds", Align: reports.Right}, {Name: "each seed", Align: reports.Right}, {Name: "unit"},
	}}
	for _, f := range s.Findings {
		for _, test := range f.Tests {
			t.Rows = append(t.Rows, []reports.Cell{
				{Text: f.Claim}, {Text: test.Name}, test.number(), {Text: test.Rule},
				{Text: string(test.Verdict), Tone: test.Verdict.Tone()},
				{Text: strconv.Itoa(test.Seeds)}, {Text: eachSeed(test.PerSeed)}, {Text: test.Unit},
			})
		}
	}
	t.Notes = []string{s.over("Intervals are", ", and not adjusted for the number of tests")}
	return t
}

func eachSeed(values []float64) string {
	var out []string
	for _, v := range values {
		out = append(out, strconv.FormatFloat(v, 'f', 2, 64))
	}
	return strings.Join(out, ", ")
}

// contrastsFigure has a row for each test: its number and interval, over a band that its
// rule requires. Numbers of one unit share a panel.
func (s *Study) contrastsFigure() reports.Figure {
	f := reports.Figure{
		ID: "contrasts", Title: "Tests behind the findings", Columns: 1,
		Caption: sentence("One row per test: its number with the 95% interval. The light band is where the number must be for the claim to hold.", s.over("Intervals are", "")),
	}
	shown := s.shown()
	for _, v := range shown {
		f.Series = append(f.Series, reports.Series{Name: string(v), Color: v.color()})
	}
	for _, unit := range s.units() {
		p := reports.Panel{YLabel: unit, Mark: reports.Dots, Reference: middle(unit)}
		for _, finding := range s.Findings {
			for _, test := range finding.Tests {
				if test.Interval == nil || test.Unit != unit {
					continue
				}
				x := len(p.X)
				p.X = append(p.X, s.row(finding, test))
				p.Points = append(p.Points, reports.Point{Series: slices.Index(shown, test.Verdict), X: x, Y: test.Point, Lo: test.Interval.Lo, Hi: test.Interval.Hi})
				if test.Lo != nil || test.Hi != nil {
					p.Bands = append(p.Bands, reports.Band{X: x, Lo: test.Lo, Hi: test.Hi})
				}
			}
		}
		f.Panels = append(f.Panels, p)
	}
	return f
}

// row is a test's name in the figure, prefixed with its finding's where another test has
// the same name.
func (s *Study) row(of Finding, test Test) string {
	same := 0
	for _, f := range s.Findings {
		for _, t := range f.Tests {
			if t.Name == test.Name && t.Unit == test.Unit {
				same++
			}
		}
	}
	if same > 1 {
		return of.ID + ": " + test.Name
	}
	return test.Name
}

// middle is the value that favours neither side.
func middle(unit string) *float64 {
	at := 0.0
	if unit == WinRate {
		at = 0.5
	}
	return &at
}

// units are the units of the tests that have a number, in their order.
func (s *Study) units() []string {
	var units []string
	for _, f := range s.Findings {
		for _, test := range f.Tests {
			if test.Interval != nil && !slices.Contains(units, test.Unit) {
				units = append(units, test.Unit)
			}
		}
	}
	return units
}

// shown are the verdicts of the tests that have a number.
func (s *Study) shown() []Verdict {
	return slices.DeleteFunc(verdicts(), func(v Verdict) bool {
		return !slices.ContainsFunc(s.Findings, func(f Finding) bool {
			return slices.ContainsFunc(f.Tests, func(t Test) bool { return t.Interval != nil && t.Verdict == v })
		})
	})
}
