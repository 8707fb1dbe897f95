package rl

import "math"

// Entropy is that of the softmax of logits, in nats: of the whole distribution of one
// token, where the mean of -log-probability over drawn tokens is only an estimate.
func Entropy(logits []float32) float64 {
	top := math.Inf(-1)
	for _, x := range logits {
		top = max(top, float64(x))
	}
	var sum, weighted float64
	for _, x := range logits {
		d := float64(x) - top
		e := math.Exp(d)
		sum += e
		if e > 0 { // a logit of -Inf adds nothing
			weighted += e * d
		}
	}
	return math.Log(sum) - weighted/sum
}

// KLControl moves the coefficient beta of the KL penalty so that the divergence nears a
// target (Ziegler et al., arXiv:1909.08593, section 2.2). Without a Horizon beta is fixed,
// as in Ouyang et al. 2022.
type KLControl struct {
	Beta    float64
	Target  float64 // mean sum of K1 over a response, in nats
	Horizon float64 // responses
}

// AdaptiveKL is the controller with the settings of lm-human-preferences.
func AdaptiveKL() KLControl { return KLControl{Beta: 0.15, Target: 6, Horizon: 10_000} }

// mostError bounds the relative error that the controller acts on.
const mostError = 0.2

// Update moves beta after so many responses whose mean divergence was kl.
func (c *KLControl) Update(kl float64, responses int) {
	if c.Horizon == 0 {
		return
	}
	off := min(max(kl/c.Target-1, -mostError), mostError)
	c.Beta *= 1 + off*float64(responses)/c.Horizon
}
