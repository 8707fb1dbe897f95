// Package rl is the mathematics of learning from human feedback (Ouyang et al. 2022,
// section 3.5 and appendix C), as functions of slices.
//
// A slice of log-probabilities, rewards, values or advantages has a number for each token of
// one response, in order, up to and including the end-of-text token if there is one
// ([Through]). It has no padding, so there are no masks. Losses also compute their gradients,
// multiply them by a scale and add them to the given ones, so that a mean over a batch takes
// several calls. Numbers are float32, like those of models; sums and functions of them are
// computed in float64.
//
// Slices of different lengths panic. Log-probabilities, KL and entropies are in nats.
package rl

import "fmt"

// mustLen panics unless a slice is as long as the first.
func mustLen(function, name string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("rl: %s: %d of %s, want %d", function, got, name, want))
	}
}
