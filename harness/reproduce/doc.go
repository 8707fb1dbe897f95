// Package reproduce trains and evaluates all that the InstructGPT paper compares, in the
// small world, and says which of its findings hold: Ouyang et al. 2022 (arXiv 2203.02155).
//
// A reproduction is a list of steps for each seed, and a step is one of assay's own
// commands with the file that it reads. The steps that are done stand in the seed's
// commands.txt, where they can be read and repeated; what was interrupted goes on with the
// first that is not. Everything measured becomes cells, a number each with its place, and
// findings are sums of cells that must lie on one side of a bound.
package reproduce
