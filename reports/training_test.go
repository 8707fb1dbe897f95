package reports_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/leaf/approx"
	"assay/models"
	"assay/reports"
)

func trainSteps() []models.TrainStep {
	var steps []models.TrainStep
	for i := 1; i <= 200; i++ {
		s := models.TrainStep{Stage: "sft", Step: i, Tokens: int64(10 * i), Loss: float64(i % 2), GradientNorm: 2, LearningRate: 1e-3}
		if i%80 == 0 || i == 200 {
			s.Scores = []models.TrainScore{{Name: "validation loss", Value: 1.0 / float64(i), N: 50}}
			s.Best = i < 200
		}
		steps = append(steps, s)
	}
	return steps
}

func TestTrainingSection(t *testing.T) {
	s, ok := reports.TrainingSection("training-1", "m", trainSteps())
	if !ok || s.Title != "Training of m: supervised fine-tuning" || len(s.Figures) != 1 || len(s.Tables) != 1 {
		t.Fatalf("section %+v", s)
	}
	loss := s.Figures[0].Panels[0]
	if len(loss.Curves) != 3 || !loss.Curves[0].Faint || loss.Curves[1].Faint {
		t.Fatalf("curves %+v", loss.Curves)
	}
	if diff := cmp.Diff(reports.Curve{Series: 1, X: []float64{80, 160, 200}, Y: []float64{1. / 80, 1. / 160, 1. / 200}}, loss.Curves[2]); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
	mean := loss.Curves[1].Y // over nine steps, four or five of which are 1
	if mean[100] != 5./9 && mean[100] != 4./9 || mean[0] != 3./5 || len(mean) != 200 {
		t.Errorf("running mean %v", mean)
	}
	for _, y := range mean {
		if !approx.Equal(y, 0.5, 0.11) {
			t.Errorf("running mean %v", y)
		}
	}
	var rows [][]string
	for _, r := range s.Tables[0].Rows {
		var texts []string
		for _, c := range r {
			texts = append(texts, c.Text)
		}
		rows = append(rows, texts)
	}
	want := [][]string{{"80", "800", "0.0000", "0.0125", "50", "yes"}, {"160", "1600", "0.0000", "0.0063", "50", "yes"}, {"200", "2000", "0.0000", "0.0050", "50", ""}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if raw := s.Tables[0].Rows[1][3].Machine(); raw != "0.00625" {
		t.Errorf("the machine table says %s", raw)
	}
	if _, ok := reports.TrainingSection("training-1", "m", nil); ok {
		t.Error("a section without steps")
	}
}

// Scores that are losses are in the loss's panel. A score with another unit, or measured
// on each step's batch, has its own.
func TestTrainingPanels(t *testing.T) {
	steps := trainSteps()
	for i := range steps {
		steps[i].Values = []models.TrainScore{{Name: "accuracy", Value: 0.5, N: 8}}
	}
	steps[199].Scores = append(steps[199].Scores, models.TrainScore{Name: "validation accuracy", Value: 0.7, N: 90})
	s, _ := reports.TrainingSection("training-1", "m", steps)
	var titles []string
	for _, p := range s.Figures[0].Panels {
		titles = append(titles, p.Title)
	}
	if diff := cmp.Diff([]string{"Loss", "validation accuracy", "Each step's accuracy", "Gradient norm", "Learning rate"}, titles); diff != "" {
		t.Errorf("panels (-want +got):\n%s", diff)
	}
	if c := s.Figures[0].Panels[1].Curves; len(c) != 1 || c[0].Y[0] != 0.7 {
		t.Errorf("curves of the accuracy %+v", c)
	}
}
