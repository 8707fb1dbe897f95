package reports

import (
	"fmt"
	"slices"
	"strconv"

	"assay/harness/leaf/plural"
)

// Labelling is a planned study with labels and a judge: package infer's, as far as reports need it.
type Labelling interface {
	PowerAt(labels, judged int) float64
	Labels(judged int) (n int, ok bool)
	Cheapest(label, judge float64) (labels, judged int, ok bool)
}

// fewestLabels is the number of labelled prompts below which joined intervals have a warning.
const fewestLabels = 50

// judgedTimes are the numbers of judged prompts that a plan shows, as multiples of the pilot's.
var judgedTimes = []int{1, 2, 4, 8}

// LabelPlan says how many prompts need labels, if a judge scores more of them.
type LabelPlan struct {
	SD          float64 `json:"sd"` // of a labelled prompt's difference
	Correlation float64 `json:"correlation"`
	Labelled    int     `json:"pilot_labelled"` // prompts
	Judged      int     `json:"pilot_judged"`
	// Alone is the number of labelled prompts that is enough without a judge; nil if none is.
	Alone *int `json:"labels_needed_alone"`
	// Mixes are the numbers of labelled prompts that are enough with so many judged ones.
	Mixes []LabelMix `json:"mixes"`
	// Cheapest is the mix of the lowest price; nil without prices, or if no number is enough.
	Cheapest *LabelMix `json:"cheapest,omitempty"`

	curves []Curve
}

// LabelMix is numbers of prompts with labels and with a judge's values.
type LabelMix struct {
	Judged int      `json:"judged"`
	Labels *int     `json:"labels"` // nil: no number is enough
	Cost   *float64 `json:"cost,omitempty"`
}

// Prices are those of one prompt: of labelling its answers, and of judging them; 0 if not given.
type Prices struct{ Label, Judge float64 }

func (p Prices) cost(labels, judged int) *float64 {
	if p == (Prices{}) {
		return nil
	}
	cost := float64(labels)*p.Label + float64(judged)*p.Judge
	return &cost
}

// PlanLabels fills in what a study with labels needs.
func (p *PowerPlan) PlanLabels(l LabelPlan, s Labelling, prices Prices) {
	p.Labels, p.Between, p.Pilot, p.Draws = &l, l.SD, l.Labelled, 1
	now := s.PowerAt(l.Labelled, l.Judged)
	p.Now = &now
	most := l.Labelled
	if n, ok := s.Labels(0); ok {
		l.Alone, most = &n, n
	}
	for _, times := range judgedTimes {
		mix := LabelMix{Judged: times * l.Judged}
		if n, ok := s.Labels(mix.Judged); ok {
			mix.Labels, mix.Cost = &n, prices.cost(n, mix.Judged)
		}
		l.Mixes = append(l.Mixes, mix)
	}
	if prices != (Prices{}) {
		if n, judged, ok := s.Cheapest(prices.Label, prices.Judge); ok {
			l.Cheapest = &LabelMix{Judged: judged, Labels: &n, Cost: prices.cost(n, judged)}
		}
	}
	const steps = 60
	for k, judged := range []int{0, l.Judged} {
		c, last := Curve{Series: k}, 0
		for i := 1; i <= steps; i++ {
			n := max(3, most*3/2*i/steps)
			if judged > 0 {
				n = min(n, judged)
			}
			if n > last {
				last = n
				c.X, c.Y = append(c.X, float64(n)), append(c.Y, s.PowerAt(n, judged))
			}
		}
		l.curves = append(l.curves, c)
	}
}

// byLabels divides plans into those of prompts and those of labels.
func byLabels(plans []PowerPlan) (prompts, labels []PowerPlan) {
	for _, p := range plans {
		if p.Labels == nil {
			prompts = append(prompts, p)
		} else {
			labels = append(labels, p)
		}
	}
	return prompts, labels
}

// PowerTables are the tables of plans: of prompts, of labels, or of both.
func PowerTables(s *Subject, plans []PowerPlan) (out []Table) {
	prompts, labels := byLabels(plans)
	if len(prompts) > 0 || len(labels) == 0 {
		out = append(out, PowerTable(s, prompts))
	}
	if len(labels) > 0 {
		out = append(out, labelsTable(s, labels))
	}
	return out
}

