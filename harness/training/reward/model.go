package reward

import (
	"fmt"
	"slices"

	"assay/harness/training"
	"assay/harness/training/network"
	"assay/models/bpe"
	"assay/models/checkpoint"
	"assay/models/gpt"
	"assay/models/train/reward"
)

// Model is a network with a scalar head, its optimiser and its tokenizer: a
// [training.Model]. If the optimiser keeps an average of the weights, the average is
// evaluated and saved.
type Model struct {
	network.Network
	Tokenizer *bpe.Tokenizer
	// Demonstrations are texts, each with the token that ends it. What is saved gives them
	// rewards of mean 0 (Ouyang et al. 2022, section 3.5). Without any it is saved as it is.
	Demonstrations [][]int32
	Rows           int // demonstrations that are scored at a time
}

var (
	_ training.Model = (*Model)(nil)
	_ reward.Learner = (*Model)(nil)
)

// Accumulate implements [reward.Learner].
func (m *Model) Accumulate(b *reward.Batch, key uint64, loss func(rewards, gradient []float32) float64) error {
	at := make([]float32, b.Rows)
	slopes := make([]float32, b.Rows)
	_, err := m.Net.Minimise(ends(b), key, func(values, gradient []float32) float64 {
		for r, end := range b.Ends {
			at[r] = values[end]
		}
		sum := loss(at, slopes)
		for r, end := range b.Ends {
			gradient[end] = slopes[r]
		}
		return sum
	})
	return err
}

// ends requests numbers only at the rows' ends.
func ends(b *reward.Batch) gpt.Batch {
	targets := make([]int32, len(b.Tokens))
	for i := range targets {
		targets[i] = -1
	}
	for _, end := range b.Ends {
		targets[end] = 0
	}
	return gpt.Batch{Tokens: b.Tokens, Targets: targets, Rows: b.Rows, Time: b.Time}
}

// Rewards implements [reward.Learner].
func (m *Model) Rewards(b *reward.Batch) (rewards []float32, err error) {
	m.Averaged(func() { rewards, err = Rewards(m.Net, b) })
	return rewards, err
}

// Rewards are what a network with a scalar head gives at the ends of a batch's rows.
func Rewards(net *gpt.Model, b *reward.Batch) ([]float32, error) {
	values, err := net.Scalars(ends(b))
	if err != nil {
		return nil, err
	}
	rewards := make([]float32, b.Rows)
	for r, end := range b.Ends {
		rewards[r] = values[end]
	}
	if at := checkpoint.NonFinite(rewards); at >= 0 {
		return nil, fmt.Errorf("the reward of row %d is %v, no finite number: the reward model has diverged", at+1, rewards[at])
	}
	return rewards, nil
}

// Save implements [training.Model]: shifted, the checkpoint last.
func (m *Model) Save(dir string) error {
	if err := m.Tokenizer.Save(dir); err != nil {
		return err
	}
	var err error
	m.Averaged(func() { err = m.saveShifted(dir) })
	return err
}

func (m *Model) saveShifted(dir string) error {
	if len(m.Demonstrations) == 0 {
		return m.Net.Save(dir)
	}
	scores, err := network.Score(m.Net, m.Demonstrations, m.Rows)
	if err != nil {
		return err
	}
	var sum float64
	for _, s := range scores {
		sum += s
	}
	bias := m.Net.Params().Get(checkpoint.FinalNormBias).Value
	kept := slices.Clone(bias)
	defer copy(bias, kept) // the training continues with the learnt bias
	if err := m.Net.ShiftScalars(-sum / float64(len(scores))); err != nil {
		return err
	}
	return m.Net.Save(dir)
}
