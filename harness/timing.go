package harness

import "assay/models"

// Timing is what may differ between two equal runs: how long a stage took, where and
// when, and what it cost.
type Timing struct {
	Stage   string  `json:"stage"`
	Seconds float64 `json:"seconds"`
	Host    string  `json:"host"`
	Start   string  `json:"start,omitempty"` // RFC 3339; remote models may change later

	Requests int `json:"requests,omitempty"` // sent in this stage; answers from the cache are not counted
	Failed   int `json:"failed,omitempty"`   // of these, failed for good
	Retries  int `json:"retries,omitempty"`
	// Tokens and Dollars count only requests that were answered; the cost of retries is
	// not known.
	Tokens  models.Usage `json:"tokens,omitzero"`
	Dollars float64      `json:"dollars,omitempty"`
}
