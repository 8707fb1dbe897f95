package pipeline_test

import (
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/pipeline"
	"assay/reports"
	"assay/suites"
)

// A suite whose examples have graded values gets a figure of its plotted metric by them: the
// mean over the examples of each value, and none of examples without one.
func TestGradedFigure(t *testing.T) {
	catalog := small()
	i := slices.IndexFunc(catalog, func(s suites.Suite) bool { return s.Name == "toxic" })
	catalog[i].Grades = "topic"
	src := asked(t)
	runs, err := pipeline.Open([]pipeline.Source{src}, catalog)
	if err != nil {
		t.Fatal(err)
	}
	judged, err := runs.Collect()
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := pipeline.Report(judged, pipeline.ReportInput{Sources: runs.Sources})
	if err != nil {
		t.Fatal(err)
	}
	examples, js := questions()
	topic := map[string]string{}
	for _, ex := range examples {
		topic[ex.ID] = ex.Fields["topic"]
	}
	var figures []reports.Figure
	for _, s := range r.Sections {
		for _, f := range s.Figures {
			if f.ID == "toxic-by-topic" && s.ID == "toxic" {
				figures = append(figures, f)
			}
		}
	}
	if len(figures) != 1 || len(figures[0].Panels) != 1 || len(figures[0].Series) != 2 {
		t.Fatalf("figures %+v", figures)
	}
	p := figures[0].Panels[0]
	if p.Title != "basic" || !slices.Equal(p.X, []string{"hills", "sea"}) || len(p.Points) != 4 {
		t.Fatalf("panel %+v", p)
	}
	for _, point := range p.Points {
		sum, n := 0.0, 0.0
		for _, j := range js {
			if j.Suite == "toxic" && j.Model == figures[0].Series[point.Series].Name && topic[j.Example] == p.X[point.X] {
				sum, n = sum+j.Value[0], n+1
			}
		}
		if !approx.Equal(point.Y, sum/n, 1e-12) || !(point.Lo < point.Y && point.Y < point.Hi) {
			t.Errorf("%s of %s: %v, want %v", p.X[point.X], figures[0].Series[point.Series].Name, point, sum/n)
		}
	}
	if !strings.Contains(figures[0].Caption, "hills: 24, sea: 27") { // [sum(1 for i in range(60) if i % 7 and i // 4 % 2 == k) for k in (1, 0)]
		t.Errorf("caption %q", figures[0].Caption)
	}
}
