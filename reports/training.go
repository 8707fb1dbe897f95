package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/harness/leaf/plural"
	"assay/models"
)

// TrainingSection shows how a model was trained: its loss and scores over the
// steps, the learning rate and the gradients' norm, and a table of its scores.
// Without steps there is no section. id is used in file names and must be unique
// within a report.
func TrainingSection(id, model string, steps []models.TrainStep) (Section, bool) {
	if len(steps) == 0 {
		return Section{}, false
	}
	stage, last := steps[0].Stage, steps[len(steps)-1]
	title := fmt.Sprintf("Training of %s: %s", model, stageTitle(stage))
	s := Section{
		ID: id, Title: title,
		Text: fmt.Sprintf("%s over %s. The loss of a step is measured on its own batch before the update, with dropout. Scores are measured after the step on held-out data, without dropout.", plural.Of(last.Step, "step"), plural.Of(last.Tokens, "token")),
	}
	s.Figures = []Figure{trainingFigure(id, title, steps)}
	if t, ok := trainingTable(id, title, steps); ok {
		s.Tables = []Table{t}
	}
	return s, true
}

func stageTitle(stage string) string {
	return cmp.Or(map[string]string{"pretrain": "pretraining", "sft": "supervised fine-tuning", "reward": "reward model", "ppo": "PPO"}[stage], stage)
}

// trainingFigure has a panel of the loss together with the scores that are losses. Other
// scores and each step's other measurements, the learning rate and the gradients' norm have
// their own panels.
func trainingFigure(id, title string, steps []models.TrainStep) Figure {
	f := Figure{ID: id, Title: title, Columns: 3,
		Caption: "Light: each step. Dark: its running mean over a fiftieth of the steps. Scores are measured on held-out data.",
		Series:  []Series{{Name: "each step", Color: 0}}}
	x := make([]float64, len(steps))
	column := func(of func(models.TrainStep) float64) []float64 {
		y := make([]float64, len(steps))
		for i, s := range steps {
			y[i] = of(s)
		}
		return y
	}
	for i, s := range steps {
		x[i] = float64(s.Step)
	}
	noisy := func(title, label string, y []float64) Panel {
		return Panel{Title: title, XLabel: "Step", YLabel: label, Mark: Curves, Curves: []Curve{
			{Series: 0, X: x, Y: y, Faint: true}, {Series: 0, X: x, Y: RunningMean(y, len(y)/50)}}}
	}
	f.Panels = []Panel{noisy("Loss", "Nats a token", column(func(s models.TrainStep) float64 { return s.Loss }))}
	for i, name := range scoreNames(steps) {
		c := scoreCurve(steps, name)
		c.Series = i + 1
		f.Series = append(f.Series, Series{Name: name, Color: i + 1})
		if strings.HasSuffix(name, "loss") {
			f.Panels[0].Curves = append(f.Panels[0].Curves, c)
			continue
		}
		f.Panels = append(f.Panels, Panel{Title: name, XLabel: "Step", YLabel: name, Mark: Curves, Curves: []Curve{c}})
	}
	for _, name := range names(steps, func(s models.TrainStep) []models.TrainScore { return s.Values }) {
		c := curve(steps, name, func(s models.TrainStep) []models.TrainScore { return s.Values })
		if name == models.ScoreGoldUtility && f.beside(models.ScoreReward, c) {
			continue
		}
		p := noisy("Each step's "+name, name, c.Y)
		for i := range p.Curves {
			p.Curves[i].X = c.X
		}
		f.Panels = append(f.Panels, p)
	}
	f.Panels = append(f.Panels,
		noisy("Gradient norm", "Before clipping", column(func(s models.TrainStep) float64 { return s.GradientNorm })),
		Panel{Title: "Learning rate", XLabel: "Step", Mark: Curves, Curves: []Curve{
			{Series: 0, X: x, Y: column(func(s models.TrainStep) float64 { return s.LearningRate })}}})
	return f
}

