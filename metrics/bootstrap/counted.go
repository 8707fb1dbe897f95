package bootstrap

import "fmt"

// Counted bootstraps a statistic that is no function of sums, such as a fitted model. point
// gets how often each of n clusters counts: 1 as they are, and in a resample the number of
// times that the cluster was drawn. It may be called from several goroutines at once, and
// must not keep its argument. For the jackknife behind the BCa bounds, one cluster counts 0
// and the others 1.
//
// Counted panics if n < 1, or if Resamples is 1 or negative.
func Counted(n int, point func(counts []float64) float64, opt Options) Result {
	if n < 1 {
		panic(fmt.Sprintf("bootstrap: %d clusters", n))
	}
	if opt.Resamples == 0 {
		opt.Resamples = DefaultResamples
	}
	if opt.Resamples < 2 {
		panic(fmt.Sprintf("bootstrap: %d resamples", opt.Resamples))
	}
	ones, once := make([]float64, n), make([]int, n)
	for i := range ones {
		ones[i], once[i] = 1, 1
	}
	observed := point(ones)
	if !finite(observed) {
		return unusable(observed, n, opt)
	}
	a, ok := acceleration(leftOut(n, point, opt), nil)
	replicates := recount(newMultinomial(once, splitDyadic), n, point, opt)
	if opt.stopped() {
		return unusable(observed, n, opt)
	}
	return newResult(observed, n, replicates, a, ok)
}

// recount computes point on every resample, in the order of the resamples.
func recount(draws *multinomial, n int, point func([]float64) float64, opt Options) []float64 {
	out := make([]float64, opt.Resamples)
	parallel(opt, func() func(b int) {
		drawn, counts := make([]int, n), make([]float64, n)
		return func(b int) {
			r := newStream(opt.Seed, b)
			draws.draw(&r, n, drawn)
			for i, k := range drawn {
				counts[i] = float64(k)
			}
			out[b] = point(counts)
		}
	})
	return out
}

// leftOut computes point with each cluster left out once; nothing is left of one.
func leftOut(n int, point func([]float64) float64, opt Options) []float64 {
	if n == 1 {
		return nil
	}
	out := make([]float64, n)
	opt.Resamples = n
	parallel(opt, func() func(i int) {
		counts := make([]float64, n)
		return func(i int) {
			for k := range counts {
				counts[k] = 1
			}
			counts[i] = 0
			out[i] = point(counts)
		}
	})
	return out
}
