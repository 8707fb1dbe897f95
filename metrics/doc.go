// Package metrics has the types of measurement: a judge's result for one completion
// ([Judgement]), how judgements become a number ([Metric]), and what can be claimed about
// that number ([Estimate]) or about the difference between two models ([Comparison]).
//
// The package is pure: no files, no clocks, no global randomness. The numerical procedures
// are in its sub-packages: metrics/stats (closed formulas and exact tests),
// metrics/bootstrap (resampling), metrics/text (BLEU, ROUGE, F1) and metrics/infer, which
// chooses the procedure for a Metric and its data.
//
// Two rules hold everywhere. There is no number without n, interval and method. A judgement
// that could not be made is missing, counted and bounded; it is never 0 and never NaN.
package metrics
