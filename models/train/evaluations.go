package train

import "slices"

// Evaluations says after which steps a training is scored. The last step always is.
type Evaluations struct {
	ScoreEvery int   // steps; 0 for none before the last
	EpochEnds  []int // the last step of each epoch, ascending, if each is scored; see [Pool.EpochEnds]
}

// At reports whether a step, of so many, is scored, and the number of the epoch that it ends,
// from 1; 0 if epochs aren't scored.
func (e *Evaluations) At(step, steps int) (scored bool, epoch int) {
	for i, end := range e.EpochEnds {
		if end == step {
			epoch = i + 1 // the last of several short epochs that one step ends
		}
	}
	return epoch > 0 || step == steps || e.ScoreEvery > 0 && step%e.ScoreEvery == 0, epoch
}

// Count is how many of so many steps are scored.
func (e *Evaluations) Count(steps int) int {
	n := 0
	for step := 1; step <= steps; step++ {
		if scored, _ := e.At(step, steps); scored {
			n++
		}
	}
	return n
}

// EpochEnds is the last step of each epoch that ends within so many steps. Where the number
// of examples is no multiple of a step's, an epoch's last step also begins the next.
func (p *Pool[T]) EpochEnds(steps int) []int {
	var ends []int
	for epoch := 1; p.Steps(epoch) <= steps; epoch++ {
		ends = append(ends, p.Steps(epoch))
	}
	return slices.Clip(ends)
}
