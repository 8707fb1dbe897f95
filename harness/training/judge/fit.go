package judge

import (
	"context"
	"slices"

	"assay/harness/plan"
	"assay/metrics/stats"
	"assay/models"
	"assay/models/linear"
)

// fit learns weights from the rows to learn from, a calibration from those of the first file that are
// for it, and the model's own words about itself from the tests.
func (t *Training) fit(ctx context.Context) (*linear.Model, models.TrainStep, error) {
	step := models.TrainStep{Stage: string(plan.JudgeKind), Step: 1}
	e, err := linear.NewEncoder(t.features())
	if err != nil {
		return nil, step, err
	}
	var examples []linear.Example
	for number, s := range t.sources {
		for i := range s.learn {
			r := e.Encode(s.learn[i].Text)
			r.Index, r.Value = slices.Clone(r.Index), slices.Clone(r.Value)
			examples = append(examples, linear.Example{Row: r, Label: s.learn[i].Label, Weight: 1, Source: number})
		}
	}
	w, err := linear.Fit(ctx, examples, linear.Fitting{Size: t.features().Size(), Sources: len(t.sources), L2: t.plan.L2})
	if err != nil {
		return nil, step, err
	}
	step.Loss, step.Tokens = w.Loss, int64(len(examples))
	step.Scores = t.validate(e, w)
	settings := linear.Settings{Kind: string(t.plan.Kind), Features: t.features(), Contexts: t.contexts()}
	if settings.Scale, settings.Shift, err = t.calibrate(ctx, e, w); err != nil {
		return nil, step, err
	}
	weights := make([]float32, len(w.Table))
	for i, x := range w.Table {
		weights[i] = float32(x)
	}
	m, err := linear.New(settings, weights)
	if err != nil {
		return nil, step, err
	}
	if t.measured, err = t.measureAll(ctx, linearJudging(m), nil); err != nil {
		return nil, step, err
	}
	for _, s := range step.Scores {
		t.measured.ValidationAUC = s.Value
	}
	settings.Known = t.known(t.measured)
	m, err = linear.New(settings, weights)
	return m, step, err
}

// ValidationAUC is a score by which settings can be chosen: the AUC over the texts that calibrate the
// probabilities, which are those of the first file.
const ValidationAUC = "validation AUC"

// validate scores weights on the texts that calibrate; nothing learned them.
func (t *Training) validate(e *linear.Encoder, w *linear.Weights) []models.TrainScore {
	rows := t.sources[0].calibrate
	scores, positive := make([]float64, len(rows)), make([]bool, len(rows))
	for i := range rows {
		scores[i], positive[i] = w.Product(e.Encode(rows[i].Text)), rows[i].Positive()
	}
	auc, ok := stats.AUC(scores, positive)
	if !ok {
		return nil
	}
	return []models.TrainScore{{Name: ValidationAUC, Value: auc, N: len(rows)}}
}

// calibrate fits scale and shift on the first file: its labels are those that probabilities mean. The
// intercepts of the files are not part of the model, since the shift is in their place.
func (t *Training) calibrate(ctx context.Context, e *linear.Encoder, w *linear.Weights) (scale, shift float64, err error) {
	var scores, labels []float64
	for i := range t.sources[0].calibrate {
		r := &t.sources[0].calibrate[i]
		scores = append(scores, w.Product(e.Encode(r.Text)))
		labels = append(labels, r.Label)
	}
	return linear.Calibrate(ctx, scores, labels)
}
