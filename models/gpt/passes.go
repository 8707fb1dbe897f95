package gpt

import (
	"errors"

	"assay/models/compute"
)

// errScalars is returned when a model with a scalar head is used for tokens.
var errScalars = errors.New("the model has a scalar head: it gives no probabilities of tokens")

// Accumulate adds the gradients of the batch's loss, summed over its counted targets and multiplied by scale,
// and returns the sum in nats, without scale. Key determines the dropout.
func (m *Model) Accumulate(b Batch, scale float64, key uint64) (loss float64, err error) {
	if m.config.ScalarHead {
		return 0, errScalars
	}
	return m.Minimise(b, key, compute.NextToken(scale))
}

// Minimise adds the gradients of a loss and returns the loss. The loss is a function of the log-probabilities
// of the batch's targets, or of the scalars at its tokens if the model has a scalar head. Key determines the
// dropout.
func (m *Model) Minimise(b Batch, key uint64, loss compute.Loss) (float64, error) {
	if err := m.check(b, !m.config.ScalarHead); err != nil {
		return 0, err
	}
	g, err := m.graph(training, &b)
	if err != nil {
		return 0, err
	}
	return g.graph.Run(compute.Inputs{Rows: b.Rows, Time: b.Time, Tokens: b.Tokens, Targets: b.Targets, Key: key, Loss: loss})
}

// Evaluate returns the loss in nats, summed over the batch's counted targets, without dropout and without
// gradients.
func (m *Model) Evaluate(b Batch) (loss float64, err error) {
	values, err := m.LogProbs(b)
	for _, v := range values {
		loss -= float64(v)
	}
	return loss, err
}

// LogProbs returns the log-probabilities of the batch's targets in nats, [Rows, Time], 0 where a target is
// negative, without dropout.
func (m *Model) LogProbs(b Batch) ([]float32, error) { return m.ofTokens(numbers, true, b) }

// Logits returns the scores of every possible next token, [Rows, Time, Vocab], without dropout. The batch
// needs no targets.
func (m *Model) Logits(b Batch) ([]float32, error) { return m.ofTokens(logits, false, b) }

// ofTokens runs a graph that ends with a language model's head.
func (m *Model) ofTokens(k kind, targets bool, b Batch) ([]float32, error) {
	if m.config.ScalarHead {
		return nil, errScalars
	}
	if err := m.check(b, targets); err != nil {
		return nil, err
	}
	return m.run(k, b)
}

// Scalars returns the output of a scalar head at each token, [Rows, Time], without dropout. If the batch has
// targets, tokens whose target doesn't count get 0.
func (m *Model) Scalars(b Batch) ([]float32, error) {
	if !m.config.ScalarHead {
		return nil, errors.New("the model has no scalar head")
	}
	if err := m.check(b, false); err != nil {
		return nil, err
	}
	return m.run(numbers, b)
}
