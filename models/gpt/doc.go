// Package gpt is the decoder-only transformer of GPT-2 and GPT-3 (Radford et al. 2019;
// Brown et al., arXiv:2005.14165, without its sparse layers): learned positions,
// LayerNorm before each block, GELU by its tanh approximation, and a head that is tied
// to the token embedding or gives a scalar at each token, a reward or a value.
//
// Dropout applies to embeddings and to what is added to the residual stream. Dropout of attention weights is
// not supported: [Config].Dropout.Attention is kept for the checkpoint but has no effect.
//
// A training accumulates gradients with [Model.Accumulate], or with [Model.Minimise] for a loss of its own,
// over any number of batches, and then takes an optimiser step, compute.AdamW, over [Model.Params].
package gpt
