package training

import (
	"assay/models/bpe"
	"assay/models/gpt"
	"assay/models/train"
)

// LM is a language model with its optimiser and its tokenizer: a [Model]. Where
// the optimiser keeps an average of the weights, that is what is evaluated and
// saved.
type LM struct {
	Network
	Tokenizer *bpe.Tokenizer
}

var (
	_ Model         = (*LM)(nil)
	_ train.Learner = (*LM)(nil)
)

// Accumulate implements [train.Learner].
func (m *LM) Accumulate(b *train.Batch, scale float64, key uint64) (float64, error) {
	return m.Net.Accumulate(gpt.Batch(*b), scale, key)
}

// Evaluate implements [train.Learner].
func (m *LM) Evaluate(b *train.Batch) (loss float64, err error) {
	m.averaged(func() { loss, err = m.Net.Evaluate(gpt.Batch(*b)) })
	return loss, err
}

// Save implements [Model]: the checkpoint last, for without it the folder is none.
func (m *LM) Save(dir string) error {
	if err := m.Tokenizer.Save(dir); err != nil {
		return err
	}
	var err error
	m.averaged(func() { err = m.Net.Save(dir) })
	return err
}
