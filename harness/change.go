package harness

import "errors"

// Change is what a server made necessary: how requests to a model are sent otherwise
// than they are asked. A run keeps it, so that its later requests are sent alike.
type Change struct {
	Model  string `json:"model"`  // fingerprint
	Change string `json:"change"` // in the model's own words
}

// Validate checks the record by itself.
func (c *Change) Validate() error {
	if c.Model == "" || c.Change == "" {
		return errors.New("change without a model or without what was changed")
	}
	return nil
}
