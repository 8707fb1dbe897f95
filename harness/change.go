package harness

import "errors"

// Change is a change to requests that a server made necessary. A run keeps it, so that it
// sends later requests in the same way.
type Change struct {
	Model  string `json:"model"`  // fingerprint
	Change string `json:"change"` // as the model describes it ([models.Sender])
}

// Validate checks the record on its own.
func (c *Change) Validate() error {
	if c.Model == "" || c.Change == "" {
		return errors.New("change without a model or without what was changed")
	}
	return nil
}
