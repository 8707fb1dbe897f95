package kernels

import "time"

// measurePeak is how many GFLOP/s the CPU gives when it does nothing else.
func measurePeak(c *CPU) float64 {
	const times = 1_000_000
	t := c.path.tiling()
	run, lanes := peakAVX2, 8
	if c.path == AVX512 {
		run, lanes = peakAVX512, 16
	}
	start := time.Now()
	c.parallel(c.Threads(), 1, func(lo, hi int) {
		for range hi - lo {
			run(times)
		}
	})
	flops := 2 * float64(lanes*2*t.rows) * times * float64(c.Threads())
	return flops / time.Since(start).Seconds() / 1e9
}
