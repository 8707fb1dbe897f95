package harness

import "assay/models"

// Timing is what may differ between two equal runs: how long a stage took, where
// and when, and what it cost.
type Timing struct {
	Stage   string  `json:"stage"`
	Seconds float64 `json:"seconds"`
	Host    string  `json:"host"`
	Start   string  `json:"start,omitempty"` // RFC 3339; remote models are as they were then

	Requests int `json:"requests,omitempty"` // sent in this stage; answers from the cache are not counted
	Failed   int `json:"failed,omitempty"`   // of these, given up
	Retries  int `json:"retries,omitempty"`
	// Tokens and Dollars of the requests that were answered; what retries cost a
	// server is not known.
	Tokens  models.Usage `json:"tokens,omitzero"`
	Dollars float64      `json:"dollars,omitempty"`
}
