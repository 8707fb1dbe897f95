package corpus

import (
	"fmt"

	"assay/harness/leaf/plural"
	"assay/harness/leaf/seed"
	"assay/models/train"
)

// Windows draws batches of windows of the tokens with replacement, as nanoGPT does. A window
// may begin anywhere. Every target is the next token.
type Windows struct {
	Tokens *Tokens
	Rows   int
	Time   int
	Seed   uint64
}

// Check returns an error if a window doesn't fit.
func (w *Windows) Check() error {
	if w.Tokens.Len() <= w.Time {
		return fmt.Errorf("the text has %s, but one row needs %d: %d to read, and the token after them to predict; give more text, or a shorter max_length", plural.Of(w.Tokens.Len(), "token"), w.Time+1, w.Time)
	}
	return nil
}

// Batch draws the batch of a step and part: a [train.Batches].
func (w *Windows) Batch(step, part int, b *train.Batch) error {
	b.Resize(w.Rows, w.Time)
	row := make([]int32, w.Time+1)
	starts := uint64(w.Tokens.Len() - w.Time)
	for r := range w.Rows {
		draw := seed.At(w.Seed, step, part, r)
		if err := w.Tokens.Read(row, int(draw%starts)); err != nil {
			return err
		}
		copy(b.Tokens[r*w.Time:], row[:w.Time])
		copy(b.Targets[r*w.Time:], row[1:])
	}
	return nil
}

// Cover cuts the tokens into consecutive windows, in batches of at most rows windows. Each
// token after the first is predicted once. A last window that is shorter is in a batch of its
// own. Most bounds the number of predicted tokens; 0 for all. The loss on held-out text is
// measured with it.
func Cover(t *Tokens, rows, time, most int, yield func(*train.Batch) error) error {
	predicted := t.Len() - 1
	if most > 0 {
		predicted = min(predicted, most)
	}
	var b train.Batch
	for at := 0; at < predicted; {
		length := min(time, predicted-at)
		n := min(rows, (predicted-at)/length)
		b.Resize(n, length)
		row := make([]int32, length+1)
		for r := range n {
			if err := t.Read(row, at); err != nil {
				return err
			}
			copy(b.Tokens[r*length:], row[:length])
			copy(b.Targets[r*length:], row[1:])
			at += length
		}
		if err := yield(&b); err != nil {
			return err
		}
	}
	return nil
}
