package lm

import (
	"assay/harness/training"
	"assay/harness/training/network"
	"assay/models/bpe"
	"assay/models/gpt"
	"assay/models/train"
)

// Model is a language model with its optimiser and its tokenizer: a [training.Model]. If the
// optimiser keeps an average of the weights, the average is evaluated and saved.
type Model struct {
	network.Network
	Tokenizer *bpe.Tokenizer
}

var (
	_ training.Model = (*Model)(nil)
	_ train.Learner  = (*Model)(nil)
)

// Accumulate implements [train.Learner].
func (m *Model) Accumulate(b *train.Batch, scale float64, key uint64) (float64, error) {
	return m.Net.Accumulate(gpt.Batch(*b), scale, key)
}

// Evaluate implements [train.Learner].
func (m *Model) Evaluate(b *train.Batch) (loss float64, err error) {
	m.Averaged(func() { loss, err = m.Net.Evaluate(gpt.Batch(*b)) })
	return loss, err
}

// Save implements [training.Model].
func (m *Model) Save(dir string) error { return m.Network.Save(dir, m.Tokenizer) }
