package training

import (
	"context"

	"assay/harness/leaf/seed"
	"assay/models/bpe"
	"assay/models/gpt"
	"assay/models/train"
	"assay/models/train/ppo"
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

// RewardScore is the mean that a reward model gives to the model's responses, one to each
// prompt, drawn by seeds that are the same at every step: a [train.Score].
func (m *LM) RewardScore(name string, s *Sampler, reward *gpt.Model, prompts [][]int32, first uint64) train.Score {
	return train.Score{Name: name, Higher: true, Of: func(train.Learner) (mean float64, n int, err error) {
		seeds := make([]uint64, len(prompts))
		for i := range seeds {
			seeds[i] = seed.At(first, i)
		}
		var responses []ppo.Response
		m.averaged(func() { responses, err = s.Sample(context.Background(), prompts, seeds) })
		if err != nil {
			return 0, 0, err
		}
		tokens := make([][]int32, len(prompts))
		for i := range responses {
			tokens[i] = responses[i].Tokens
		}
		const rows = 64
		scores, err := ScoreResponses(reward, m.Tokenizer, prompts, tokens, rows)
		for _, x := range scores {
			mean += x / float64(len(scores))
		}
		return mean, len(scores), err
	}}
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
