// Package bootstrap estimates the sampling distribution of a statistic that has no
// formula for its standard error. It is the nonparametric cluster bootstrap of
// functions of sums, seeded, with BCa bounds (Efron and Tibshirani, "An introduction
// to the bootstrap", 1993, chapters 6, 13 and 14).
//
// A cluster is what was sampled independently, here a prompt. It contributes one row
// of sufficient statistics, and the statistic is a function of the sums of the rows.
// A mean is sum over count, BLEU a function of n-gram counts, a paired difference a
// function of both models' statistics in the same row. [Run] draws complete rows, so
// the entries of a row may depend on each other.
//
// Resampling is exact (no Poisson weights, no approximation by a normal) and uses
// one of two ways to draw from the same distribution. Where few rows are distinct,
// as with verdicts of 0 and 1, it draws how often each occurs. Otherwise it draws
// indices, block by block, from blocks that fit a processor's first-level cache.
// Each resample has its own random stream, derived from the seed and the resample's
// index, and sums in an order that the stream fixes. So the replicates are the same
// bytes for any number of workers and on any processor, as long as the point
// function's results are.
//
// [Randomise] is the matching test of whether two systems' statistics are equal. It
// swaps their rows at random, and stays valid where an interval from few clusters is
// too short.
//
// Shape errors panic. Replicates without a value are counted, left out and reported;
// see [Result.Warnings].
package bootstrap
