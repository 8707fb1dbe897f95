// Package rl is the mathematics of learning from human feedback (Ouyang et al. 2022,
// section 3.5 and appendix C), as functions of slices.
//
// A slice of log-probabilities, rewards, values or advantages is that of one response's
// tokens, in their order and through the end-of-text token where there is one
// ([Through]): there is no padding in it, and so there are no masks. Losses come with
// their gradients, added to those that are there and multiplied by a scale, so that a
// mean over a batch takes several calls. Numbers are float32, as models give and take
// them; sums and functions of them are computed in float64.
//
// Slices of different lengths panic. Log-probabilities, KL and entropies are in nats.
package rl

import "fmt"

// mustLen panics unless a slice is as long as the first.
func mustLen(function, name string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("rl: %s: %d of %s where there are %d", function, got, name, want))
	}
}
