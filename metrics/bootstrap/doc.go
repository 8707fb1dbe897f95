// Package bootstrap gives the sampling distribution of a statistic that has no
// formula for its standard error: the nonparametric cluster bootstrap of
// functions of sums, seeded, with BCa bounds (Efron and Tibshirani, "An
// introduction to the bootstrap", 1993, chapters 6, 13 and 14).
//
// A cluster is what was sampled independently, for us a prompt. It contributes
// one row of sufficient statistics, and the statistic is a function of the sums
// of the rows: a mean is sum over count, BLEU a function of n-gram counts, a
// paired difference one of both models' statistics in the same row. [Run]
// draws whole rows, so that everything within a row may depend on each other.
//
// Resampling is exact (no Poisson weights, no approximation by a normal) and
// takes one of two ways to the same distribution. Where few rows are distinct,
// as with verdicts of 0 and 1, it draws how often each occurs. Otherwise it
// draws indices, block by block, from blocks that fit a processor's first-level
// cache. Each resample has its own random stream, derived from the seed and the
// resample's index, and sums in an order fixed by it: the replicates are the same
// bytes whatever the number of workers and the processor, as long as the point
// function is.
//
// [Randomise] is the test that goes with it: whether two systems' statistics are
// equal, by changes of places, which is exact where an interval from few clusters is
// too short.
//
// Shape errors panic. Replicates without a value are counted, left out and
// reported; see [Result.Warnings].
package bootstrap
