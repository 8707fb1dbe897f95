// Package stats has the closed formulas and exact tests behind the reported
// metrics: intervals for proportions and means, clustered standard errors, paired
// tests, adjustments for a family of hypotheses, power, and the Bradley-Terry
// model. It takes and returns numbers alone, and knows nothing of metrics or
// models.
//
// # Conventions
//
// Every alpha is a ONE-SIDED tail probability. A two-sided 95% interval uses alpha
// = 0.025 at both ends; a one-sided test at 5% uses alpha = 0.05. The exceptions
// are [Wilson], which takes a two-sided confidence, and [DetectablePairs] and
// [DetectableT], which take the level of a two-sided test. Every p-value is
// two-sided, except that of [OneSidedP].
//
// Differences of pairs are second minus first.
//
// # Errors
//
// A function without an error result panics when its arguments cannot be data: no
// observations where an estimate needs some, lengths that differ, a count below 0,
// an alpha outside (0, 1), a NaN. An empty sample has no number, least of all 0,
// so callers count first. What real data can do (players who separate perfectly, a
// variance estimate below zero) is returned as an error or as ok == false.
package stats
