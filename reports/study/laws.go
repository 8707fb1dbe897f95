package study

import (
	"assay/metrics"
	"assay/metrics/stats"
	"assay/reports"
)

// FittedLaw is a law of over-optimisation, fitted in each seed, with intervals over seeds.
type FittedLaw struct {
	Name  string // what was optimised against: "6000 prompts, 450k"
	BestN bool   // of best-of-n; otherwise of PPO
	// Start is the gold utility before optimisation; see [stats.Law]. Distance and Gain are those of the law's
	// peak; nil if some seed's law has none.
	Start, Alpha, Beta, Distance, Gain *metrics.Interval
}

// lawsDrawnTo is the distance up to which laws are drawn, in square roots of nats.
const lawsDrawnTo = 3.0

// laws shows the laws of over-optimisation (Gao et al. 2022).
func (s *Study) laws() reports.Section {
	section := reports.Section{ID: "laws", Title: "Laws of over-optimisation",
		Text: "Gao et al. (arXiv:2210.10760) found that the gold score follows a law in d, the square root of the KL divergence from the start in nats per response: start + d (alpha - beta log d) for a policy, and start + d (alpha - beta d) for the best of n answers. Alpha says how much the reward model helps at first, beta how much it misleads. Here the policy is of the smallest size and has no KL penalty; the gold score is the gold utility, on training prompts for PPO and on validation prompts for best-of-n."}
	if len(s.Laws) == 0 {
		return section
	}
	t := reports.Table{ID: "laws", Title: section.Title, Columns: []reports.Column{{Name: "optimised"}, {Name: "reward model"}}}
	for _, name := range []string{"start", "alpha", "beta", "d at the peak", "gain at the peak"} {
		t.Columns = append(t.Columns, reports.Column{Name: name + " [95%]", Align: reports.Right})
	}
	f := reports.Figure{ID: "laws", Title: section.Title, Columns: 2, Caption: "The laws with the mean parameters over seeds. A law is a fit: beyond the distances that a training reached, it is a guess."}
	panels := map[bool]*reports.Panel{false: {Title: "PPO", XLabel: "d", YLabel: "gold utility", Mark: reports.Curves}, true: {Title: "Best of n", XLabel: "d", YLabel: "gold utility", Mark: reports.Curves}}
	for _, l := range s.Laws {
		kind := "PPO"
		if l.BestN {
			kind = "best of n"
		}
		row := []reports.Cell{{Text: kind}, {Text: l.Name}}
		for _, in := range []*metrics.Interval{l.Start, l.Alpha, l.Beta, l.Distance, l.Gain} {
			cell := reports.Cell{Text: "-"}
			if in != nil {
				cell = reports.IntervalCell(in, 3)
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
		if l.Start == nil || l.Alpha == nil || l.Beta == nil {
			continue
		}
		series := -1
		for i, known := range f.Series {
			if known.Name == l.Name {
				series = i
			}
		}
		if series < 0 {
			series = len(f.Series)
			f.Series = append(f.Series, reports.Series{Name: l.Name, Color: series})
		}
		law := stats.NewLaw(l.Start.Point, l.Alpha.Point, l.Beta.Point, l.BestN)
		curve := reports.Curve{Series: series}
		for d := 0.0; d <= lawsDrawnTo; d += 0.05 {
			curve.X, curve.Y = append(curve.X, d), append(curve.Y, law.Gold(d))
		}
		panels[l.BestN].Curves = append(panels[l.BestN].Curves, curve)
	}
	t.Notes = []string{s.over("Each seed has its own fit. Intervals are", ""), "A dash at the peak: in some seed the law has none, its beta is not above 0."}
	for _, best := range []bool{false, true} {
		if p := panels[best]; len(p.Curves) > 0 {
			f.Panels = append(f.Panels, *p)
		}
	}
	section.Tables = []reports.Table{t}
	if len(f.Panels) > 0 {
		section.Figures = []reports.Figure{f}
	}
	return section
}
