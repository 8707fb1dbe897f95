package checkpoint

import (
	"fmt"
	"math"
)

// Config is the architecture that a config.json of model type gpt2 describes.
type Config struct {
	Vocab   int // rows of the token embedding
	Context int // positions: the longest sequence
	Width   int // of the residual stream
	Layers  int
	Heads   int // divide Width
	Inner   int // width of the MLP; the file's null is 4*Width

	Activation       Activation
	LayerNormEpsilon float64
	InitializerRange float64 // standard deviation of fresh weights
	Dropout          Dropout

	TieEmbeddings bool // the output uses the token embedding's weights
	// ScalarHead says that the model gives one number a position (a reward, a value)
	// through score.weight, as transformers' GPT2ForSequenceClassification with one
	// label does. Such a checkpoint has no lm_head.weight.
	ScalarHead bool
	// Bias says that linear maps and LayerNorms have biases. GPT-2 has; models without
	// are this project's own, and their files hold zeros so that others can read them.
	// config.json doesn't say it: [ReadConfig] gives true, [Load] knows better.
	Bias bool

	Special SpecialTokens
}

// Activation is the MLP's nonlinearity, by transformers' name.
type Activation string

const (
	// GELUTanh is GPT-2's: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).
	GELUTanh Activation = "gelu_new"
	// GELU is the exact one: x/2 (1 + erf(x/sqrt(2))).
	GELU Activation = "gelu"
)

// Dropout are the probabilities of zeroing, in [0, 1).
type Dropout struct {
	Residual  float64 // resid_pdrop: behind attention and MLP
	Embedding float64 // embd_pdrop
	Attention float64 // attn_pdrop: of attention weights
}

// SpecialTokens are ids of the tokenizer; nil where there is none. They may lie
// outside the vocabulary: transformers writes 50256 by default, however small it is.
type SpecialTokens struct {
	Begin, Pad *int
	End        []int // any of which ends a text
}

// Bounds of what a configuration may claim; no product of two of them overflows.
const (
	maxLayers = 10_000
	maxWidth  = 1 << 20
	maxInner  = 1 << 24
	maxRows   = 1 << 28 // vocabulary, context
)

// Validate checks the configuration by itself. Errors name config.json's members.
func (c Config) Validate() error {
	for _, n := range []struct {
		member string
		value  int
		most   int
	}{
		{"vocab_size", c.Vocab, maxRows}, {"n_positions", c.Context, maxRows}, {"n_embd", c.Width, maxWidth},
		{"n_layer", c.Layers, maxLayers}, {"n_head", c.Heads, maxWidth}, {"n_inner", c.Inner, maxInner},
	} {
		if n.value < 1 || n.value > n.most {
			return fmt.Errorf("%s is %d; it runs from 1 to %d", n.member, n.value, n.most)
		}
	}
	if c.Width%c.Heads != 0 {
		return fmt.Errorf("n_embd is %d, which n_head, %d, doesn't divide", c.Width, c.Heads)
	}
	if c.Activation != GELUTanh && c.Activation != GELU { // the latter is a file's to hold; no network here computes it
		return fmt.Errorf("activation_function is %s; supported is gelu_new, which gelu_fast, gelu_accurate and gelu_pytorch_tanh are too", quote(string(c.Activation)))
	}
	for _, p := range []struct {
		member string
		value  float64
	}{
		{"resid_pdrop", c.Dropout.Residual}, {"embd_pdrop", c.Dropout.Embedding}, {"attn_pdrop", c.Dropout.Attention},
	} {
		if !(p.value >= 0 && p.value < 1) {
			return fmt.Errorf("%s is %g; it runs from 0 to below 1", p.member, p.value)
		}
	}
	if !(c.LayerNormEpsilon > 0) || math.IsInf(c.LayerNormEpsilon, 0) {
		return fmt.Errorf("layer_norm_epsilon is %g; it is above 0", c.LayerNormEpsilon)
	}
	if !(c.InitializerRange >= 0) || math.IsInf(c.InitializerRange, 0) {
		return fmt.Errorf("initializer_range is %g; it is 0 or more", c.InitializerRange)
	}
	return nil
}