// labelsTable shows how many prompts need labels, by the number that a judge scores.
func labelsTable(s *Subject, plans []PowerPlan) Table {
	t := Table{ID: "labels", Title: "Labels that each gate needs", Columns: []Column{{Name: "metric", Group: true}, {Name: "condition"}, {Name: "margin", Align: Right},
		{Name: "sd", Align: Right}, {Name: "correlation", Align: Right}, {Name: "labels alone", Align: Right}}}
	for _, times := range judgedTimes {
		t.Columns = append(t.Columns, Column{Name: fmt.Sprintf("judged × %d", times), Align: Right})
	}
	priced := slices.ContainsFunc(plans, func(p PowerPlan) bool { return p.Labels.Cheapest != nil })
	t.Columns = append(t.Columns, Column{Name: "pilot", Align: Right}, Column{Name: "its power", Align: Right})
	if priced {
		t.Columns = append(t.Columns, Column{Name: "cheapest", Align: Right}, Column{Name: "cost", Align: Right})
	}
	count := func(n *int) Cell {
		if n == nil {
			return Cell{Text: "none"}
		}
		return Cell{Text: strconv.Itoa(*n)}
	}
	var notes folded
	for _, p := range plans {
		l := p.Labels
		view := s.Suite(p.Suite)
		d := Decimals(view.Metric(p.Metric))
		margin := number(p.Margin, d)
		if p.Equivalent {
			margin = "±" + margin
		}
		row := append(texts(s.title(p.Suite, p.Metric), p.Condition), Cell{Text: margin, Raw: raw(p.Margin)}, Cell{Text: number(l.SD, d), Raw: raw(l.SD)},
			Cell{Text: number(l.Correlation, 2), Raw: raw(l.Correlation)}, count(l.Alone))
		for _, mix := range l.Mixes {
			row = append(row, count(mix.Labels))
		}
		now := Cell{Text: number(*p.Now, 2), Raw: raw(*p.Now), Tone: Unsure}
		if *p.Now >= p.Power {
			now.Tone = Good
		}
		row = append(row, Cell{Text: fmt.Sprintf("%d of %d", l.Labelled, l.Judged)}, now)
		switch {
		case priced && l.Cheapest != nil:
			row = append(row, Cell{Text: fmt.Sprintf("%d of %d", *l.Cheapest.Labels, l.Cheapest.Judged)}, Cell{Text: number(*l.Cheapest.Cost, 2), Raw: raw(*l.Cheapest.Cost)})
		case priced:
			row = append(row, Cell{Text: "none"}, Cell{Text: "-"})
		}
		t.Rows = append(t.Rows, row)
		for _, note := range p.Notes {
			notes.add(Capital(note), s.cellTitle(p.Suite, p.Metric, p.Condition))
		}
	}
	t.Notes = append(t.Notes,
		fmt.Sprintf("labels alone, judged × 1 and so on: the number of prompts that need labels so that a gate, one-sided at 5%%, passes in %.0f%% of studies%s, without a judge or with a judge that scores this multiple of the pilot's prompts. none: no number is enough.",
			100*plans[0].Power, plans[0].truth()),
		"sd: standard deviation of the labelled difference of one prompt. correlation: that of labels and judge. pilot: its labelled prompts of its judged ones. its power: that of a study of this size.",
		fmt.Sprintf("A joined interval from fewer than %d labelled prompts may cover too little: label that many if fewer would be enough.", fewestLabels))
	if priced {
		t.Notes = append(t.Notes, "cheapest: the labelled prompts of the judged ones that cost least; of 0: labels alone.")
	}
	t.Notes = append(t.Notes, notes.notesUnless(len(plans))...)
	return t
}

// truth says which true difference a plan assumes.
func (p *PowerPlan) truth() string {
	if p.True == 0 {
		return " if the two models are equal"
	}
	return fmt.Sprintf(" if the true difference is %+.4g", p.True)
}

// labelsFigure draws power over the number of labels, a panel for each gate.
func labelsFigure(s *Subject, plans []PowerPlan) (Figure, bool) {
	f := Figure{ID: "labels", Title: "Power over the number of labels", Columns: 2,
		Caption: "The share of studies in which the gate passes, by number of labelled prompts, without and with the judge's values of the pilot's prompts. The line is the power that is wanted.",
		Series:  []Series{{Name: "labels alone", Color: 0}, {Name: "with the judge", Color: 1}}}
	for i := range plans {
		p := &plans[i]
		f.Panels = append(f.Panels, Panel{Title: s.cellTitle(p.Suite, p.Metric, p.Condition), XLabel: "labelled prompts", YLabel: "power", Mark: Curves, Curves: p.Labels.curves, YMin: 0, YMax: 1, Reference: &p.Power})
	}
	return f, len(plans) > 0
}

// labelsLong are the machine rows of a plan of labels: labels alone, each multiple of the judged
// prompts, and the cheapest mix.
func (p *PowerPlan) labelsLong(head []Cell) (rows [][]Cell) {
	row := func(judged, labels *int, cost *float64) {
		text := func(n *int) string {
			if n == nil {
				return ""
			}
			return strconv.Itoa(*n)
		}
		price := ""
		if cost != nil {
			price = raw(*cost)
		}
		rows = append(rows, append(slices.Clone(head), texts(raw(p.Labels.Correlation), text(judged), text(labels), price)...))
	}
	row(new(0), p.Labels.Alone, nil)
	for _, mix := range p.Labels.Mixes {
		row(&mix.Judged, mix.Labels, mix.Cost)
	}
	if c := p.Labels.Cheapest; c != nil {
		row(&c.Judged, c.Labels, c.Cost)
	}
	return rows
}

// countOf says what plans are counts of, for a page's title.
func countOf(plans []PowerPlan) string {
	prompts, labels := byLabels(plans)
	switch {
	case len(labels) == 0:
		return "How many prompts"
	case len(prompts) == 0:
		return "How many labels"
	}
	return "How many prompts and labels"
}

// subtitleOf says how many gates are planned for.
func subtitleOf(plans []PowerPlan) string {
	return fmt.Sprintf("for %s, at a power of %.0f%%", plural.Of(len(plans), "gate"), 100*plans[0].Power)
}
