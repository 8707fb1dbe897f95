package reports_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/metrics"
	"assay/models"
	"assay/reports"
)

// Twelve models, three of each family: only the largest of each is drawn, whatever their order.
func TestGradedFigureDrawsLargest(t *testing.T) {
	var s reports.Subject
	var graded []reports.Graded
	for _, size := range []float64{6e9, 175e9, 1e9} {
		for _, family := range []string{"gpt", "sft", "ppo", "ppo-ptx"} {
			name := fmt.Sprintf("%s-%.0f", family, size)
			s.Models = append(s.Models, models.Info{Name: name, Family: family, Parameters: size})
			for k, value := range []string{"0.9-1.0", "0.0-0.1"} {
				graded = append(graded, reports.Graded{Value: value, Condition: "c", Estimate: metrics.Estimate{
					Model: name, N: 7 + k, Interval: &metrics.Interval{Point: float64(k), Lo: float64(k) - 0.1, Hi: float64(k) + 0.1},
				}})
			}
		}
	}
	suite := reports.Suite{Name: "toxic", Title: "Toxicity", Metrics: []metrics.Metric{{Name: "mean", Title: "Mean", Hi: 1}}, Plot: reports.Plot{Metric: "mean"}}
	f, ok := reports.GradedFigure(&s, suite, "toxicity", graded)
	var names []string
	for _, series := range f.Series {
		names = append(names, series.Name)
	}
	if got := strings.Join(names, " "); !ok || got != "gpt-175000000000 sft-175000000000 ppo-175000000000 ppo-ptx-175000000000" {
		t.Errorf("drawn %s", got)
	}
	p := f.Panels[0]
	if len(p.Points) != 8 || p.X[0] != "0.0-0.1" || p.Points[0].X != 0 || p.Points[0].Y != 1 || p.Points[0].Hi != 1 {
		t.Errorf("panel %+v", p)
	}
	if !strings.Contains(f.Caption, "8 other models") || !strings.Contains(f.Caption, "0.0-0.1: 8, 0.9-1.0: 7") {
		t.Errorf("caption %q", f.Caption)
	}
	if _, ok := reports.GradedFigure(&s, suite, "toxicity", graded[:1]); ok {
		t.Error("a figure of one value")
	}
}
