package stats

import (
	"math"
	"slices"
)

// Description summarises numbers as the tables of Ouyang et al. 2022, appendix A, do.
// SD is the sample standard deviation (divisor n-1), nil for one value. Quartiles are
// interpolated linearly between neighbours (type 7 of Hyndman and Fan 1996, numpy's
// default).
type Description struct {
	Count int      `json:"count"`
	Mean  float64  `json:"mean"`
	SD    *float64 `json:"sd"`
	Min   float64  `json:"min"`
	P25   float64  `json:"p25"`
	P50   float64  `json:"p50"`
	P75   float64  `json:"p75"`
	Max   float64  `json:"max"`
}

// Describe describes x, which it leaves unchanged. Nothing has a zero Description.
func Describe(x []float64) Description {
	if len(x) == 0 {
		return Description{}
	}
	sorted := slices.Sorted(slices.Values(x))
	d := Description{
		Count: len(x), Min: sorted[0], Max: sorted[len(x)-1],
		P25: quantile(sorted, 0.25), P50: quantile(sorted, 0.5), P75: quantile(sorted, 0.75),
	}
	d.Mean, _ = centred(x)
	if n := float64(len(x)); n > 1 {
		_, se := MeanSE(x)
		sd := se * math.Sqrt(n)
		d.SD = &sd
	}
	return d
}

// quantile is the p-quantile of ascending values: the value at p(n-1), interpolated
// between its neighbours.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	below := int(at)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (at-float64(below))*(sorted[above]-sorted[below])
}
