package statistic

import (
	"fmt"
	"math"

	"assay/metrics"
)

// maxBins bounds the sums of one metric.
const maxBins = 1000

// confidence refuses a value that is no probability with a 0 or 1.
func confidence(_ metrics.Statistic, value []float64) error {
	if p, right := value[0], value[1]; p < -slack || p > 1+slack || right != 0 && right != 1 {
		return fmt.Errorf("the value %v is no confidence from 0 to 1 with 1 for a right answer and 0 for a wrong one", value)
	}
	return nil
}

// ece is the expected calibration error (Guo et al. 2017, arXiv 1706.04599, equation 3): over
// bins of equal width by confidence, the mean distance between the share of right answers and
// the mean confidence, weighted by the number of answers. A bin includes its upper end. A value
// is the confidence, and 1 if the answer is right, otherwise 0. Its sums are, for each bin, right
// answers minus confidence, whose absolute values the point adds up.
func ece(s metrics.Statistic) Sums {
	return Sums{
		Size: s.Bins,
		Add: func(dst, value []float64) {
			clear(dst)
			bin := int(math.Ceil(value[0]*float64(s.Bins))) - 1
			dst[min(max(bin, 0), s.Bins-1)] = value[1] - value[0]
		},
		Point: func(sums []float64, n float64) float64 {
			total := 0.0
			for _, gap := range sums {
				total += math.Abs(gap)
			}
			return total / n
		},
	}
}