// beside draws a curve into another panel as its own series. It is false where there is
// no such panel. The reward model's score and the gold utility share one: where the score
// rises and the utility doesn't, the policy exploits the reward model (Gao et al.,
// arXiv:2210.10760).
func (f *Figure) beside(name string, c Curve) bool {
	for i := range f.Panels {
		if p := &f.Panels[i]; p.YLabel == name {
			p.Title, p.YLabel = "Reward model's score and gold utility", ""
			series := len(f.Series)
			f.Series = append(f.Series, Series{Name: models.ScoreGoldUtility, Color: series})
			p.Curves = append(p.Curves, Curve{Series: series, X: c.X, Y: c.Y, Faint: true}, Curve{Series: series, X: c.X, Y: RunningMean(c.Y, len(c.Y)/50)})
			return true
		}
	}
	return false
}

// RunningMean is the mean of the values around each, n to either side.
func RunningMean(y []float64, n int) []float64 {
	sums := make([]float64, len(y)+1)
	for i, v := range y {
		sums[i+1] = sums[i] + v
	}
	out := make([]float64, len(y))
	for i := range y {
		from, to := max(0, i-n), min(len(y), i+n+1)
		out[i] = (sums[to] - sums[from]) / float64(to-from)
	}
	return out
}

// scoreNames are the scores' names in their order of appearance.
func scoreNames(steps []models.TrainStep) []string {
	return names(steps, func(s models.TrainStep) []models.TrainScore { return s.Scores })
}

func names(steps []models.TrainStep, of func(models.TrainStep) []models.TrainScore) []string {
	var names []string
	for _, s := range steps {
		for _, score := range of(s) {
			if !slices.Contains(names, score.Name) {
				names = append(names, score.Name)
			}
		}
	}
	return names
}

func scoreCurve(steps []models.TrainStep, name string) Curve {
	return curve(steps, name, func(s models.TrainStep) []models.TrainScore { return s.Scores })
}

func curve(steps []models.TrainStep, name string, of func(models.TrainStep) []models.TrainScore) (c Curve) {
	for _, s := range steps {
		for _, score := range of(s) {
			if score.Name == name {
				c.X, c.Y = append(c.X, float64(s.Step)), append(c.Y, score.Value)
			}
		}
	}
	return c
}

// trainingTable has a row for each step that was scored.
func trainingTable(id, title string, steps []models.TrainStep) (Table, bool) {
	names := scoreNames(steps)
	if len(names) == 0 {
		return Table{}, false
	}
	t := Table{ID: id, Title: title, Columns: []Column{{Name: "step", Align: Right}, {Name: "tokens", Align: Right}, {Name: "training loss", Align: Right}}}
	for _, name := range names {
		t.Columns = append(t.Columns, Column{Name: name, Align: Right})
	}
	t.Columns = append(t.Columns, Column{Name: "n", Align: Right}, Column{Name: "best so far"})
	for _, s := range steps {
		if len(s.Scores) == 0 {
			continue
		}
		row := []Cell{{Text: strconv.Itoa(s.Step)}, {Text: strconv.FormatInt(s.Tokens, 10)}, rounded(s.Loss)}
		for _, name := range names {
			i := slices.IndexFunc(s.Scores, func(score models.TrainScore) bool { return score.Name == name })
			if i < 0 {
				row = append(row, Cell{})
				continue
			}
			row = append(row, rounded(s.Scores[i].Value))
		}
		best := ""
		if s.Best {
			best = "yes"
		}
		t.Rows = append(t.Rows, append(row, Cell{Text: strconv.Itoa(s.Scores[0].N)}, Cell{Text: best}))
	}
	t.Notes = []string{"n: number of tokens or examples behind the first score's mean."}
	return t, true
}

func rounded(v float64) Cell {
	return Cell{Text: strconv.FormatFloat(v, 'f', 4, 64), Raw: strconv.FormatFloat(v, 'g', -1, 64)}
}
