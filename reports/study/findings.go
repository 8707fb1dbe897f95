package study

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/reports"
)

// verdicts are all of them, in the order in which they are counted.
func verdicts() []Verdict {
	return []Verdict{Vanishes, StillThere, Holds, Fails, Undecided, NotTested}
}

// Tone is a verdict's meaning for a reader.
func (v Verdict) Tone() reports.Tone {
	switch v {
	case Holds, Vanishes:
		return reports.Good
	case Fails, StillThere:
		return reports.Bad
	}
	return reports.Unsure
}

// color is a verdict's in figures: bluish green, vermillion, grey.
func (v Verdict) color() int {
	switch v.Tone() {
	case reports.Good:
		return 2
	case reports.Bad:
		return 3
	}
	return 6
}

// count is "1 holds", "2 hold".
func (v Verdict) count(n int) string {
	words := [2]string{string(v), string(v)}
	switch v {
	case Holds:
		words[1] = "hold"
	case Fails:
		words[1] = "fail"
	case Vanishes:
		words[1] = "vanish"
	case StillThere:
		words = [2]string{"is still there", "are still there"}
	}
	if n == 1 {
		return "1 " + words[0]
	}
	return fmt.Sprintf("%d %s", n, words[1])
}

// claims lists the claims of a verdict.
func (s *Study) claims(v Verdict) []string {
	var out []string
	for _, f := range s.Findings {
		if f.Verdict == v {
			out = append(out, f.Claim)
		}
	}
	return out
}

// headlines is one line that counts the findings, with those of each verdict below. In a
// null world it says first what had to vanish.
func (s *Study) headlines() []reports.Headline {
	if len(s.Findings) == 0 {
		return nil
	}
	var counts, lines []string
	n := map[Verdict]int{}
	for _, v := range verdicts() {
		claims := s.claims(v)
		n[v] = len(claims)
		if len(claims) == 0 {
			continue
		}
		if v != Vanishes && v != StillThere {
			counts = append(counts, v.count(len(claims)))
		}
		lines = append(lines, capital(string(v))+": "+strings.Join(claims, "; ")+".")
	}
	h := reports.Headline{Word: "mixed", Tone: reports.Unsure, Lines: lines}
	null, rest := n[Vanishes]+n[StillThere], len(s.Findings)-n[Vanishes]-n[StillThere]
	if null > 0 {
		var parts []string
		for _, v := range []Verdict{Vanishes, StillThere} {
			if n[v] > 0 {
				parts = append(parts, v.count(n[v]))
			}
		}
		h.Text = fmt.Sprintf("Of %s that must vanish in a null world, %s", counted(null, "finding"), listing(parts))
		if rest > 0 {
			h.Text += ". Of the rest: "
		}
	} else if s.Null {
		h.Text = "Of a null world, where none of these findings has to vanish: "
	}
	if rest > 0 {
		h.Text += fmt.Sprintf("%s of %s", strings.Join(counts, ", "), counted(rest, "finding"))
	}
	switch good, bad := n[Holds]+n[Vanishes], n[Fails]+n[StillThere]; {
	case n[StillThere] > 0:
		h.Word, h.Tone = string(StillThere), reports.Bad
	case good == len(s.Findings):
		h.Word, h.Tone = "all hold", reports.Good
	case bad > 0 && good == 0:
		h.Word, h.Tone = string(Fails), reports.Bad
	case bad+good == 0:
		h.Word = string(Undecided)
	}
	return []reports.Headline{h}
}

// findings has every test of every claim, as a figure and as a table.
func (s *Study) findings() reports.Section {
	section := reports.Section{
		ID: "findings", Title: "The paper's findings in the small world",
		Text: "Each claim of the paper as contrasts of measured numbers, and what a rule that was written down before says of each contrast. A claim holds where the whole interval of every contrast lies where its rule puts it, and fails where the whole interval of one lies outside; else it is undecided.",
	}
	if len(s.Findings) == 0 {
		return section
	}
	if f := s.findingsFigure(); len(f.Panels) > 0 {
		section.Figures = []reports.Figure{f}
	}
	section.Tables = []reports.Table{s.findingsTable()}
	return section
}

func (s *Study) findingsTable() reports.Table {
	t := reports.Table{ID: "findings", Title: "Findings", Columns: []reports.Column{
		{Name: "claim", Group: true}, {Name: "verdict"}, {Name: "test"}, {Name: "number [95% interval]", Align: reports.Right}, {Name: "rule"},
		{Name: "test's verdict"}, {Name: "seeds", Align: reports.Right}, {Name: "each seed", Align: reports.Right}, {Name: "in the paper"},
	}}
	for _, f := range s.Findings {
		verdict := reports.Cell{Text: string(f.Verdict), Tone: f.Verdict.Tone()}
		tests := f.Tests
		if len(tests) == 0 {
			tests = []Test{{Verdict: f.Verdict, Missing: "no test"}}
		}
		for _, test := range tests {
			number := reports.Cell{Text: test.Missing}
			if test.Interval != nil {
				number = reports.ChangeCell(test.Point, test.Interval.Lo, test.Interval.Hi, 3)
			}
			t.Rows = append(t.Rows, []reports.Cell{
				{Text: f.Claim}, verdict, {Text: test.Name}, number, {Text: test.Rule},
				{Text: string(test.Verdict), Tone: test.Verdict.Tone()},
				{Text: strconv.Itoa(test.Seeds)}, {Text: eachSeed(test.PerSeed)}, {Text: f.Source},
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

// findingsFigure has a row for each test: its contrast and interval, over a band where its
// rule would have it. Contrasts of one unit share a panel.
func (s *Study) findingsFigure() reports.Figure {
	f := reports.Figure{
		ID: "findings", Title: "The findings' contrasts", Columns: 1,
		Caption: sentence("A row for each test: the contrast with its 95% interval. The light band is where the test's rule has the contrast if the claim is true.", s.over("Intervals are", "")),
	}
	shown := s.shown()
	for _, v := range shown {
		f.Series = append(f.Series, reports.Series{Name: string(v), Color: v.color()})
	}
	zero := 0.0
	for _, unit := range s.units() {
		p := reports.Panel{YLabel: unit, Mark: reports.Dots, Reference: &zero}
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

// row is a test's name in the figure, with its finding's where the name alone is another
// test's too.
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

// units are those of the tests that have a number, in their order.
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

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
