package checkpoint

import "fmt"

// Spec describes a tensor of a model.
type Spec struct {
	Name  string
	Shape []int
	// Bias means that a model without biases doesn't have this tensor; its files contain zeros for it.
	Bias bool
}

// Names of tensors outside the layers.
const (
	TokenEmbedding    = "transformer.wte.weight" // [vocab, width]
	PositionEmbedding = "transformer.wpe.weight" // [context, width]
	FinalNormWeight   = "transformer.ln_f.weight"
	FinalNormBias     = "transformer.ln_f.bias"
	OutputWeight      = "lm_head.weight" // [vocab, width], unless it is the token embedding
	ScoreWeight       = "score.weight"   // [1, width]
)

// LayerName is the name of a layer's tensor, with layers counted from 0: LayerName(3, "attn.c_attn.weight")
// is "transformer.h.3.attn.c_attn.weight".
func LayerName(layer int, tensor string) string {
	return fmt.Sprintf("transformer.h.%d.%s", layer, tensor)
}

// Names lists the tensors of a GPT-2 with transformers' names and shapes, from the input to the output. The
// weights of a layer's linear maps are [in, out] (transformers' Conv1D): outputs are rows times weight.
// c_attn holds query, key and value side by side. The configuration must be valid.
func Names(c Config) []Spec {
	w := c.HiddenSize
	specs := []Spec{
		{TokenEmbedding, []int{c.VocabSize, w}, false},
		{PositionEmbedding, []int{c.MaxPositionEmbeddings, w}, false},
	}
	for layer := range c.NumHiddenLayers {
		for _, s := range []Spec{
			{"ln_1.weight", []int{w}, false},
			{"ln_1.bias", []int{w}, true},
			{"attn.c_attn.weight", []int{w, 3 * w}, false},
			{"attn.c_attn.bias", []int{3 * w}, true},
			{"attn.c_proj.weight", []int{w, w}, false},
			{"attn.c_proj.bias", []int{w}, true},
			{"ln_2.weight", []int{w}, false},
			{"ln_2.bias", []int{w}, true},
			{"mlp.c_fc.weight", []int{w, c.IntermediateSize}, false},
			{"mlp.c_fc.bias", []int{c.IntermediateSize}, true},
			{"mlp.c_proj.weight", []int{c.IntermediateSize, w}, false},
			{"mlp.c_proj.bias", []int{w}, true},
		} {
			s.Name = LayerName(layer, s.Name)
			specs = append(specs, s)
		}
	}
	specs = append(specs, Spec{FinalNormWeight, []int{w}, false}, Spec{FinalNormBias, []int{w}, true})
	switch {
	case c.ScalarHead:
		specs = append(specs, Spec{ScoreWeight, []int{1, w}, false})
	case !c.TieWordEmbeddings:
		specs = append(specs, Spec{OutputWeight, []int{c.VocabSize, w}, false})
	}
	return specs
}

// Elements is the number of elements.
func (s Spec) Elements() int {
	n := 1
	for _, d := range s.Shape {
		n *= d
	}
	return n
}

// Parameters counts the trained values of a model with the configuration.
func (c Config) Parameters() int {
	n := 0
	for _, s := range Names(c) {
		if s.Bias && !c.Bias {
			continue
		}
		size := 1
		for _, d := range s.Shape {
			size *= d
		}
		n += size
	}
	return n
}
