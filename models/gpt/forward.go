package gpt

import (
	"assay/models/checkpoint"
	"assay/models/compute"
)

// Layer holds the weights of a transformer block, for both graphs and decoding. Biases are nil in a model
// without them.
type Layer struct {
	Norm1Gain, Norm1Bias *compute.Param // [width]
	QKV, QKVBias         *compute.Param // [width, 3*width]: queries, keys, values
	Out, OutBias         *compute.Param // [width, width]
	Norm2Gain, Norm2Bias *compute.Param // [width]
	Up, UpBias           *compute.Param // [width, inner]
	Down, DownBias       *compute.Param // [inner, width]
}

// Weights are a model's parameters by their place in the network.
type Weights struct {
	Tokens    *compute.Param // [vocab, width]
	Positions *compute.Param // [context, width]
	Layers    []Layer
	NormGain  *compute.Param // [width]
	NormBias  *compute.Param // [width]
	// Head is [vocab, width], the token embedding itself if they are tied; or [1, width] in a model with a
	// scalar head.
	Head *compute.Param
}

func weights(c Config, p *compute.Params) Weights {
	w := Weights{
		Tokens: p.Get(checkpoint.TokenEmbedding), Positions: p.Get(checkpoint.PositionEmbedding),
		NormGain: p.Get(checkpoint.FinalNormWeight), NormBias: p.Get(checkpoint.FinalNormBias),
	}
	for i := range c.NumHiddenLayers {
		get := func(name string) *compute.Param { return p.Get(checkpoint.LayerName(i, name)) }
		w.Layers = append(w.Layers, Layer{
			Norm1Gain: get("ln_1.weight"), Norm1Bias: get("ln_1.bias"),
			QKV: get("attn.c_attn.weight"), QKVBias: get("attn.c_attn.bias"),
			Out: get("attn.c_proj.weight"), OutBias: get("attn.c_proj.bias"),
			Norm2Gain: get("ln_2.weight"), Norm2Bias: get("ln_2.bias"),
			Up: get("mlp.c_fc.weight"), UpBias: get("mlp.c_fc.bias"),
			Down: get("mlp.c_proj.weight"), DownBias: get("mlp.c_proj.bias"),
		})
	}
	switch {
	case c.ScalarHead:
		w.Head = p.Get(checkpoint.ScoreWeight)
	case c.TieWordEmbeddings:
		w.Head = w.Tokens
	default:
		w.Head = p.Get(checkpoint.OutputWeight)
	}
	return w
}

// hidden is the network below its head: pre-LayerNorm blocks over the sum of learned embeddings (Radford et
// al. 2019, section 2.3). With picks, it computes only the picked tokens from the last layer's attention on.
func (m *Model) hidden(b *compute.Builder, picks bool) *compute.Activation {
	c, w := m.config, m.weights
	epsilon, rate := float32(c.LayerNormEpsilon), float32(c.Dropout.Residual)
	x := b.Embed(w.Tokens, w.Positions, float32(c.Dropout.Embedding))
	for i, l := range w.Layers {
		a := b.Norm(x, l.Norm1Gain, l.Norm1Bias, epsilon)
		picked := picks && i == len(w.Layers)-1
		a = b.Attention(b.Linear(a, l.QKV, l.QKVBias), c.NumAttentionHeads, picked)
		if picked {
			a = b.Pick(a)
		}
		x = b.Residual(x, b.Linear(a, l.Out, l.OutBias), rate)
		a = b.Norm(x, l.Norm2Gain, l.Norm2Bias, epsilon)
		a = b.LinearGELU(a, l.Up, l.UpBias)
		x = b.Residual(x, b.Linear(a, l.Down, l.DownBias), rate)
	}
	return b.Norm(x, w.NormGain, w.NormBias, epsilon)
}

// numbers are the inputs of a loss: log-probabilities of targets, or scalars.
func (m *Model) numbers(b *compute.Builder, picks bool) *compute.Activation {
	if m.config.ScalarHead {
		return b.Scalars(m.hidden(b, picks), m.weights.Head)
	}
	return b.LogProbs(m.hidden(b, picks), m.weights.Head)
}
