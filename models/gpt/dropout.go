package gpt

// SetDropout sets the dropout rate of embeddings and of what is added to the residual stream. A checkpoint
// carries the rates of the training that made it; this replaces them.
func (m *Model) SetDropout(rate float64) {
	m.config.Dropout.Residual, m.config.Dropout.Embedding = rate, rate
	for _, g := range m.graphs {
		g.graph.Close()
	}
	clear(m.graphs)
}
