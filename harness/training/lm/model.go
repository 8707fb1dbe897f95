package lm

import (
	"context"

	"assay/harness/leaf/seed"
	"assay/harness/training"
	"assay/harness/training/network"
	"assay/models/bpe"
	"assay/models/gpt"
	"assay/models/train"
	"assay/models/train/ppo"
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

// RewardScore is the mean reward of the model's responses, one to each prompt. They are
// drawn with the same seeds at every step: a [train.Score].
func (m *Model) RewardScore(name string, s *network.Sampler, reward *gpt.Model, prompts [][]int32, first uint64) train.Score {
	return train.Score{Name: name, Higher: true, Of: func(train.Learner) (mean float64, n int, err error) {
		seeds := make([]uint64, len(prompts))
		for i := range seeds {
			seeds[i] = seed.At(first, i)
		}
		var responses []ppo.Response
		m.Averaged(func() { responses, err = s.Sample(context.Background(), prompts, seeds) })
		if err != nil {
			return 0, 0, err
		}
		tokens := make([][]int32, len(prompts))
		for i := range responses {
			tokens[i] = responses[i].Tokens
		}
		scores, err := network.ScoreResponses(reward, m.Tokenizer, prompts, tokens, scoredRows)
		for _, x := range scores {
			mean += x / float64(len(scores))
		}
		return mean, len(scores), err
	}}
}

// Save implements [training.Model].
func (m *Model) Save(dir string) error { return m.Network.Save(dir, m.Tokenizer) }
