package kernels

import "time"

// measurePeak is the rate in GFLOP/s of a CPU that does nothing but multiply and add in registers, on all of
// c's threads.
func measurePeak(c *CPU) float64 {
	const times, chunks = 20_000, 32
	t := c.path.tiling()
	run, lanes := peakAVX2, 8
	if c.path == AVX512 {
		run, lanes = peakAVX512, 16
	}
	each := func(lo, hi int) {
		for range hi - lo {
			run(times)
		}
	}
	c.parallel(c.Threads(), 1, each) // to wake the threads
	start := time.Now()
	c.parallel(chunks, 1, each)
	flops := 2 * float64(lanes*2*t.rows) * times * chunks
	return flops / time.Since(start).Seconds() / 1e9
}
