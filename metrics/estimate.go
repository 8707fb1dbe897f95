package metrics

// Confidence is the level of every interval that assay prints.
const Confidence = 0.95

// Interval is a point with its standard error and its confidence interval.
type Interval struct {
	Point float64 `json:"point"`
	SE    float64 `json:"se"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
}

// Bounds is a closed range.
type Bounds struct {
	Lo float64 `json:"lo"`
	Hi float64 `json:"hi"`
}

// Corrected is a judge's share of yes, corrected by its errors on the answers that people labelled
// (Rogan and Gladen 1978), with its 95% interval.
type Corrected struct {
	Point       float64 `json:"point"`
	Lo          float64 `json:"lo"`
	Hi          float64 `json:"hi"`
	Sensitivity float64 `json:"sensitivity"` // share of people's yes to which the judge says yes
	Specificity float64 `json:"specificity"` // share of people's no to which the judge says no
}

// Estimate is what can be claimed about one metric of one model under one condition.
type Estimate struct {
	Suite     string `json:"suite"`
	Metric    string `json:"metric"`
	Model     string `json:"model"`
	Condition string `json:"condition"`
	// Baseline is the opponent, if the metric is a preference over one.
	Baseline string `json:"baseline,omitempty"`

	// Interval is nil if there is no interval. There is then no number either, not 0, unless
	// Alone has it.
	*Interval `json:",inline"`
	// Alone is the point of scored judgements that have no interval: the metric has no bounds,
	// and all values are equal or there is only one unit. Nil otherwise.
	Alone      *float64 `json:"point_alone,omitempty"`
	Confidence float64  `json:"confidence"`
	Method     string   `json:"method"`
	N          int      `json:"n"`        // judgements scored
	Clusters   int      `json:"clusters"` // independent units: examples, or clusters of them
	// Judged is the number of answers that a judge scored, if the estimate joins its values with
	// the N labels that people gave.
	Judged int `json:"judged,omitzero"`
	// Corrected is a second number beside such an estimate, where labels and judge say yes or no.
	// Nothing is compared or gated by it.
	Corrected *Corrected `json:"corrected,omitempty"`
	Unscored  int        `json:"unscored"` // judgements without a value
	// Answers counts the answers that were judged, and Opponent the baseline's answers, if the
	// metric is a preference over one. Nil if the run recorded no marks.
	Answers  *Answers `json:"answers,omitempty"`
	Opponent *Answers `json:"opponent_answers,omitempty"`
	// WorstCase bounds the point over all values that the unscored judgements could have: the
	// metric's full range if nothing was scored. Nil if everything is scored, or the metric is
	// not a plain mean.
	WorstCase *Bounds  `json:"worst_case,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
}
