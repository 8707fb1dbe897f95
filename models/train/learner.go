package train

import (
	"assay/models"
)

// Batch is a rectangle of tokens with the token that should follow each.
type Batch struct {
	Tokens  []int32 // [Rows, Time]
	Targets []int32 // [Rows, Time]; a negative target does not count
	Rows    int
	Time    int
}

// Resize makes room for rows x time tokens, whose values are undefined.
func (b *Batch) Resize(rows, time int) {
	b.Rows, b.Time = rows, time
	n := rows * time
	if cap(b.Tokens) < n {
		b.Tokens, b.Targets = make([]int32, n), make([]int32, n)
	}
	b.Tokens, b.Targets = b.Tokens[:n], b.Targets[:n]
}

// Counted is the number of targets that count.
func (b *Batch) Counted() int {
	n := 0
	for _, t := range b.Targets {
		if t >= 0 {
			n++
		}
	}
	return n
}

// Learner is a language model that can be trained. It is not safe for concurrent
// use.
type Learner interface {
	// Accumulate adds the gradients of the batch's summed loss over its counted tokens,
	// times scale, and returns the sum in nats, unscaled. Dropout is drawn from key.
	Accumulate(b *Batch, scale float64, key uint64) (loss float64, err error)
	// Update clips the gradients, takes one step of the optimiser and zeroes them. It
	// returns their global norm before clipping.
	Update(learningRate float64) (norm float64, err error)
	// Evaluate returns the loss summed over the batch's counted tokens, without dropout and without
	// gradients.
	Evaluate(b *Batch) (loss float64, err error)
}

// Score measures a learner between steps. It gives a number, or several by name.
type Score func(Learner) ([]models.TrainScore, error)
