package train

import (
	"assay/harness/leaf/seed"
)

// Epochs is an order in which a training goes through N things again and again: each
// comes once before any comes again, every time in another order. It hangs on the seed
// alone.
type Epochs struct {
	N    int
	Seed uint64

	epoch int
	order []int // of epoch; nil before the first
}

// Steps is how many steps of so many things go through all of them so many times.
func (e *Epochs) Steps(epochs, batch int) int { return (epochs*e.N + batch - 1) / batch }

// At is the thing at a place, from 0, in the order of all epochs.
func (e *Epochs) At(place int) int {
	epoch := place / e.N
	if e.order == nil || e.epoch != epoch {
		e.epoch, e.order = epoch, make([]int, e.N)
		for i := range e.order { // Fisher and Yates, from the front
			k := int(seed.At(e.Seed, epoch, i) % uint64(i+1))
			e.order[i] = e.order[k]
			e.order[k] = i
		}
	}
	return e.order[place%e.N]
}
