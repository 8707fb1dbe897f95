package ppo

import "assay/models/train"

// begun is a [Learner]'s Minimise that has done its forward pass and waits for its loss, which
// depends on the numbers of that pass. The learner must do nothing else meanwhile. The zero
// begun has not begun.
type begun struct {
	loss  chan Loss
	ended chan error
}

// begin starts it and returns the numbers, in memory that belongs to the learner.
func (u *begun) begin(l Learner, b *train.Batch) ([]float32, error) {
	numbers, loss, ended := make(chan []float32), make(chan Loss), make(chan error, 1)
	go func() {
		ended <- l.Minimise(b, func(now, gradient []float32) float64 {
			numbers <- now
			return (<-loss)(now, gradient)
		})
	}()
	select {
	case now := <-numbers:
		u.loss, u.ended = loss, ended
		return now, nil
	case err := <-ended:
		return nil, err
	}
}

// minimise continues with the loss, or does everything if it has not begun.
func (u *begun) minimise(l Learner, b *train.Batch, loss Loss) error {
	if u.loss == nil {
		return l.Minimise(b, loss)
	}
	u.loss <- loss
	u.loss = nil
	return <-u.ended
}

// abandon ends it, if it has begun, without a gradient.
func (u *begun) abandon() {
	if u.loss != nil {
		_ = u.minimise(nil, nil, func(_, _ []float32) float64 { return 0 }) // nothing is learnt, so an error does not matter
	}
}
