package metrics

import (
	"errors"
	"fmt"
	"math"
)

// Judgement is one judge's result for one sampled completion under one metric. All fields
// except Value, Missing and the marks are its key. Exactly one of Value and Missing is set.
type Judgement struct {
	Suite     string `json:"suite"`
	Example   string `json:"example"`             // id of the example, the unit of pairing and clustering
	Condition string `json:"condition,omitempty"` // prompt type
	Model     string `json:"model"`
	Baseline  string `json:"baseline,omitempty"` // the opponent, if the judgement is a preference
	Sample    int    `json:"sample,omitempty"`   // which draw of the completion
	Metric    string `json:"metric"`
	Judge     string `json:"judge"`
	Labeler   string `json:"labeler,omitempty"` // the person, if the judge is several people
	Order     string `json:"order,omitempty"`   // order of presentation, if a preference was judged in both

	// Mark says which kind of answer was judged, if it is not ordinary, and BaselineMark the
	// same of the baseline's answer.
	Mark         Mark `json:"mark,omitempty"`
	BaselineMark Mark `json:"baseline_mark,omitempty"`

	// Probability is that with which the answer was drawn to be judged, such as by people; 1
	// means that all answers were. 0 means that it is not recorded.
	Probability float64 `json:"probability,omitzero"`

	// Learned says that the judge was trained on this answer, and so knows its labels.
	Learned bool `json:"learned,omitzero"`

	// Value is the judge's measurement, unchanged: one number, or the vector of sufficient
	// statistics that the metric sums (BLEU's n-gram counts).
	Value []float64 `json:"value,omitempty"`
	// Orders has the two verdicts of a preference that was judged in both orders of presentation:
	// the value with the model's answer first, and the value with the baseline's answer first. Nil
	// means that it was judged in one order, or that the orders are not recorded.
	Orders []float64 `json:"orders,omitempty"`
	// Missing says why there is no value.
	Missing string `json:"missing,omitempty"`

	// Answer is the part of the completion that was judged, if a part was extracted.
	Answer string `json:"answer,omitempty"`
}

// Scored reports whether the judge gave a value.
func (j *Judgement) Scored() bool { return j.Missing == "" }

// Validate checks the record on its own: key fields present, finite values, and
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
	case !(j.Probability >= 0 && j.Probability <= 1):
		return fmt.Errorf("judgement with probability %v; it must be above 0 and at most 1", j.Probability)
	case j.Orders != nil && (len(j.Orders) != 2 || j.Missing != "" || j.Baseline == ""):
		return fmt.Errorf("judgement with the orders %v; a preference with a value has two, and nothing else has any", j.Orders)
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
	for i, v := range j.Orders {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("judgement with orders[%d] = %v", i, v)
		}
	}
	return nil
}

// Repeat is a judgement of an answer that a judge was asked about again with the same requests, to
// see whether it says the same. It counts nowhere else.
type Repeat struct {
	Draw      int       `json:"draw"` // from 1; the judgement among the others is draw 0
	Judgement Judgement `json:"judgement"`
}

// Validate checks the record on its own.
func (r *Repeat) Validate() error {
	if r.Draw < 1 {
		return fmt.Errorf("repeat with draw %d; the first is 1", r.Draw)
	}
	return r.Judgement.Validate()
}
