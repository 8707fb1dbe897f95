package bootstrap

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// DefaultResamples is the number of resamples where Options gives none. For
// near-normal replicates it leaves a standard error in a 2.5% bound of
// sqrt(p(1-p)/B)/density = 0.027 SE, or 0.7% of the interval's width.
const DefaultResamples = 10_000

// batch is how many resamples a worker takes at a time.
const batch = 16

// Options control resampling. The result depends on Resamples and Seed, but not on
// Workers.
type Options struct {
	Resamples int    // 0 means DefaultResamples
	Seed      uint64 // any value is as good as another
	Workers   int    // goroutines; 0 means GOMAXPROCS
	// Stop ends the resampling early when it is closed; nil never does. The result is then not usable.
	Stop <-chan struct{}
}

// sampler draws n rows of n with replacement and adds them up.
type sampler interface {
	scratch() *scratch
	total(dst []float64)                            // sums over the n rows as they are
	resample(r *stream, w *scratch, dst []float64)  // sums over n drawn rows
	distinct() (rows []float64, multiplicity []int) // nil multiplicity: one each
}

// scratch is one worker's working memory.
type scratch struct {
	counts []int    // draws of each cell
	words  []uint64 // random words
}

// Run bootstraps a function of sums over clusters.
//
// rows holds one row of dim sufficient statistics for each of the n =
// len(rows)/dim clusters, row-major. Everything that is dependent belongs in one
// row: the statistics of every draw and every verdict on a prompt, and of both
// models where they are paired. Each resample draws n rows with replacement.
//
// point computes the statistic from the dim summed statistics of n clusters. It
// may be called from several goroutines at once, each with a slice of its own that
// it may overwrite. It should be smooth, and must depend only on its argument. It
// may use n: for the jackknife behind the BCa bounds, the sums of the n-1
// remaining clusters are scaled by n/(n-1), so that sums[0]/n stays a mean.
//
// Run panics if dim < 1, if rows is empty or not a multiple of dim, or if
// Resamples is 1 or negative.
func Run(rows []float64, dim int, point func(sums []float64) float64, opt Options) Result {
	if dim < 1 || len(rows) == 0 || len(rows)%dim != 0 {
		panic(fmt.Sprintf("bootstrap: %d values are not rows of %d", len(rows), dim))
	}
	if opt.Resamples == 0 {
		opt.Resamples = DefaultResamples
	}
	if opt.Resamples < 2 {
		panic(fmt.Sprintf("bootstrap: %d resamples", opt.Resamples))
	}
	n := len(rows) / dim
	s := newSampler(rows, dim)
	sums := make([]float64, dim)
	s.total(sums)
	observed := point(sums)
	if !finite(observed) {
		return unusable(observed, n, opt)
	}
	replicates := replicate(s, dim, point, opt)
	if opt.stopped() {
		return unusable(observed, n, opt)
	}
	a, ok := acceleration(jackknife(s, dim, n, point))
	return newResult(observed, n, replicates, a, ok)
}

// unusable is the result without any defined replicate.
func unusable(observed float64, n int, opt Options) Result {
	return Result{Point: observed, Resamples: opt.Resamples, Clusters: n,
		Undefined: opt.Resamples, Degenerate: true, Method: MethodPercentile}
}

func (o *Options) stopped() bool {
	select {
	case <-o.Stop:
		return true
	default:
		return false
	}
}

// newSampler picks the cheaper of two ways to draw from the same distribution.
func newSampler(rows []float64, dim int) sampler {
	n := len(rows) / dim
	if g := newGrouped(rows, dim, max(1, n/rowsPerGroup)); g != nil {
		return g
	}
	return newBlocked(rows, dim)
}

// rowsPerGroup is how many rows there must be for each distinct one before
// counting them costs less than drawing indices.
const rowsPerGroup = 64

// replicate computes point on every resample, in the order of the resamples.
func replicate(s sampler, dim int, point func([]float64) float64, opt Options) []float64 {
	out := make([]float64, opt.Resamples)
	parallel(opt, func() func(b int) {
		w, sums := s.scratch(), make([]float64, dim)
		return func(b int) {
			r := newStream(opt.Seed, b)
			s.resample(&r, w, sums)
			out[b] = point(sums)
		}
	})
	return out
}

// parallel runs each resample once. worker returns the function that one goroutine
// calls.
func parallel(opt Options, worker func() func(b int)) {
	var next atomic.Int64
	work := func() {
		resample := worker()
		for {
			end := int(next.Add(batch))
			for b := end - batch; b < min(end, opt.Resamples); b++ {
				if opt.stopped() {
					return
				}
				resample(b)
			}
			if end >= opt.Resamples {
				return
			}
		}
	}
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var wg sync.WaitGroup
	for range min(workers, (opt.Resamples+batch-1)/batch) - 1 {
		wg.Go(work)
	}
	work() // the caller is a worker too
	wg.Wait()
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
