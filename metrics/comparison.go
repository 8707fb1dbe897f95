package metrics

// Comparison is the paired difference of two models on the examples that both have
// judgements for: Model (the second argument) minus Baseline (the first).
type Comparison struct {
	Suite     string `json:"suite"`
	Metric    string `json:"metric"`
	Condition string `json:"condition"`
	Baseline  string `json:"baseline"`
	Model     string `json:"model"`

	// Even is true if the model was judged against the baseline itself, as in a win rate over
	// it. First is then the metric's Even.
	Even bool `json:"even,omitempty"`
	// First and Second are the two points, on the paired examples only. If there is no interval,
	// they are known only if PointsAlone is true; otherwise 0 stands for nothing.
	First       float64 `json:"first"`
	Second      float64 `json:"second"`
	PointsAlone bool    `json:"points_alone,omitempty"`
	// Interval is that of the difference; nil if nothing could be paired, or if the pairs give none (see Warnings).
	*Interval  `json:",inline"`
	Confidence float64 `json:"confidence"`
	Method     string  `json:"method"` // of the interval
	Test       string  `json:"test"`   // of P
	P          float64 `json:"p"`
	PAdjusted  float64 `json:"p_adjusted"` // over the family, by Adjustment
	Adjustment string  `json:"adjustment"`
	Family     int     `json:"family"` // comparisons adjusted over
	// Detectable is the smallest true difference that a study of this size finds with 80% power
	// by Test at two-sided 5%. DetectableFamily is the same at Bonferroni's level for Family.
	// 0 means that it is unknown, as for one pair, or that no difference would be found.
	Detectable       float64 `json:"detectable"`
	DetectableFamily float64 `json:"detectable_family"`
	// EquivalentWithin is the smallest margin within which the two models are equivalent by two
	// one-sided tests at 5% (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657): the larger
	// distance from 0 of the difference's one-sided 95% bounds. 0 if there is no interval.
	EquivalentWithin float64 `json:"equivalent_within"`

	N        int `json:"n"`        // examples in common: pairs of judgements, or of their means
	Clusters int `json:"clusters"` // clusters of these examples
	// Judged is the number of examples that a judge scored on both sides, if the comparison
	// joins its values with people's labels; N is then the number with labels.
	Judged   int    `json:"judged,omitzero"`
	Unpaired [2]int `json:"unpaired"` // examples scored on one side only: first, second
	Unscored [2]int `json:"unscored"` // judgements without a value: first, second
	// The answers of each side; nil if its run recorded no marks.
	AnswersFirst  *Answers `json:"answers_first,omitempty"`
	AnswersSecond *Answers `json:"answers_second,omitempty"`
	// AnswersDiffer says that the sides' shares of cut, empty, filtered or failed answers
	// differ so much that the difference may come from that.
	AnswersDiffer bool `json:"answers_differ,omitempty"`

	Verdict  Verdict  `json:"verdict"`
	Warnings []string `json:"warnings,omitempty"`
}

// Verdict is the conclusion of a comparison or a gate.
type Verdict string

const (
	// Verdicts of a comparison, at 5% over the family.
	Better    Verdict = "better"
	Worse     Verdict = "worse"
	Undecided Verdict = "undecided"
	// Differs: a significant difference in a metric with no better direction.
	// It is also the verdict of a gate of equivalence: a difference of more than the margin is
	// certain.
	Differs Verdict = "differs"

	// Verdicts of a gate, which tests for non-inferiority by a margin, or for equivalence. The
	// first that applies is used; see infer.Decide.
	Pass         Verdict = "pass"    // a loss of the margin or more is ruled out
	Regress      Verdict = "regress" // significantly worse by more than the margin
	Loss         Verdict = "loss"    // significantly worse, but perhaps not by more than the margin
	Inconclusive Verdict = "inconclusive"
	// NotAttempted: one of the runs didn't measure what the gate is on.
	NotAttempted Verdict = "not attempted"
)

// Gate requires that a metric is not worse than the baseline's by more than Margin, or with
// Equivalent that it is neither worse nor better by more.
type Gate struct {
	Suite     string  `json:"suite"`
	Metric    string  `json:"metric"`
	Condition string  `json:"condition"`
	Margin    float64 `json:"margin"` // in the metric's units, above 0
	// Equivalent asks for equivalence, by two one-sided tests at 5%.
	Equivalent bool `json:"equivalent,omitempty"`
	// Unscored says how pairs without a value count: "" requires a pass even if all are at their
	// worst, [UnscoredIgnored] leaves them out.
	Unscored string `json:"unscored,omitempty"`

	File string `json:"-"` // where the gate is written, for errors; "" if unknown
	Line int    `json:"-"`
}

// UnscoredIgnored leaves pairs without a value out of a gate.
const UnscoredIgnored = "ignore"

// GateResult is a gate's verdict with the bounds that it is based on.
type GateResult struct {
	Gate     `json:",inline"`
	Baseline string `json:"baseline"`
	Model    string `json:"model"`
	// GateBounds is nil if the comparison has no interval.
	*GateBounds `json:",inline"`
	N           int     `json:"n"`
	Verdict     Verdict `json:"verdict"`
	// Within marks a pass with a significant loss: the margin permits it.
	Within bool `json:"certain_loss_within_margin,omitempty"`
	// Needed says at which n the gate would be decided: a number, "more than" a number, or
	// "none: " and why. It is empty where it is unknown, as for a decided gate with errors
	// clustered by labeler.
	Needed string `json:"n_needed,omitempty"`
	// Reason says why the gate was not attempted, why it does not pass, or what it leaves
	// out.
	Reason string `json:"reason,omitempty"`
}

// GateBounds are a gate's bounds on the difference, with its sign chosen so that higher is
// better.
type GateBounds struct {
	Difference float64 `json:"difference"`
	// Lower is the one-sided bound at 5%. If it is above minus the margin, the gate passes. A
	// pass needs no adjustment, since all gates must pass (intersection-union).
	Lower float64 `json:"lower"`
	// Upper is the one-sided bound at Level. If it is below minus the margin, the verdict is
	// regress; if it is below 0, the loss is significant.
	Upper float64 `json:"upper"`
	Level float64 `json:"level"` // one-sided alpha of Upper, by Holm over the gates
	// Worst is Lower with every unscored pair at its worst; nil if every pair is scored or the
	// metric has no range.
	Worst *float64 `json:"worst,omitempty"`
	// Best is the one-sided bound at 5% on the other side, with every unscored pair at its best,
	// of a gate of equivalence.
	Best *float64 `json:"best,omitempty"`
	// P is the p-value of the two one-sided tests of a gate of equivalence: the larger one.
	P *float64 `json:"p,omitempty"`
	// Open counts the pairs without a value on some side. An example that a side never got is
	// not a pair.
	Open int `json:"unscored_pairs"`
}
