package metrics

// Comparison is the paired difference of two models on the examples that both
// have judgements for: Model (the second argument) minus Baseline (the first).
type Comparison struct {
	Suite     string `json:"suite"`
	Metric    string `json:"metric"`
	Condition string `json:"condition"`
	Baseline  string `json:"baseline"`
	Model     string `json:"model"`

	// First and Second are the two points on the paired examples alone.
	First  float64 `json:"first"`
	Second float64 `json:"second"`
	// Interval holds the difference. Nil when nothing could be paired.
	*Interval  `json:",inline"`
	Confidence float64 `json:"confidence"`
	Method     string  `json:"method"` // of the interval
	Test       string  `json:"test"`   // of P
	P          float64 `json:"p"`
	PAdjusted  float64 `json:"p_adjusted"` // over the family, by Adjustment
	Adjustment string  `json:"adjustment"`
	Family     int     `json:"family"` // comparisons adjusted over
	// Detectable is the smallest true difference that a study of this size finds
	// with 80% power at two-sided 5%. 0 means unknown, as of one pair.
	Detectable float64 `json:"detectable"`

	N        int    `json:"n"`        // examples in common: pairs of judgements, or of their means
	Clusters int    `json:"clusters"` // of those, by which errors are clustered
	Unpaired [2]int `json:"unpaired"` // examples scored on one side only: first, second
	Unscored [2]int `json:"unscored"` // judgements without a value: first, second
	// The answers of each side; nil where its run recorded no marks.
	AnswersFirst  *Answers `json:"answers_first,omitempty"`
	AnswersSecond *Answers `json:"answers_second,omitempty"`

	Verdict  Verdict  `json:"verdict"`
	Warnings []string `json:"warnings,omitempty"`
}

// Verdict is what a comparison or a gate concludes.
type Verdict string

const (
	// Of a comparison without a margin, at 5% over the family.
	Better    Verdict = "better"
	Worse     Verdict = "worse"
	Undecided Verdict = "undecided"
	// Differs: they do, and of the metric neither way is better.
	Differs Verdict = "differs"

	// Of a gate: a test of non-inferiority by a margin.
	Pass         Verdict = "pass"
	Regress      Verdict = "regress"
	Inconclusive Verdict = "inconclusive"
	// NotAttempted: the gate names work that one of the runs never did.
	NotAttempted Verdict = "not attempted"
)

// Gate asks that a metric be no worse than the baseline's by more than Margin.
type Gate struct {
	Suite     string  `json:"suite"`
	Metric    string  `json:"metric"`
	Condition string  `json:"condition"`
	Margin    float64 `json:"margin"` // in the metric's units, above 0
}

// GateResult is a gate's verdict with the bounds that gave it. With d the
// difference turned so that up is better, Lower and Upper are the one-sided
// bounds of d at the level that the family's adjustment left to this gate.
type GateResult struct {
	Gate       `json:",inline"`
	Difference float64 `json:"difference"` // turned so that up is better
	Lower      float64 `json:"lower"`
	Upper      float64 `json:"upper"`
	Level      float64 `json:"level"` // one-sided alpha after adjustment
	N          int     `json:"n"`
	Verdict    Verdict `json:"verdict"`
	// Reason says why the gate was not attempted, or what was left out of it.
	Reason string `json:"reason,omitempty"`
}
