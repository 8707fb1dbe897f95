package judge

import (
	"slices"

	"assay/harness/runstore"
	"assay/metrics"
)

// EvaluationFile holds the evaluation of a judge, in its training's folder.
const EvaluationFile = "judge.json"

// Evaluation says how well a judge does on texts that it has not learned.
type Evaluation struct {
	// Test has what was held out of each file of data; Files are the files to measure by.
	Test  []Measured `json:"test"`
	Files []Measured `json:"files,omitempty"`
	// ValidationAUC is that over the texts which calibrate a linear model's probabilities and which no
	// weight learned: settings can be chosen by it. 0 is none.
	ValidationAUC float64 `json:"validation_auc,omitzero"`
	// Speed in texts a second, on so many threads; it is not kept.
	Speed   float64 `json:"-"`
	Threads int     `json:"-"`
}

// Measured are the measurements on one file.
type Measured struct {
	Name     string `json:"name"`
	Texts    int    `json:"texts"`
	Groups   int    `json:"groups"` // independent units of the intervals
	Positive int    `json:"positive"`
	// Estimates have the metrics accuracy and brier, with intervals clustered by group. Majority is the accuracy of always giving the more frequent label.
	Estimates []metrics.Estimate `json:"estimates"`
	Majority  float64            `json:"majority"`
	// CalibrationError is the expected calibration error in ten bins. It has no interval.
	CalibrationError float64    `json:"calibration_error"`
	AUC              *float64   `json:"auc,omitempty"` // nil if the texts have one label only
	Categories       []Category `json:"categories,omitempty"`
	Terms            *Terms     `json:"terms,omitempty"`
}

// Category is a part of a file.
type Category struct {
	Name     string  `json:"name"`
	Texts    int     `json:"texts"`
	Positive int     `json:"positive"`
	Accuracy float64 `json:"accuracy"`
}

// Estimate finds an estimate by its metric.
func (m *Measured) Estimate(metric string) *metrics.Estimate {
	i := slices.IndexFunc(m.Estimates, func(e metrics.Estimate) bool { return e.Metric == metric })
	if i < 0 {
		return nil
	}
	return &m.Estimates[i]
}

// stale reports whether an evaluation is of other files than the plan names.
func (t *Training) stale(e *Evaluation) bool {
	var names, had []string
	for _, s := range t.others {
		names = append(names, s.name)
	}
	for _, m := range e.Files {
		had = append(had, m.Name)
	}
	return !slices.Equal(names, had)
}

// WriteEvaluation writes the file, complete or not at all.
func WriteEvaluation(s runstore.Store, e *Evaluation) error {
	return runstore.WriteJSON(s, EvaluationFile, e)
}

// ReadEvaluation reads the file; nil if there is none.
func ReadEvaluation(s runstore.Store) (*Evaluation, error) {
	return runstore.ReadJSON[Evaluation](s, EvaluationFile)
}
