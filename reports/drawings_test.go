package reports_test

import (
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/models"
	"assay/reports"
)

// gradedOf is an estimate of a share or of a grade.
func gradedOf(metric, model, condition, value, baseline string, point float64) reports.Graded {
	return reports.Graded{Value: value, Condition: condition, Estimate: metrics.Estimate{
		Suite: "s", Metric: metric, Model: model, Condition: condition, Baseline: baseline, N: 10 + len(model), Interval: &metrics.Interval{Point: point, Lo: point - 0.1, Hi: point + 0.2},
	}}
}

func TestDrawingFigure(t *testing.T) {
	suite := reports.Suite{Name: "s", Metrics: []metrics.Metric{{Name: "fails", Title: "Fails", Kind: metrics.Proportion, Hi: 1}, {Name: "likert", Title: "Likert", Kind: metrics.Mean, Lo: 1, Hi: 7}, {Name: "win_rate", Title: "Win rate", Hi: 1}}, Judges: []string{"people"}}
	subject := &reports.Subject{Suites: []reports.Suite{suite}, Models: []models.Info{{Name: "a"}, {Name: "bb"}}, Baseline: "a"}
	d := reports.Drawing{ID: "d", Title: "Drawing", Mark: reports.Bars, Panels: []reports.DrawingPanel{{Metric: "fails", Title: "Attempts", Opposite: true}, {Metric: "likert"}, {Metric: "win_rate", Reference: 0.5}}}
	f, ok := reports.DrawingFigure(subject, suite, d, []reports.Graded{
		gradedOf("fails", "a", "", "", "", 0.75), gradedOf("fails", "bb", "", "", "", 0.25), gradedOf("likert", "bb", "", "", "", 6.9), gradedOf("other", "a", "", "", "", 0.5),
		gradedOf("win_rate", "bb", "against a", "", "a", 0.6), gradedOf("win_rate", "bb", "against c", "", "c", 0.7),
	})
	if !ok || f.ID != "s-d" || len(f.Panels) != 3 {
		t.Fatalf("%v, %+v", ok, f)
	}
	p := f.Panels[0]
	if q := p.Points[1]; p.YLabel != "Attempts" || len(p.Points) != 2 || q.X != 1 || !approx.Equal(q.Y, 0.75, 1e-15) || !approx.Equal(q.Lo, 0.55, 1e-15) || !approx.Equal(q.Hi, 0.85, 1e-15) {
		t.Errorf("opposite %+v", p)
	}
	if likert := f.Panels[1]; likert.YLabel != "Likert" || len(likert.Points) != 1 || likert.Points[0].Hi != 7 {
		t.Errorf("grades %+v", likert)
	}
	if over := f.Panels[2]; over.Title != "against a" || *over.Reference != 0.5 {
		t.Errorf("win rate %+v", over)
	}
	for _, want := range []string{`"Attempts" is the share of outputs without "Fails".`, "Win rates are over a; 0.5 means no difference.", "each from 11 to 12 judgements", "cut at the ends", "people"} {
		if !strings.Contains(f.Caption, want) {
			t.Errorf("caption %q, want %q", f.Caption, want)
		}
	}
	d.By = "group"
	both := []reports.Graded{gradedOf("likert", "a", "", "held-out", "", 4), gradedOf("likert", "a", "", "training", "", 5)}
	if f, ok := reports.DrawingFigure(subject, suite, d, both); !ok || len(f.Panels) != 2 || f.Panels[1].Title != "training" || f.Panels[1].Points[0].Y != 5 || f.Columns != 2 {
		t.Errorf("by group %v, %+v", ok, f)
	}
	if _, ok := reports.DrawingFigure(subject, suite, d, both[:1]); ok {
		t.Error("a figure by one value")
	}
	if _, ok := reports.DrawingFigure(subject, suite, d, nil); ok {
		t.Error("a figure of nothing")
	}
}
