package metrics

import (
	"errors"
	"fmt"
	"math"
)

// Judgement is what one judge said of one sampled completion under one metric.
// All fields but Value, Missing and the marks are its key. Exactly one of Value and Missing
// is set.
type Judgement struct {
	Suite     string `json:"suite"`
	Example   string `json:"example"`             // id of the example, the unit of pairing and clustering
	Condition string `json:"condition,omitempty"` // prompt type
	Model     string `json:"model"`
	Baseline  string `json:"baseline,omitempty"` // the opponent, where the judgement is a preference
	Sample    int    `json:"sample,omitempty"`   // which draw of the completion
	Metric    string `json:"metric"`
	Judge     string `json:"judge"`
	Labeler   string `json:"labeler,omitempty"` // the person, where a judge is several people
	Order     string `json:"order,omitempty"`   // order of presentation, where a preference was asked in both

	// Mark says what kind of answer was judged, where it is no ordinary one, and
	// BaselineMark the same of the baseline's.
	Mark         Mark `json:"mark,omitempty"`
	BaselineMark Mark `json:"baseline_mark,omitempty"`

	// Value is the measurement as the judge gave it: one number, or the vector of
	// sufficient statistics that the metric sums (BLEU's n-gram counts).
	Value []float64 `json:"value,omitempty"`
	// Missing says why there is no value.
	Missing string `json:"missing,omitempty"`
}

// Scored reports whether the judge gave a value.
func (j *Judgement) Scored() bool { return j.Missing == "" }

// Validate checks the record by itself: key fields present, finite values, and
// exactly one of Value and Missing.
func (j *Judgement) Validate() error {
	switch {
	case j.Suite == "":
		return errors.New("judgement without a suite")
	case j.Example == "":
		return errors.New("judgement without an example")
	case j.Model == "":
		return errors.New("judgement without a model")
	case j.Metric == "":
		return errors.New("judgement without a metric")
	case j.Missing == "" && len(j.Value) == 0:
		return errors.New("judgement with neither a value nor a reason for its absence")
	case j.Missing != "" && len(j.Value) != 0:
		return errors.New("judgement with both a value and a reason for its absence")
	}
	if !j.Mark.known() || !j.BaselineMark.known() {
		return fmt.Errorf("judgement with the mark %q, baseline's %q; marks are %q", j.Mark, j.BaselineMark, marks)
	}
	for i, v := range j.Value {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("judgement with value[%d] = %v", i, v)
		}
	}
	return nil
}
