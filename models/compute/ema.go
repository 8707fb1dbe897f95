package compute

// startAverage sets the average of the weights to the weights.
func (a *AdamW) startAverage() {
	for i, p := range a.params.list {
		copy(a.average[i], p.Value)
	}
}

// updateAverage moves the exponential moving average towards the weights, if one is kept.
func (a *AdamW) updateAverage() {
	if a.average == nil {
		return
	}
	for i, p := range a.params.list {
		a.engine.cpu.EMA(a.average[i], p.Value, float32(a.options.EMADecay))
	}
}

// Average is the moving average of the weights under the parameters' names, as views; nil if it isn't kept.
func (a *AdamW) Average() []Tensor { return a.tensors("", a.average) }
