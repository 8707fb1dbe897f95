package plan

// DropoutRates are the shares of activations that are set to zero during training. The paper
// has dropout on residuals alone, at 0.2 in fine-tuning (Ouyang et al. 2022, appendix C.1).
// There is none in attention.
type DropoutRates struct {
	// Dropout rate during training: the share of activations set to zero, in the embeddings and in what each block adds to the residual stream.
	Dropout float64 `json:"dropout" range:"[0,1)"`
	// Dropout rate outside the embeddings; set either this or dropout.
	ResidPdrop float64 `json:"resid_pdrop,omitzero" range:"[0,1)" without:"dropout"`
}

// Residual is the rate of what each block adds to the residual stream. That of embeddings is
// Dropout.
func (d DropoutRates) Residual() float64 { return max(d.Dropout, d.ResidPdrop) }
