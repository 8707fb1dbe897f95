package gpt

import (
	"errors"

	"assay/models/compute"
)

// errScalars is what asking a model with a scalar head for tokens gives.
var errScalars = errors.New("the model has a scalar head: it gives no probabilities of tokens")

// Accumulate adds to the gradients those of the batch's summed loss over its counted
// targets, times scale, and returns that sum in nats, unscaled. Dropout is drawn from
// key.
func (m *Model) Accumulate(b Batch, scale float64, key uint64) (loss float64, err error) {
	if m.config.ScalarHead {
		return 0, errScalars
	}
	return m.Minimise(b, key, compute.NextToken(scale))
}

// Minimise adds to the gradients those of a loss, which it returns: a function of the
// log-probabilities of the batch's targets, or of the scalars at its tokens if the
// model has a scalar head. Dropout is drawn from key.
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

// Evaluate is the summed loss over the batch's counted targets in nats, without dropout
// and without gradients.
func (m *Model) Evaluate(b Batch) (loss float64, err error) {
	values, err := m.LogProbs(b)
	for _, v := range values {
		loss -= float64(v)
	}
	return loss, err
}

// LogProbs are the log-probabilities of the batch's targets in nats, [Rows, Time], 0
// where a target is negative, without dropout.
func (m *Model) LogProbs(b Batch) ([]float32, error) {
	if m.config.ScalarHead {
		return nil, errScalars
	}
	if err := m.check(b, true); err != nil {
		return nil, err
	}
	return m.run(numbers, b)
}

// Logits are the scores of every next token, [Rows, Time, Vocab], without dropout. The
// batch needs no targets.
func (m *Model) Logits(b Batch) ([]float32, error) {
	if m.config.ScalarHead {
		return nil, errScalars
	}
	if err := m.check(b, false); err != nil {
		return nil, err
	}
	return m.run(logits, b)
}

// Scalars are what a model with a scalar head gives at each token, [Rows, Time],
// without dropout: all of them in a batch without targets, and otherwise those whose target
// counts, and 0 elsewhere.
func (m *Model) Scalars(b Batch) ([]float32, error) {
	if !m.config.ScalarHead {
		return nil, errors.New("the model has no scalar head")
	}
	if err := m.check(b, false); err != nil {
		return nil, err
	}
	return m.run(numbers, b)
}
