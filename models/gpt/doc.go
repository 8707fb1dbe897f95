// Package gpt is the decoder-only transformer of GPT-2 and GPT-3 (Radford et al. 2019;
// Brown et al., arXiv:2005.14165, without its sparse layers): learned positions,
// LayerNorm before each block, GELU by its tanh approximation, and a head that is tied
// to the token embedding or gives a scalar at each token, a reward or a value.
//
// Embeddings and what is added to the residual stream may be dropped out. Dropout of
// attention weights is not supported: [Config].Dropout.Attention is kept for the
// checkpoint's sake and without effect.
//
// A training adds gradients up by [Model.Accumulate], or by [Model.Minimise] for a loss
// of its own, over as many batches as it likes, and then takes a step of an optimiser,
// compute.AdamW, over [Model.Params].
package gpt
