// Package infer joins a metric to the procedure that its data allow: a [Sample]
// of judgements becomes a [metrics.Estimate], two samples a paired
// [metrics.Comparison], comparisons a gate's verdict.
//
// The choice of method, for an estimate:
//
//	function of sums, or the bootstrap asked for   BCa bootstrap over clusters
//	several labelers                               t, errors clustered by example and labeler
//	several draws an example, of a proportion      Wilson at the effective n, clustered by example
//	several draws an example, of a mean            t, errors clustered by example
//	one draw, counted 0 or 1                       Wilson
//	one draw of a proportion, halves among them    Wilson at the effective n
//	one draw, any number                           t
//	a mean so near an end of its range that t is skew: Wilson at the effective n
//	any of these without spread, but Wilson        all equal: what a sample of this size can miss
//	one example                                    the metric's whole range
//
// and for a difference, always over the examples that both samples have:
//
//	function of sums                               t with the bootstrap's standard error; the test is approximate randomisation
//	the bootstrap asked for                        paired BCa bootstrap; the test is the same
//	one draw each, counted 0 or 1                  paired score interval (Tango), exact McNemar
//	several draws an example, of a proportion      paired score at the effective n
//	anything else                                  t of the linearised differences, clustered as above;
//	                                               for one draw each of under 30 examples a sign-flip
//	                                               permutation is the test
//	any of these without spread, but Tango's       all equal, as above
//	one example in common                          the whole range
//
// Errors are clustered by example, or by the cluster key that [Sample.Group] names
// above it (passage, document, template): pairing stays by example, and all else in
// these tables, such as one draw and the number of examples, is then of clusters.
//
// A result depends on the judgements and the seed. The order in which they were
// added changes the last bits at most, where several fall on one example.
package infer
