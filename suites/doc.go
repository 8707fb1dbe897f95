// Package suites has the types of evaluation: examples ([Example]), judges of answers
// ([Judge]), and the suites that combine them ([Suite]). The suites themselves are in
// suites/catalog, one file each.
package suites
