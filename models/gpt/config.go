package gpt

import (
	"fmt"

	"assay/models/checkpoint"
	"assay/models/compute"
)

// Config is the architecture, as a checkpoint's config.json has it.
type Config = checkpoint.Config

// GPT2 is a configuration with GPT-2's choices: an MLP four times as wide, biases, a
// tied head, initial weights of standard deviation 0.02, no dropout. GPT-2 small is
// GPT2(50257, 1024, 768, 12, 12).
func GPT2(vocab, context, width, layers, heads int) Config {
	return Config{
		Vocab: vocab, Context: context, Width: width, Layers: layers, Heads: heads, Inner: 4 * width,
		Activation: checkpoint.GELUTanh, LayerNormEpsilon: 1e-5, InitializerRange: 0.02,
		TieEmbeddings: true, Bias: true,
	}
}

// supported says what of a valid configuration the model can't do.
func supported(c Config) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if c.Activation != checkpoint.GELUTanh {
		return fmt.Errorf("activation_function is %s; supported is %s alone", c.Activation, checkpoint.GELUTanh)
	}
	return nil
}

// parameters lists what is learnt, in the checkpoint's order.
func parameters(c Config) []compute.Spec {
	var list []compute.Spec
	for _, s := range checkpoint.Names(c) {
		if !s.Bias || c.Bias {
			list = append(list, compute.Spec{Name: s.Name, Shape: s.Shape})
		}
	}
	return list
}
