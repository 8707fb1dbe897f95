// Package compute differentiates and trains what is built of the layers of a
// transformer. The kernels beneath it do the arithmetic; gorgonia, which no other
// package imports, orders it: its graph, its symbolic differentiation, the tape that its
// machine makes of them, and its Solver interface.
//
//	Params     named weights and their gradients, which graphs share
//	Engine     the CPU and the memory that graphs of any shape work in
//	Builder    layers, put together for one batch shape
//	Graph      what was built: Run it on batches, again and again
//	Loss       a function of log-probabilities or scalars, with its gradient
//	AdamW      the optimiser
//
// Every layer is one node of gorgonia's graph, and so is its backward pass: it
// computes the gradients of all its inputs at once and hands on those of weights by
// a node of no work for each. Weights' gradients are added to what [Param.Grad]
// holds, so that batches accumulate.
//
// Misuse of shapes panics while a graph is built. While it runs, a panic becomes an
// error. Nothing here may be used by two goroutines at once.
package compute
