package study

import (
	"slices"

	"assay/metrics"
	"assay/models"
	"assay/reports"
)

// labelers shows how far labelers agree, and how well reward models predict each
// group.
func (s *Study) labelers() reports.Section {
	section := reports.Section{
		ID: "labelers", Title: "Labelers and reward models",
		Text: "How often two labelers order a pair of answers the same way, among pairs that both ordered; and how often the reward model orders a pair as the labeler did. In the paper training labelers agree on 72.6 ± 1.5% of the pairs and held-out ones on 77.3 ± 1.3%. Its reward models predict 72.4 ± 0.4% of the pairs from the labelers in their training data, and 69.6 ± 0.9% of other labelers' pairs (section 3.3 and the appendices).",
	}
	f := reports.Figure{
		ID: "labelers", Title: "Agreement of labelers, accuracy of reward models", Columns: 1,
		Caption: "Share of pairs that two labelers order the same way, and share of pairs that the reward model orders as labelled. The dashed line is chance. " + s.errorBars(nil),
	}
	half := 0.5
	if len(s.Agree) > 0 {
		p := reports.Panel{Title: "Two labelers", YLabel: "share of pairs ordered the same way", Mark: reports.Dots, Reference: &half}
		f.Series = append(f.Series, reports.Series{Color: 6})
		for i, a := range s.agreements() {
			p.X = append(p.X, a.Between)
			p.Points = append(p.Points, reports.Point{X: i, Y: a.Rate.Point, Lo: a.Rate.Lo, Hi: a.Rate.Hi})
		}
		f.Panels = append(f.Panels, p)
	}
	if p, series := s.accuracy(len(f.Series)); len(p.Points) > 0 {
		p.Reference = &half
		f.Panels = append(f.Panels, p)
		f.Series = append(f.Series, series...)
	}
	if len(f.Panels) > 0 {
		section.Figures = []reports.Figure{f}
		section.Tables = []reports.Table{s.labelersTable()}
	}
	return section
}

// whose ranks the groups that labelled pairs: first those in the training data, then the
// others.
func whose(who string) int {
	known := []string{"training labelers", "held-out labelers", "a training and a held-out labeler", "gold rules"}
	if i := slices.Index(known, who); i >= 0 {
		return i
	}
	return len(known)
}

func (s *Study) agreements() []Agreement {
	list := slices.Clone(s.Agree)
	slices.SortStableFunc(list, func(a, b Agreement) int { return whose(a.Between) - whose(b.Between) })
	return list
}

func (s *Study) accuracies() []metrics.Estimate {
	list := slices.Clone(s.Rewards)
	slices.SortStableFunc(list, func(a, b metrics.Estimate) int { return whose(a.Condition) - whose(b.Condition) })
	return list
}

// accuracy is a panel of reward models. Its series follow a number of others.
func (s *Study) accuracy(before int) (reports.Panel, []reports.Series) {
	p := reports.Panel{Title: "Reward model and labeler", YLabel: "share of pairs ordered the same way", Mark: reports.Dots}
	var series []reports.Series
	for _, e := range s.accuracies() {
		if e.Interval == nil {
			continue
		}
		x := slices.Index(p.X, e.Condition)
		if x < 0 {
			x = len(p.X)
			p.X = append(p.X, e.Condition)
		}
		name := rewardModel(e.Model)
		i := slices.IndexFunc(series, func(known reports.Series) bool { return known.Name == name })
		if i < 0 {
			i = len(series)
			series = append(series, reports.Series{Name: name, Color: i})
		}
		p.Points = append(p.Points, reports.Point{Series: before + i, X: x, Y: e.Point, Lo: e.Lo, Hi: e.Hi})
	}
	return p, series
}

// rewardModel is a reward model's name for readers.
func rewardModel(name string) string {
	if size := models.ParseName(name).Size; size != "" {
		return "reward model, " + size
	}
	return name
}

func (s *Study) labelersTable() reports.Table {
	t := reports.Table{ID: "labelers", Title: "Agreement and accuracy", Columns: []reports.Column{
		{Name: "who"}, {Name: "compared with"}, {Name: "share of pairs [95% interval]", Align: reports.Right},
	}}
	for _, a := range s.agreements() {
		t.Rows = append(t.Rows, []reports.Cell{{Text: "two labelers"}, {Text: a.Between}, reports.IntervalCell(&a.Rate, 3)})
	}
	for _, e := range s.accuracies() {
		cell := reports.Cell{Text: "not scored", Tone: reports.Unsure}
		if e.Interval != nil {
			cell = reports.IntervalCell(e.Interval, 3)
		}
		t.Rows = append(t.Rows, []reports.Cell{{Text: rewardModel(e.Model)}, {Text: e.Condition}, cell})
	}
	return t
}
