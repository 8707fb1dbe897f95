package checkpoint

import (
	"fmt"
	"math"
)

// Config is the architecture described by a config.json of model type gpt2.
type Config struct {
	VocabSize             int // rows of the token embedding
	MaxPositionEmbeddings int // number of positions: the longest sequence
	HiddenSize            int // of the residual stream
	NumHiddenLayers       int
	NumAttentionHeads     int // must divide HiddenSize
	IntermediateSize      int // width of the MLP; null in the file is 4*HiddenSize

	Activation       Activation
	LayerNormEpsilon float64
	InitializerRange float64 // standard deviation of fresh weights
	Dropout          Dropout

	TieWordEmbeddings bool // the output layer uses the token embedding's weights
	// ScalarHead means that the model has one output per position (a reward, a value) through score.weight,
	// like transformers' GPT2ForSequenceClassification with one label. Such a checkpoint has no
	// lm_head.weight.
	ScalarHead bool
	// Bias means that linear maps and LayerNorms have biases. GPT-2 has them. Models without are this
	// project's own, and their files contain zeros so that others can read them. config.json doesn't record
	// it: [ReadConfig] sets true, and [Load] corrects it.
	Bias bool

	Special SpecialTokens
}

// Activation is the MLP's nonlinearity, by transformers' name.
type Activation string

const (
	// GELUTanh is GPT-2's tanh approximation: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).
	GELUTanh Activation = "gelu_new"
	// GELU is exact: x/2 (1 + erf(x/sqrt(2))).
	GELU Activation = "gelu"
)

// Dropout holds the dropout rates, each in [0, 1).
type Dropout struct {
	Residual  float64 // resid_pdrop: after attention and after the MLP
	Embedding float64 // embd_pdrop
	Attention float64 // attn_pdrop: of attention weights
}

// SpecialTokens are ids of the tokenizer; nil for none. They may be outside the vocabulary: transformers
// writes 50256 by default, however small the vocabulary is.
type SpecialTokens struct {
	Begin, Pad *int
	End        []int // any of these ends a text
}

// Limits for a configuration; no product of two of them overflows.
const (
	maxLayers = 10_000
	maxWidth  = 1 << 20
	maxInner  = 1 << 24
	maxRows   = 1 << 28 // vocabulary, context
)

// Validate checks the configuration on its own. Errors name config.json's members.
func (c Config) Validate() error {
	for _, n := range []struct {
		member string
		value  int
		most   int
	}{
		{"vocab_size", c.VocabSize, maxRows}, {"n_positions", c.MaxPositionEmbeddings, maxRows}, {"n_embd", c.HiddenSize, maxWidth},
		{"n_layer", c.NumHiddenLayers, maxLayers}, {"n_head", c.NumAttentionHeads, maxWidth}, {"n_inner", c.IntermediateSize, maxInner},
	} {
		if n.value < 1 || n.value > n.most {
			return fmt.Errorf("%s is %d; it must be from 1 to %d", n.member, n.value, n.most)
		}
	}
	if c.HiddenSize%c.NumAttentionHeads != 0 {
		return fmt.Errorf("n_embd is %d, which n_head (%d) doesn't divide", c.HiddenSize, c.NumAttentionHeads)
	}
	if c.Activation != GELUTanh && c.Activation != GELU { // files may have the latter, but no network here computes it
		return fmt.Errorf("activation_function is %s; only gelu_new and its other names gelu_fast, gelu_accurate and gelu_pytorch_tanh are supported", quote(string(c.Activation)))
	}
	for _, p := range []struct {
		member string
		value  float64
	}{
		{"resid_pdrop", c.Dropout.Residual}, {"embd_pdrop", c.Dropout.Embedding}, {"attn_pdrop", c.Dropout.Attention},
	} {
		if !(p.value >= 0 && p.value < 1) {
			return fmt.Errorf("%s is %g; it must be at least 0 and below 1", p.member, p.value)
		}
	}
	if !(c.LayerNormEpsilon > 0) || math.IsInf(c.LayerNormEpsilon, 0) {
		return fmt.Errorf("layer_norm_epsilon is %g; it must be above 0", c.LayerNormEpsilon)
	}
	if !(c.InitializerRange >= 0) || math.IsInf(c.InitializerRange, 0) {
		return fmt.Errorf("initializer_range is %g; it must be 0 or more", c.InitializerRange)
	}
	return nil
}
