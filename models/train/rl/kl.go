package rl

// KLControl changes the coefficient beta of the KL penalty so that the divergence approaches
// a target (Ziegler et al., arXiv:1909.08593, section 2.2). Without a Horizon beta is fixed,
// as in Ouyang et al. 2022.
type KLControl struct {
	Beta    float64
	Target  float64 // mean sum of K1 over a response, in nats
	Horizon float64 // responses
}

// mostError bounds the relative error that the controller uses.
const mostError = 0.2

// Update changes beta after so many responses, whose mean divergence was kl.
func (c *KLControl) Update(kl float64, responses int) {
	if c.Horizon == 0 {
		return
	}
	off := min(max(kl/c.Target-1, -mostError), mostError)
	c.Beta *= 1 + off*float64(responses)/c.Horizon
}
