package study

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/metrics/names"
	"assay/reports"
)

// samples is a table for each of a few prompts: what each recipe's largest model answers,
// as in the paper's figures 26 and 27.
func (s *Study) samples() reports.Section {
	section := reports.Section{ID: "sample-answers", Title: "Sample answers"}
	models := s.largest()
	if len(s.Samples) == 0 || len(models) == 0 {
		return section
	}
	section.Text = "A few prompts with what each recipe answers, in the manner of the paper's figures 26 and 27. A slash marks a line break."
	title := s.title
	if size := s.oneSize(models); size != "" {
		section.Text += " The models are of " + size + " parameters."
		title = func(model string) string { return reports.FamilyTitle(s.info(model).Family) }
	}
	for i, sample := range s.Samples {
		t := reports.Table{ID: fmt.Sprintf("sample-%d", i+1), Title: oneLine(sample.Input), Columns: []reports.Column{
			{Name: "model"}, {Name: "answer"}, {Name: "gold utility", Align: reports.Right},
		}}
		for _, m := range models {
			if i := slices.IndexFunc(sample.Outputs, func(o reports.Output) bool { return o.Model == m }); i >= 0 {
				text, utility := answer(sample.Outputs[i])
				t.Rows = append(t.Rows, []reports.Cell{{Text: title(m)}, text, utility})
			}
		}
		if len(t.Rows) > 0 {
			section.Tables = append(section.Tables, t)
		}
	}
	return section
}

// largest are the models of the samples: the largest of each family, in the paper's order.
func (s *Study) largest() []string {
	axis := reports.NewAxis(s.Subject.Models, func(model string) bool {
		return slices.ContainsFunc(s.Samples, func(sample reports.Sample) bool {
			return slices.ContainsFunc(sample.Outputs, func(o reports.Output) bool { return o.Model == model })
		})
	})
	type place struct{ series, x int }
	at := map[string]place{}
	var names []string
	for _, m := range s.Subject.Models {
		series, x, placed := axis.At(m.Name)
		if !placed {
			continue
		}
		at[m.Name] = place{series, x}
		if axis.Ordered {
			names = slices.DeleteFunc(names, func(other string) bool { return at[other].series == series && at[other].x < x })
			if slices.ContainsFunc(names, func(other string) bool { return at[other].series == series }) {
				continue
			}
		}
		names = append(names, m.Name)
	}
	slices.SortStableFunc(names, func(a, b string) int {
		if at[a].series != at[b].series {
			return at[a].series - at[b].series
		}
		return at[a].x - at[b].x
	})
	return names
}

// oneSize is the size that all given models have, or "" where they differ.
func (s *Study) oneSize(names []string) string {
	size := s.info(names[0]).Size
	for _, name := range names {
		if s.info(name).Size != size {
			return ""
		}
	}
	return size
}

// answer is a model's text and its gold utility, where that is known.
func answer(o reports.Output) (text, utility reports.Cell) {
	if o.Missing != "" {
		return reports.Cell{Text: o.Missing, Tone: reports.Unsure}, utility
	}
	for _, score := range o.Scores {
		if score.Metric == names.GoldUtility && score.Missing == "" {
			utility = reports.Cell{Text: fmt.Sprintf("%.2f", score.Value), Raw: strconv.FormatFloat(score.Value, 'g', -1, 64)}
		}
	}
	return reports.Cell{Text: oneLine(o.Text)}, utility
}

func oneLine(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, " / ")
}
