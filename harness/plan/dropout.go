package plan

// DropoutRates are the shares of activations that are set to zero during training. The paper
// has dropout on residuals alone, at 0.2 in fine-tuning (Ouyang et al. 2022, appendix C.1).
// There is none in attention.
type DropoutRates struct {
	// Share of activations set to zero during training, of embeddings and of what each block adds to the residual stream.
	Dropout float64 `json:"dropout" range:"[0,1)"`
	// The same, but only of what each block adds to the residual stream; embeddings are kept.
	ResidPdrop float64 `json:"resid_pdrop,omitzero" range:"[0,1)" without:"dropout"`
}

// Residual is the rate of what each block adds to the residual stream. That of embeddings is
// Dropout.
func (d DropoutRates) Residual() float64 { return max(d.Dropout, d.ResidPdrop) }
