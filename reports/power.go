package reports

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"assay/harness/leaf/plural"
)

// Study is a planned comparison: package infer's, as far as reports need it.
type Study interface {
	Prompts(draws int) (n int, ok bool)
	PowerAt(n, draws int) float64
	Spreads() (between, within, judge float64, withinKnown, judgeKnown bool)
	Pilot() (n int, draws float64)
}

// PowerDraws are the numbers of draws that a plan shows.
var PowerDraws = []int{1, 2, 4, 8}

// PowerPlan says how many prompts and draws a gate needs.
type PowerPlan struct {
	Suite      string  `json:"suite"`
	Metric     string  `json:"metric"`
	Condition  string  `json:"condition"`
	Margin     float64 `json:"margin"`
	Equivalent bool    `json:"equivalent,omitempty"`
	True       float64 `json:"true_difference"`
	Power      float64 `json:"power"`
	// Standard deviations between prompts, of one draw and of one judgement; nil where the
	// pilot can't tell it from the one before.
	Between float64  `json:"sd_between"`
	Within  *float64 `json:"sd_within,omitempty"`
	Judge   *float64 `json:"sd_judge,omitempty"`
	Pilot   int      `json:"pilot_n,omitempty"` // prompts; 0 without a pilot
	Draws   float64  `json:"pilot_draws,omitempty"`
	// Now is the power of a study of the pilot's size; nil without a pilot.
	Now *float64 `json:"power_of_pilot,omitempty"`
	// Needed is the number of prompts by number of draws ([PowerDraws]). It is nil where no number is
	// enough, and where the pilot can't tell.
	Needed []*int `json:"prompts_needed"`
	// Labels plans labels for a metric that joins them with a judge; Needed is then empty.
	Labels *LabelPlan `json:"labels,omitempty"`
	Notes  []string   `json:"notes,omitempty"`

	curves []Curve
	never  []bool // by number of draws: no number of prompts is enough
}

// Plan fills in what a study needs.
func (p *PowerPlan) Plan(s Study) {
	between, within, judge, withinKnown, judgeKnown := s.Spreads()
	p.Between = between
	if withinKnown {
		p.Within = &within
	}
	if judgeKnown {
		p.Judge = &judge
	}
	if p.Pilot, p.Draws = s.Pilot(); p.Pilot > 0 {
		now := s.PowerAt(p.Pilot, max(1, int(math.Round(p.Draws))))
		p.Now = &now
	}
	most := 0
	for _, draws := range PowerDraws {
		n, ok := s.Prompts(draws)
		unknown := draws > 1 && !withinKnown
		p.never = append(p.never, !ok && !unknown)
		if !ok || unknown {
			p.Needed = append(p.Needed, nil)
			continue
		}
		p.Needed = append(p.Needed, &n)
		most = max(most, n)
	}
	if slices.Contains(p.never, true) {
		p.Notes = append(p.Notes, p.why())
	}
	if !withinKnown {
		p.Notes = append(p.Notes, "the pilot has one draw of each prompt, so what more draws would save is not known")
	}
	const steps = 60
	for k := range PowerDraws {
		if p.Needed[k] == nil {
			continue
		}
		c := Curve{Series: k}
		last := 0
		for i := 1; i <= steps; i++ {
			if n := max(2, most*3/2*i/steps); n > last {
				last = n
				c.X, c.Y = append(c.X, float64(n)), append(c.Y, s.PowerAt(n, PowerDraws[k]))
			}
		}
		p.curves = append(p.curves, c)
	}
}

// why says why no number of prompts is enough.
func (p *PowerPlan) why() string {
	switch {
	case p.True <= -p.Margin:
		return fmt.Sprintf("none: no number of prompts is enough, because the true difference that is assumed (%+.4g) is a loss of the margin (%.4g) or more", p.True, p.Margin)
	case p.Equivalent && p.True >= p.Margin:
		return fmt.Sprintf("none: no number of prompts is enough, because the true difference that is assumed (%+.4g) is a gain of the margin (%.4g) or more", p.True, p.Margin)
	}
	return "none: more prompts would be needed than assay can plan; choose a larger margin"
}

