package infer

import (
	"assay/metrics"
	"assay/metrics/bootstrap"
)

// Options control an inference. The zero value is not ready; see [Defaults].
type Options struct {
	Seed      uint64
	Resamples int
	// Bootstrap requests the bootstrap even where a formula applies.
	Bootstrap bool
	// Stop ends resampling early when it is closed; nil never does. What is inferred is then not to be used.
	Stop <-chan struct{}
}

// bootstrap are the options of a bootstrap.
func (o Options) bootstrap() bootstrap.Options {
	return bootstrap.Options{Resamples: o.Resamples, Seed: o.Seed, Stop: o.Stop}
}

// Defaults are 10,000 resamples, and formulas where they apply.
func Defaults(seed uint64) Options { return Options{Seed: seed, Resamples: 10_000} }

// tail is the probability beyond each end of an interval.
const tail = (1 - metrics.Confidence) / 2

// Power is the power at which the smallest detectable effect is computed.
const Power = 0.80

const (
	fewDraws    = 30  // with fewer, a t interval relies on normal data
	fewPairs    = 100 // with fewer, a BCa interval of a difference is too short
	fewClusters = 30  // with fewer, a clustered standard error is too small
)

// The names of methods and tests, as in records and tables.
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
	MethodEqual           = "bound for equal values"
	MethodPairedScore     = "paired score"
	// Tango's interval at the effective number of pairs; see [stats.PairedSpread].
	MethodPairedScoreEffective = "paired score, effective n"
	MethodPairedScoreClustered = "paired score, effective n, clustered by example"
	MethodPairedT              = "paired t"
	MethodPairedClustered      = "paired t, clustered by example"
	MethodPairedTwoWay         = "paired t, clustered by example and labeler"
	MethodPairedBootstrapT     = "paired t, standard error by bootstrap"

	// ClusterKey is what methods and warnings call a cluster above the example. A
	// caller that knows what the cluster is may replace it with a more specific word.
	ClusterKey  = "cluster key"
	ClusterUnit = "cluster"
	// FirstKey and SecondKey are what warnings call the two models of a comparison, or the
	// opponent and the model of an estimate. A caller may replace them with names.
	FirstKey  = "the first model"
	SecondKey = "the second model"

	TestMcNemar       = "McNemar, exact"
	TestScore         = "score"
	TestT             = "t"
	TestSignFlip      = "sign-flip permutation"
	TestRandomisation = "approximate randomisation"
)
