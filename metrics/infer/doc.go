// Package infer matches a metric with the procedure that its data allow. A [Column] of judgements becomes a
// [metrics.Estimate], two columns become a paired [metrics.Comparison], and comparisons become the verdicts
// of gates.
//
// The choice of method for an estimate:
//
//	function of sums, or bootstrap requested       BCa bootstrap over clusters
//	several labelers                               t, errors clustered by example and labeler
//	several draws an example, of a proportion      Wilson at the effective n, clustered by example
//	several draws an example, of a mean            t, errors clustered by example
//	one draw, counted 0 or 1                       Wilson
//	one draw of a proportion, halves among them    Wilson at the effective n
//	one draw, any number                           t
//	a mean so near an end of its range that its distribution is skewed: Wilson at the effective n
//	any of these without spread, except Wilson     bound for equal values: what a sample of this size can miss
//	a bootstrap whose interval misses the point    the metric's whole range
//	one example                                    the metric's whole range
//
// and for a difference, always over the examples that both columns have:
//
//	function of sums                               t with the bootstrap's standard error; the test is approximate randomisation
//	bootstrap requested                            paired BCa bootstrap; the same test
//	one draw each, counted 0 or 1                  paired score interval (Tango), exact McNemar
//	several draws an example, of a proportion      paired score at the effective n
//	anything else                                  t of the linearised differences, clustered as above;
//	                                               with one draw each of under 30 examples the test is
//	                                               a sign-flip permutation
//	any of these without spread, except Tango's    bound for equal values, as above
//	one example in common                          the whole range
//
// A column of people's labels that is joined with a judge's values (PPI++) has Wilson's interval at the
// effective n for a proportion and for a mean near an end of its range, and otherwise t, corrected for
// skewness; see [Join]. If labels and judge say yes or no, the judge's share corrected by its errors
// (Rogan-Gladen) is beside it, with Fieller's interval.
//
// A column of preferences that is controlled for length has a BCa bootstrap over clusters that refits its model;
// see [Column.Controlled]. A comparison refits both models in each resample of their common clusters, and has t
// with the bootstrap's standard error.
//
// Gates of non-inferiority and of equivalence (two one-sided tests) use the one-sided bounds of these methods:
// see [Decide].
//
// Errors are clustered by example, or by the cluster key that [Column.Group] sets above it (passage,
// document, template). Pairing is then still by example. Everything else in these tables, such as one draw
// and the number of examples, applies to clusters.
//
// A result depends on the judgements and the seed. The order in which they were added changes at most the
// last bits, and only where an example has several judgements.
package infer
