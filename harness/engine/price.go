package engine

import (
	"assay/models"
)

// Price is in dollars for a million tokens.
type Price struct {
	Prompt, Completion float64
}

// Of is the price of an answer, in dollars.
func (p Price) Of(u models.Usage) float64 {
	return (p.Prompt*float64(u.Prompt) + p.Completion*float64(u.Completion)) / 1e6
}

// ofAnswer is the price of an answer whose tokens are known, and 0 of another.
func (p Price) ofAnswer(c *models.Completion) float64 {
	if c.Tokens == nil {
		return 0
	}
	return p.Of(*c.Tokens)
}
