// Package export writes runs in the formats of others. Each format holds the judgements of a run
// with their examples and answers. What a format has no place for is kept in a member "assay",
// so that importing the files gives the same estimates.
package export
