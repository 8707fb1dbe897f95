// Package reproduce trains and evaluates everything that the InstructGPT paper compares,
// in the small world, and says which of the paper's findings hold: Ouyang et al. 2022
// (arXiv 2203.02155).
//
// A reproduction is a list of steps for each seed. A step is one of assay's own commands
// with the file that it reads. The seed's commands.txt lists the finished steps, where
// they can be read and repeated. An interrupted reproduction resumes with the first
// unfinished step. Everything measured becomes cells, each a number with its place.
// Findings are sums of cells that must be on one side of a bound. Cells are kept
// in a folder of results, from which pages are joined.
package reproduce
