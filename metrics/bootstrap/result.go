package bootstrap

import (
	"fmt"
	"math"
	"slices"

	"assay/harness/leaf/plural"
)

// FewClusters is the number of clusters below which Warnings adds a warning. With
// so few the bootstrap's intervals are too short, because it takes the sample's
// spread for the population's and knows nothing of tails outside the sample.
const FewClusters = 30

// Result is the bootstrap distribution of one statistic.
type Result struct {
	Point     float64 // on the clusters as they are
	SE        float64 // sample standard deviation of the replicates, which is the standard error (not divided further)
	Resamples int     // resamples drawn
	Clusters  int     // n, the clusters drawn in each resample

	// Undefined counts the replicates where point was NaN or infinite. They are left
	// out of everything else. If there are more than a few, the bounds describe
	// another statistic.
	Undefined int
	// Degenerate: all defined replicates equal the point (to rounding), so the width
	// of zero says nothing about the error, or fewer than two are defined.
	Degenerate bool

	// Bias is BCa's z0 and Acceleration its a.
	Bias, Acceleration float64
	// Method is what Bound computes. It is "BCa bootstrap"; or "BC bootstrap", without
	// acceleration, where point is undefined with some cluster left out; or
	// "percentile bootstrap" where all replicates are on one side of the point.
	Method string

	replicates []float64 // the defined replicates, sorted
}

// The values of Result.Method.
const (
	MethodBCa        = "BCa bootstrap"
	MethodBC         = "BC bootstrap"
	MethodPercentile = "percentile bootstrap"
)

// newResult takes the replicates in any order and keeps the slice.
func newResult(observed float64, clusters int, replicates []float64, a float64, accelerated bool) Result {
	r := Result{Point: observed, Resamples: len(replicates), Clusters: clusters}
	r.replicates = slices.DeleteFunc(replicates, func(x float64) bool { return !finite(x) })
	r.Undefined = r.Resamples - len(r.replicates)
	r.SE = sampleSD(r.replicates) // before sorting, in the order drawn; either order would do
	slices.Sort(r.replicates)
	r.Method = MethodPercentile
	if !r.Usable() {
		r.Degenerate = true
		return r
	}
	lowest, highest := r.replicates[0], r.replicates[len(r.replicates)-1]
	r.Degenerate = max(math.Abs(lowest-observed), math.Abs(highest-observed)) <= 0x1p-44*math.Abs(observed)
	z0, ok := bias(r.replicates, observed)
	switch {
	case !ok:
	case !accelerated:
		r.Bias, r.Method = z0, MethodBC
	default:
		r.Bias, r.Acceleration, r.Method = z0, a, MethodBCa
	}
	return r
}

// Usable reports whether at least two replicates are defined, the fewest that have
// a spread. Otherwise SE is 0 and every bound is Point, and neither may be shown.
func (r *Result) Usable() bool { return len(r.replicates) >= 2 }

// Bound is the p-quantile of the replicates, corrected as Method says. The 95%
// interval is Bound(0.025) to Bound(0.975); a one-sided 95% lower bound is
// Bound(0.05).
func (r *Result) Bound(p float64) float64 {
	return r.Percentile(correctedLevel(p, r.Bias, r.Acceleration))
}

// Around reports whether the point is inside Bound(alpha) to Bound(1-alpha). It is not where
// resampling moves nearly all replicates to one side, as with a calibration error, which chance
// only raises. BCa then takes both bounds from the outermost replicates, and the interval is short
// and wrong.
func (r *Result) Around(alpha float64) bool {
	return r.Bound(alpha) <= r.Point && r.Point <= r.Bound(1-alpha)
}

// Percentile is the uncorrected p-quantile of the replicates, interpolated
// linearly between order statistics (definition 7 of Hyndman and Fan, "Sample
// quantiles in statistical packages", 1996, as in numpy). p outside 0..1 counts as
// the nearer end.
func (r *Result) Percentile(p float64) float64 {
	if !r.Usable() {
		return r.Point
	}
	last := len(r.replicates) - 1
	at := float64(min(max(p, 0), 1) * float64(last)) // the conversion prevents fusing, as in weigh
	i := min(int(at), last-1)
	lower, upper := r.replicates[i], r.replicates[i+1]
	return lower + float64((upper-lower)*(at-float64(i)))
}

// Warnings lists what limits the result, in words for a table's footnote. It is
// empty where nothing does.
func (r *Result) Warnings() []string { return append(r.SpreadWarnings(), r.BoundWarnings()...) }

// SpreadWarnings are those that concern SE too.
func (r *Result) SpreadWarnings() []string {
	var out []string
	if r.Undefined > 0 {
		out = append(out, fmt.Sprintf("undefined in %d of %s", r.Undefined, plural.Of(r.Resamples, "resample")))
	}
	switch {
	case !r.Usable():
		out = append(out, "no bootstrap interval: fewer than two resamples gave a value")
	case r.Degenerate:
		out = append(out, "all resamples equal the point: the interval of zero width does not measure the error")
	}
	return out
}

// BoundWarnings are those that concern only Bound.
func (r *Result) BoundWarnings() []string {
	var out []string
	if r.Usable() && !r.Degenerate && r.Method != MethodBCa {
		out = append(out, "interval is "+r.Method+": the BCa correction is undefined here")
	}
	if r.Clusters < FewClusters {
		out = append(out, fmt.Sprintf("bootstrap of %s: intervals are too short with fewer than %d", plural.Of(r.Clusters, "cluster"), FewClusters))
	}
	return out
}

// sampleSD is the standard deviation with divisor B-1, and 0 for fewer than two
// values. It uses differences from the first value, so that equal values give
// exactly 0.
func sampleSD(xs []float64) float64 {
	if len(xs) < 2 {
		return 0
	}
	var sum, squares float64
	for _, x := range xs {
		sum += x - xs[0]
	}
	mean := sum / float64(len(xs))
	for _, x := range xs {
		d := x - xs[0] - mean
		squares += float64(d * d)
	}
	return math.Sqrt(squares / float64(len(xs)-1))
}
