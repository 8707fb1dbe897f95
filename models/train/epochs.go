package train

import (
	"assay/harness/leaf/seed"
)

// Epochs is the order in which a training goes through N things several times: in each epoch
// every thing comes once, in a new random order. The order depends only on the seed.
type Epochs struct {
	N    int
	Seed uint64

	epoch int
	order []int // of epoch; nil before the first
}

// Steps is how many steps so many epochs take, with batch things a step.
func (e *Epochs) Steps(epochs, batch int) int { return (epochs*e.N + batch - 1) / batch }

// At is the thing at a place in the order of all epochs, from 0.
func (e *Epochs) At(place int) int {
	epoch := place / e.N
	if e.order == nil || e.epoch != epoch {
		e.epoch, e.order = epoch, make([]int, e.N)
		for i := range e.order { // Fisher-Yates, from the front
			k := int(seed.At(e.Seed, epoch, i) % uint64(i+1))
			e.order[i] = e.order[k]
			e.order[k] = i
		}
	}
	return e.order[place%e.N]
}
