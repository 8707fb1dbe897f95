package gpt

// SetDropout changes what a training drops out of embeddings and of what is added
// to the residual stream; a checkpoint carries the rates of the training that made
// it.
func (m *Model) SetDropout(rate float64) {
	m.config.Dropout.Residual, m.config.Dropout.Embedding = rate, rate
	for _, g := range m.graphs {
		g.graph.Close()
	}
	clear(m.graphs)
}
