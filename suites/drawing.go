package suites

// Drawing is a figure of a suite beside its [Plot], with panels of several metrics.
type Drawing struct {
	ID     string  `json:"id"` // in file names, after the suite's name
	Title  string  `json:"title"`
	Panels []Panel `json:"panels"`
	By     string  `json:"by,omitempty"` // a field whose values have panels of their own, as in --by; "" for none
	Mark   Mark    `json:"mark"`
}

// Panel shows one metric by model.
type Panel struct {
	Metric    string  `json:"metric"`
	Title     string  `json:"title,omitempty"`     // "" is the metric's
	Opposite  bool    `json:"opposite,omitempty"`  // shows the share without what the metric counts
	Reference float64 `json:"reference,omitempty"` // as in [Plot]
}
