package study

import (
	"fmt"
	"strconv"
	"strings"

	"assay/harness/leaf/plural"
	"assay/reports"
)

// verdicts are all verdicts, in the order in which they are counted.
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

// color is a verdict's colour in figures: bluish green, vermillion, grey.
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

// headlines is one line that counts the findings, followed by those that are decided. In
// a null world it starts with what had to vanish.
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
		if v != Undecided && v != NotTested { // the table below lists those
			lines = append(lines, reports.Capital(string(v))+": "+strings.Join(claims, "; ")+".")
		}
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
		h.Text = fmt.Sprintf("Of %s that must vanish in a null world, %s", plural.Of(null, "finding"), listing(parts))
		if rest > 0 {
			h.Text += ". Of the rest: "
		}
	} else if s.Null {
		h.Text = "In a null world, where none of these findings must vanish: "
	}
	if rest > 0 {
		h.Text += fmt.Sprintf("%s of %s", strings.Join(counts, ", "), plural.Of(rest, "finding"))
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

// findings has a row for each claim.
func (s *Study) findings() reports.Section {
	section := reports.Section{
		ID: "findings", Title: "The paper's findings in the small world",
		Text: "Each claim of the paper is turned into tests of measured numbers, with rules written before the measurement. A claim holds if the interval of every test is entirely within its rule. It fails if the interval of one test is entirely outside. Otherwise it is undecided.",
	}
	if len(s.Findings) > 0 {
		section.Tables = []reports.Table{s.findingsTable()}
	}
	return section
}

// findingsTable shows for each claim the test that decides its verdict: the first with
// that verdict, or the first of all.
func (s *Study) findingsTable() reports.Table {
	t := reports.Table{ID: "findings", Title: "Findings", Columns: []reports.Column{
		{Name: "claim"}, {Name: "verdict"}, {Name: "test"}, {Name: "number [95% interval]", Align: reports.Right}, {Name: "rule"},
		{Name: "tests"}, {Name: "seeds", Align: reports.Right}, {Name: "in the paper"},
	}}
	for _, f := range s.Findings {
		var test Test
		for i := len(f.Tests) - 1; i >= 0; i-- {
			if f.Tests[i].Verdict == f.Verdict || i == 0 && test.Name == "" {
				test = f.Tests[i]
			}
		}
		t.Rows = append(t.Rows, []reports.Cell{
			{Text: f.Claim}, {Text: string(f.Verdict), Tone: f.Verdict.Tone()}, {Text: test.Name}, test.number(), {Text: test.Rule},
			{Text: tally(f.Tests)}, {Text: strconv.Itoa(test.Seeds)}, {Text: f.Source},
		})
	}
	t.Notes = []string{
		"Only the deciding test is shown.",
		s.over("Intervals are", ", and not adjusted for the number of tests"),
	}
	return t
}

// tally is "2 hold, 1 undecided".
func tally(tests []Test) string {
	var parts []string
	for _, v := range verdicts() {
		n := 0
		for _, t := range tests {
			if t.Verdict == v {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, v.count(n))
		}
	}
	return strings.Join(parts, ", ")
}

// number is a test's number, or why there is none.
func (t *Test) number() reports.Cell {
	if t.Interval == nil {
		return reports.Cell{Text: t.Missing}
	}
	return reports.ChangeCell(t.Point, t.Interval.Lo, t.Interval.Hi, 3)
}
