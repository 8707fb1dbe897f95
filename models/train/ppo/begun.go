package ppo

import "assay/models/train"

// begun is a [Learner]'s Minimise that stands between its forward pass, whose numbers are
// known, and its loss, which isn't yet: what it learns from depends on the numbers. Its
// learner must do nothing else meanwhile. The zero begun hasn't begun.
type begun struct {
	loss  chan Loss
	ended chan error
}

// begin starts, and gives the numbers, which are the learner's memory.
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

// minimise goes on with the loss, or does all of it where it hasn't begun.
func (u *begun) minimise(l Learner, b *train.Batch, loss Loss) error {
	if u.loss == nil {
		return l.Minimise(b, loss)
	}
	u.loss <- loss
	u.loss = nil
	return <-u.ended
}

// abandon ends what has begun, without a gradient.
func (u *begun) abandon() {
	if u.loss != nil {
		_ = u.minimise(nil, nil, func(_, _ []float32) float64 { return 0 }) // whatever it says, nothing is learnt
	}
}
