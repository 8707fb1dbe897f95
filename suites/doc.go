// Package suites is the vocabulary of evaluation: examples ([Example]), who
// judges the answer ([Judge]), and how both come together ([Suite]). The suites
// themselves are in suites/catalog, one file each.
package suites
