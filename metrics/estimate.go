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

// Estimate is what may be said of one metric of one model under one condition.
type Estimate struct {
	Suite     string `json:"suite"`
	Metric    string `json:"metric"`
	Model     string `json:"model"`
	Condition string `json:"condition"`
	// Baseline is the opponent, where the metric is a preference over one.
	Baseline string `json:"baseline,omitempty"`

	// Interval is nil when nothing was scored: there is no number then, not 0.
	*Interval  `json:",inline"`
	Confidence float64 `json:"confidence"`
	Method     string  `json:"method"`
	N          int     `json:"n"`        // judgements scored
	Clusters   int     `json:"clusters"` // independent ones among them: examples, or what groups those
	Unscored   int     `json:"unscored"` // judgements attempted without a value
	// Answers counts what was judged, and Opponent the baseline's answers, where the metric
	// is a preference over one. Nil where the run recorded no marks.
	Answers  *Answers `json:"answers,omitempty"`
	Opponent *Answers `json:"opponent_answers,omitempty"`
	// WorstCase bounds the point over every value the unscored judgements could
	// have had: the metric's full range where nothing was scored. Nil when all
	// is scored, or the metric is no plain mean.
	WorstCase *Bounds  `json:"worst_case,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
}
