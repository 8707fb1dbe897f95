// Package compute differentiates and trains networks built from the layers of a transformer. The kernels
// below it do the arithmetic. gorgonia, which no other package imports, orders it: compute uses its graph,
// its symbolic differentiation, the tape that its machine makes of them, and its Solver interface.
//
//	Params     named weights and their gradients, which graphs share
//	Engine     the CPU and the memory that graphs of any shape work in
//	Builder    builds a graph from layers, for a largest batch
//	Graph      the result: Run it on batches, any number of times
//	Loss       a function of log-probabilities or scalars, with its gradient
//	AdamW      the optimiser
//
// Every layer is one node of gorgonia's graph, and so is its backward pass: it computes the gradients of all
// inputs at once. Gradients of weights are passed on by one further node each, which does no work. They are
// added to what [Param.Grad] already holds, so that batches accumulate.
//
// Misuse of shapes panics while a graph is built. A panic during a run becomes an error. Nothing here may be
// used by two goroutines at once.
package compute
