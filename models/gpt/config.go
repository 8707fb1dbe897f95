package gpt

import (
	"fmt"

	"assay/models/checkpoint"
	"assay/models/compute"
)

// Config is the architecture, as stored in a checkpoint's config.json.
type Config = checkpoint.Config

// GPT2 is a configuration with GPT-2's choices: an MLP four times as wide as the model, biases, a tied head,
// initial weights with standard deviation 0.02, no dropout. GPT-2 small is GPT2(50257, 1024, 768, 12, 12).
func GPT2(vocab, context, width, layers, heads int) Config {
	return Config{
		VocabSize: vocab, MaxPositionEmbeddings: context, HiddenSize: width, NumHiddenLayers: layers, NumAttentionHeads: heads, IntermediateSize: 4 * width,
		Activation: checkpoint.GELUTanh, LayerNormEpsilon: 1e-5, InitializerRange: 0.02,
		TieWordEmbeddings: true, Bias: true,
	}
}

// supported returns an error that names what a valid configuration needs and the model lacks.
func supported(c Config) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if c.Activation != checkpoint.GELUTanh {
		return fmt.Errorf("activation_function is %s; only %s is supported", c.Activation, checkpoint.GELUTanh)
	}
	return nil
}

// parameters lists the trained parameters in the checkpoint's order.
func parameters(c Config) []compute.Spec {
	var list []compute.Spec
	for _, s := range checkpoint.Names(c) {
		if !s.Bias || c.Bias {
			list = append(list, compute.Spec{Name: s.Name, Shape: s.Shape})
		}
	}
	return list
}
