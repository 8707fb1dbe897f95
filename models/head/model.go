package head

import (
	"context"
	"fmt"

	"assay/harness/leaf/logistic"
	"assay/harness/leaf/place"
	"assay/models/linear"
	"assay/models/sample"
)

// Model is an open judge. Several goroutines may use it; their texts go through the network together.
type Model struct {
	Settings
	net *sample.Model
}

// New makes a judge of a checkpoint with a scalar head; dir is its folder, for messages.
func New(dir string, s Settings, net *sample.Model) (*Model, error) {
	c := net.Config()
	if !c.ScalarHead {
		return nil, place.Errorf(dir, 0, "the checkpoint has no scalar head, so it gives no probability; name the DIR/model of 'assay train judge'")
	}
	if s.MaxLength > c.MaxPositionEmbeddings {
		return nil, place.Errorf(dir, 0, "%s has max_length %d, but the model's context length is %d; train the judge again", File, s.MaxLength, c.MaxPositionEmbeddings)
	}
	return &Model{s, net}, nil
}

// Score is the network's scalar for a text.
func (m *Model) Score(ctx context.Context, t linear.Text) (float64, error) {
	row, score, got := Tokens(m.net.Tokenizer(), t, m.MaxLength), 0.0, false
	_, err := m.net.Batcher().Do(ctx, sample.Job{Prompt: row}, func(t sample.Token) bool {
		score, got = t.LogProb, true
		return true
	})
	if err == nil && !got {
		err = fmt.Errorf("the network gave no scalar")
	}
	return score, err
}

// Probability is the probability that what the judge knows about holds of a text.
func (m *Model) Probability(ctx context.Context, t linear.Text) (float64, error) {
	score, err := m.Score(ctx, t)
	return logistic.Of(m.Scale*score + m.Shift), err
}
