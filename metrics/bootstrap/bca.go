package bootstrap

import "math"

// jackknife computes point with each distinct row left out once. Because point is
// a function of sums, that is one subtraction a row. weights[i] is how many
// clusters values[i] represents; nil means one each.
//
// The sums of the n-1 remaining rows are scaled by n/(n-1) to sums over n
// clusters, which is what point takes. The scaling doesn't change a ratio of sums.
func jackknife(s sampler, dim, n int, point func([]float64) float64) (values []float64, weights []int) {
	total, left := make([]float64, dim), make([]float64, dim)
	s.total(total)
	rows, weights := s.distinct()
	values = make([]float64, len(rows)/dim)
	if n == 1 {
		return nil, nil // nothing is left
	}
	scale := float64(n) / float64(n-1)
	for i := range values {
		for j := range left {
			left[j] = (total[j] - rows[i*dim+j]) * scale
		}
		values[i] = point(left)
	}
	return values, weights
}

// acceleration is the BCa constant a from jackknife values (Efron, "Better
// bootstrap confidence intervals", JASA 82, 1987; Efron and Tibshirani, "An
// introduction to the bootstrap", 1993, equation 14.15):
//
//	a = sum (mean-x)^3 / (6 (sum (mean-x)^2)^(3/2))
//
// It is 0 where the values don't vary. ok is false where a value is undefined,
// or there are none.
func acceleration(values []float64, weights []int) (a float64, ok bool) {
	weight := func(i int) float64 {
		if weights == nil {
			return 1
		}
		return float64(weights[i])
	}
	var sum, n float64
	for i, v := range values {
		if !finite(v) {
			return 0, false
		}
		sum += float64(weight(i) * v)
		n += weight(i)
	}
	mean, widest := sum/n, 0.0
	for _, v := range values {
		widest = max(widest, math.Abs(mean-v))
	}
	if widest == 0 || n == 0 {
		return 0, n > 0
	}
	var squares, cubes float64
	for i, v := range values {
		d := (mean - v) / widest // at most 1, so the cube can't underflow to 0
		squares += float64(weight(i) * d * d)
		cubes += float64(weight(i) * d * d * d)
	}
	return cubes / (6 * squares * math.Sqrt(squares)), true
}

// bias is the BCa constant z0: the normal quantile of the share of replicates
// below the observed point (Efron and Tibshirani 1993, equation 14.14). A
// replicate that ties with it counts half. ok is false where all replicates are on
// one side and the quantile is infinite.
//
// Sums of the same rows in another order differ in their last bits, so a tie is
// equality to within 2^-44 of the point or of the replicates' range.
func bias(sorted []float64, observed float64) (z0 float64, ok bool) {
	tolerance := float64(0x1p-44 * max(math.Abs(observed), sorted[len(sorted)-1]-sorted[0]))
	half := 0 // half counts half replicates
	for _, v := range sorted {
		if v < observed-tolerance {
			half += 2
		} else if v <= observed+tolerance {
			half++
		}
	}
	if half == 0 || half == 2*len(sorted) {
		return 0, false
	}
	return normalQuantile(float64(half) / float64(2*len(sorted))), true
}

// correctedLevel is the level of the percentile that is the BCa bound of level p
// (Efron and Tibshirani 1993, equation 14.10), rounded to a multiple of 2^-40. The
// exponential functions of different processors disagree in the last bit, and an
// interpolated bound would show it.
func correctedLevel(p, z0, a float64) float64 {
	if p <= 0 || p >= 1 {
		return min(max(p, 0), 1)
	}
	t := z0 + normalQuantile(p)
	stretch := 1 - a*t
	if stretch <= 0 { // past the pole, where the level has reached its limit
		if t > 0 {
			return 1
		}
		return 0
	}
	return math.Round(normalCDF(z0+t/stretch)*0x1p40) * 0x1p-40
}

func normalCDF(x float64) float64      { return math.Erfc(-x/math.Sqrt2) / 2 }
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
