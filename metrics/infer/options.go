package infer

import "assay/metrics"

// Options of an inference. The zero value is not ready; see [Defaults].
type Options struct {
	Seed      uint64
	Resamples int
	// Bootstrap asks for the bootstrap where a formula would serve too.
	Bootstrap bool
}

// Defaults are 10,000 resamples, formulas where they serve.
func Defaults(seed uint64) Options { return Options{Seed: seed, Resamples: 10_000} }

// tail is the probability beyond each end of an interval.
const tail = (1 - metrics.Confidence) / 2

// Power is that of the smallest detectable effect.
const Power = 0.80

const (
	fewDraws    = 30  // below, a t interval leans on normal data
	fewPairs    = 100 // below, a BCa interval of a difference runs short
	fewClusters = 30  // below, a clustered standard error runs small
)

// The names of methods and tests, as records and tables show them.
const (
	MethodNone   = "none"
	MethodWilson = "Wilson"
	// Wilson's interval at the effective number of draws; see [stats.Spread].
	MethodWilsonEffective = "Wilson, effective n"
	MethodWilsonClustered = "Wilson, effective n, clustered by example"
	MethodT               = "t"
	MethodClustered       = "t, clustered by example"
	MethodTwoWay          = "t, clustered by example and labeler"
	MethodWholeRange      = "whole range"
	MethodEqual           = "all equal"
	MethodPairedScore     = "paired score"
	// Tango's interval at the effective number of pairs; see [stats.PairedSpread].
	MethodPairedScoreEffective = "paired score, effective n"
	MethodPairedScoreClustered = "paired score, effective n, clustered by example"
	MethodPairedT              = "paired t"
	MethodPairedClustered      = "paired t, clustered by example"
	MethodPairedTwoWay         = "paired t, clustered by example and labeler"
	MethodPairedBootstrapT     = "paired t, standard error by bootstrap"

	// What methods and warnings call a cluster above the example; whoever knows what it
	// is of may put that in its place.
	ClusterKey  = "cluster key"
	ClusterUnit = "cluster"

	TestMcNemar       = "McNemar, exact"
	TestScore         = "score"
	TestT             = "t"
	TestSignFlip      = "sign-flip permutation"
	TestRandomisation = "approximate randomisation"
)
