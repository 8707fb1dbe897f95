package study

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/reports"
)

// sweptMetrics are the metrics of a sweep's figure: what the method is for, then what it
// costs.
func sweptMetrics() [][2]string {
	return [][2]string{
		{names.World, names.GoldUtility}, {names.World, names.WinRate}, {names.World, names.Likert}, {names.Text, names.Loss},
		{names.SQuADv2, names.F1}, {names.DROP, names.F1}, {names.WMT15FrEn, names.BLEU}, {names.TLDR, names.ROUGEL}, {names.WorldProbes, names.Mappings},
	}
}

// sweeps has a figure for each setting.
func (s *Study) sweeps() reports.Section {
	section := reports.Section{
		ID: "sweeps", Title: "Sweeps",
		Text: "One setting of PPO at several values, with all other settings as in the other figures. In the paper's figures on it, more of the pretraining gradient (gamma) restores what was lost on public data sets, and a stronger KL penalty (beta) does not restore all of it. In the sweep over beta the penalty is from the pretrained model and no pretraining is mixed in, as in the paper's appendix E.6; in that over ptx-beta the penalty is from PPO's start and pretraining is mixed in (E.7). Factors of learning rates and episodes are times the recipe's.",
	}
	for _, sweep := range s.Sweeps {
		if f, ok := s.sweep(sweep); ok {
			section.Figures = append(section.Figures, f)
			section.Tables = append(section.Tables, s.sweepTable(sweep, f))
		}
	}
	return section
}

func (s *Study) sweep(sweep Sweep) (reports.Figure, bool) {
	f := reports.Figure{ID: "sweep-" + sweep.Setting, Title: "Sweep over " + sweep.Setting, Columns: 3}
	var values, chosen []string
	var bands []reports.Band
	for x, at := range sweep.Points {
		v := strconv.FormatFloat(at.Value, 'g', -1, 64)
		values = append(values, v)
		if at.Chosen {
			chosen = append(chosen, v)
			bands = append(bands, reports.Band{X: x})
		}
	}
	sizes := sweptSizes(sweep)
	for i, size := range sizes {
		f.Series = append(f.Series, reports.Series{Name: size, Color: i})
	}
	if len(sizes) == 1 {
		f.Title += ", models of " + sizes[0] + " parameters"
		f.Series[0].Name = ""
	}
	var n []int
	for _, of := range sweptMetrics() {
		suite := s.Subject.Suite(of[0])
		metric := suite.Metric(of[1])
		p := reports.Panel{Title: sweptTitle(suite, metric), XLabel: sweep.Setting, YLabel: metric.Direction.String(), X: values, Mark: reports.Lines, Bands: bands}
		for x, at := range sweep.Points {
			for series, size := range sizes {
				if e := findSize(at.Estimates, of[0], of[1], size); e != nil {
					lo, hi, _ := reports.Within(metric, e.Interval)
					p.Points = append(p.Points, reports.Point{Series: series, X: x, Y: e.Point, Lo: lo, Hi: hi})
					n = append(n, e.N)
				}
			}
		}
		if len(p.Points) > 0 {
			f.Panels = append(f.Panels, p)
		}
	}
	if len(chosen) > 0 {
		f.Caption = fmt.Sprintf("The light band is at %s %s, the value used in the other figures.", sweep.Setting, listing(chosen))
	}
	f.Caption = sentence(f.Caption, s.errorBars(n))
	return f, len(n) > 0 && len(values) > 1
}

// sweptSizes are the sizes of a sweep's models in their order. Names differ between
// values.
func sweptSizes(sweep Sweep) []string {
	var sizes []string
	for _, at := range sweep.Points {
		for _, e := range at.Estimates {
			if size := sizeOf(e.Model); !slices.Contains(sizes, size) && slices.Contains(sweptMetrics(), [2]string{e.Suite, e.Metric}) {
				sizes = append(sizes, size)
			}
		}
	}
	return sizes
}

// sizeOf is a model's size, or its name if that has no size.
func sizeOf(model string) string { return cmp.Or(models.ParseName(model).Size, model) }

// findSize is the first number of a cell for a model of one size, or nil.
func findSize(estimates []metrics.Estimate, suite, metric, size string) *metrics.Estimate {
	i := slices.IndexFunc(estimates, func(e metrics.Estimate) bool {
		return e.Suite == suite && e.Metric == metric && sizeOf(e.Model) == size && e.Interval != nil
	})
	if i < 0 {
		return nil
	}
	return &estimates[i]
}

// find is the first number of a cell, or nil.
func find(estimates []metrics.Estimate, suite, metric, model string) *metrics.Estimate {
	for i := range estimates {
		e := &estimates[i]
		if e.Suite == suite && e.Metric == metric && e.Model == model && e.Interval != nil {
			return e
		}
	}
	return nil
}

func sweptTitle(suite reports.Suite, metric metrics.Metric) string {
	if slices.Contains([]string{names.World, names.WorldProbes, names.Text}, suite.Name) {
		return metric.Title // the title says enough
	}
	return suite.Title + ", " + metric.Title
}

// sweepTable has a row for each value and size, and a column for each panel.
func (s *Study) sweepTable(sweep Sweep, f reports.Figure) reports.Table {
	t := reports.Table{ID: f.ID, Title: f.Title, Columns: []reports.Column{{Name: sweep.Setting, Align: reports.Right}, {Name: "size"}}}
	var drawn [][2]string
	for _, of := range sweptMetrics() {
		if slices.ContainsFunc(sweep.Points, func(at Swept) bool {
			return slices.ContainsFunc(at.Estimates, func(e metrics.Estimate) bool { return e.Suite == of[0] && e.Metric == of[1] && e.Interval != nil })
		}) {
			suite := s.Subject.Suite(of[0])
			drawn = append(drawn, of)
			t.Columns = append(t.Columns, reports.Column{Name: sweptTitle(suite, suite.Metric(of[1])), Align: reports.Right})
		}
	}
	for _, at := range sweep.Points {
		value := strconv.FormatFloat(at.Value, 'g', -1, 64)
		for _, size := range sweptSizes(sweep) {
			row := []reports.Cell{{Text: value}, {Text: size}}
			if at.Chosen {
				row[0] = reports.Cell{Text: value + " (chosen)", Raw: value, Tone: reports.Marked}
			}
			for _, of := range drawn {
				suite := s.Subject.Suite(of[0])
				cell := reports.Cell{Text: "-"}
				if e := findSize(at.Estimates, of[0], of[1], size); e != nil {
					cell = reports.IntervalCell(e.Interval, reports.Decimals(suite.Metric(of[1])))
				}
				row = append(row, cell)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	t.Notes = []string{s.over("Intervals are", "")}
	return t
}
