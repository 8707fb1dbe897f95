// Package kernels computes the layers of a transformer on float32 slices, forward and backward: matrix
// products, GELU, LayerNorm, causal attention, softmax cross-entropy, embeddings, dropout and AdamW.
//
// A [CPU] is a set of instructions (a [Path]) and a pool of threads. Slices are row-major and dense; sizes
// are in the order of the shapes in the comments. A d before a name means the gradient of the loss by it;
// "+=" adds to the old values, "=" overwrites them. A slice of the wrong length panics.
//
// Within one path a result has the same bits on any number of threads, and a row's result depends on nothing
// but that row: every sum over an inner dimension is one chain in ascending order, whatever the other sizes
// are.
//
// The assembly is generated: see the module in avo.
package kernels

//go:generate go run -C avo . -to ..