// PowerTable shows how many prompts each gate needs, by number of draws.
func PowerTable(s *Subject, plans []PowerPlan) Table {
	t := Table{ID: "power", Title: "Prompts that each gate needs", Columns: []Column{{Name: "metric", Group: true}, {Name: "condition"},
		{Name: "margin", Align: Right}, {Name: "sd between", Align: Right}, {Name: "sd draw", Align: Right}, {Name: "sd judge", Align: Right}}}
	for _, draws := range PowerDraws {
		t.Columns = append(t.Columns, Column{Name: plural.Of(draws, "draw"), Align: Right})
	}
	piloted := slices.ContainsFunc(plans, func(p PowerPlan) bool { return p.Pilot > 0 })
	if piloted {
		t.Columns = append(t.Columns, Column{Name: "pilot", Align: Right}, Column{Name: "its power", Align: Right})
	}
	optional := func(x *float64, digits int) Cell {
		if x == nil {
			return Cell{Text: "-"}
		}
		return Cell{Text: number(*x, digits), Raw: raw(*x)}
	}
	var notes folded
	for _, p := range plans {
		view := s.Suite(p.Suite)
		d := Decimals(view.Metric(p.Metric))
		margin := number(p.Margin, d)
		if p.Equivalent {
			margin = "±" + margin
		}
		row := append(texts(s.title(p.Suite, p.Metric), p.Condition), Cell{Text: margin, Raw: raw(p.Margin)}, Cell{Text: number(p.Between, d), Raw: raw(p.Between)}, optional(p.Within, d), optional(p.Judge, d))
		for k, n := range p.Needed {
			switch {
			case n != nil:
				row = append(row, Cell{Text: strconv.Itoa(*n)})
			case p.never[k]:
				row = append(row, Cell{Text: "none"})
			default:
				row = append(row, Cell{Text: "-"})
			}
		}
		pilot := Cell{Text: "-"}
		if p.Pilot > 0 {
			pilot = Cell{Text: fmt.Sprintf("%d × %.3g", p.Pilot, p.Draws)}
		}
		now := optional(p.Now, 2)
		if p.Now != nil && *p.Now >= p.Power {
			now.Tone = Good
		} else if p.Now != nil {
			now.Tone = Unsure
		}
		if piloted {
			row = append(row, pilot, now)
		}
		t.Rows = append(t.Rows, row)
		for _, note := range p.Notes {
			notes.add(Capital(note), s.cellTitle(p.Suite, p.Metric, p.Condition))
		}
	}
	if len(plans) == 0 {
		return t
	}
	truth := "the two models are equal"
	if x := plans[0].True; x != 0 {
		truth = fmt.Sprintf("the model is truly %s by %.4g", map[bool]string{true: "better", false: "worse"}[x > 0], math.Abs(x))
	}
	t.Notes = append(t.Notes,
		fmt.Sprintf("draws: the number of prompts with which a gate, one-sided at 5%%, passes in %.0f%% of studies if %s. This holds for each gate on its own; all gates of a release pass together less often.", 100*plans[0].Power, truth),
		"sd: standard deviations of the models' true difference between prompts, of one draw about its prompt, and of one judgement about its draw. A dash there: it is part of the sd to its left.")
	if piloted {
		t.Notes = append(t.Notes, "pilot: its prompts × draws. its power: that of a study of this size.")
	}
	t.Notes = append(t.Notes, notes.notesUnless(len(plans))...)
	return t
}

// PowerLong is the machine table of plans: a row for each number of draws, or of judged prompts (0 for
// labels alone).
func PowerLong(plans []PowerPlan) Table {
	t := Table{ID: "power", Title: "Power"}
	for _, name := range []string{"suite", "metric", "condition", "margin", "equivalent", "true_difference", "power", "sd_between", "sd_within", "sd_judge", "draws", "prompts_needed", "pilot_n", "pilot_draws", "power_of_pilot",
		"correlation", "judged", "labels_needed", "cost"} {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	optional := func(x *float64) string {
		if x == nil {
			return ""
		}
		return raw(*x)
	}
	for _, p := range plans {
		if p.Labels != nil {
			head := texts(p.Suite, p.Metric, p.Condition, raw(p.Margin), strconv.FormatBool(p.Equivalent), raw(p.True), raw(p.Power), raw(p.Between), "", "", "", "", strconv.Itoa(p.Pilot), raw(p.Draws), optional(p.Now))
			t.Rows = append(t.Rows, p.labelsLong(head)...)
		}
		for k, n := range p.Needed {
			needed := ""
			if n != nil {
				needed = strconv.Itoa(*n)
			}
			t.Rows = append(t.Rows, texts(p.Suite, p.Metric, p.Condition, raw(p.Margin), strconv.FormatBool(p.Equivalent), raw(p.True), raw(p.Power), raw(p.Between), optional(p.Within), optional(p.Judge),
				strconv.Itoa(PowerDraws[k]), needed, strconv.Itoa(p.Pilot), raw(p.Draws), optional(p.Now), "", "", "", ""))
		}
	}
	return t
}

// PowerFigure draws power over the number of prompts, a panel for each gate and a curve for
// each number of draws.
func PowerFigure(s *Subject, plans []PowerPlan) (Figure, bool) {
	f := Figure{ID: "power", Title: "Power over the number of prompts", Columns: 2,
		Caption: "The share of studies in which the gate passes, by number of prompts and of draws of each. The line is the power that is wanted."}
	for k, draws := range PowerDraws {
		f.Series = append(f.Series, Series{Name: plural.Of(draws, "draw"), Color: k})
	}
	for i := range plans {
		p := &plans[i]
		if len(p.curves) == 0 {
			continue
		}
		f.Panels = append(f.Panels, Panel{Title: s.cellTitle(p.Suite, p.Metric, p.Condition), XLabel: "prompts", YLabel: "power", Mark: Curves, Curves: p.curves, YMin: 0, YMax: 1, Reference: &p.Power})
	}
	return f, len(f.Panels) > 0
}

// PowerReport is the page of a plan.
func PowerReport(s *Subject, plans []PowerPlan) Report {
	r := Report{Title: countOf(plans), Subtitle: subtitleOf(plans)}
	section := Section{ID: "power", Title: "Power", Tables: PowerTables(s, plans)}
	prompts, labels := byLabels(plans)
	if f, ok := PowerFigure(s, prompts); ok {
		section.Figures = append(section.Figures, f)
	}
	if f, ok := labelsFigure(s, labels); ok {
		section.Figures = append(section.Figures, f)
	}
	r.Sections = []Section{section}
	return r
}
