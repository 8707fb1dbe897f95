package gpt

// SetDropout sets the rates at which training drops what each block adds to the residual stream, and the
// embeddings. A checkpoint carries the rates of the training that made it; this replaces them.
func (m *Model) SetDropout(residual, embedding float64) {
	m.config.Dropout.Residual, m.config.Dropout.Embedding = residual, embedding
	for _, g := range m.graphs {
		g.graph.Close()
	}
	clear(m.graphs)
}
