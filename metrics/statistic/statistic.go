// Package statistic holds the statistics that metrics name: what the value of a judgement
// adds to the sums, and which number the sums give. To add one, write its entry in list.
package statistic

import (
	"fmt"
	"slices"
	"strings"

	"assay/metrics"
	"assay/metrics/text"
)

// The names of statistics, as manifests record them.
const (
	// Mean is the mean of one number. It is the default.
	Mean = "mean"
	// ShareAtLeast is the share of judgements all of whose numbers are at least the threshold.
	ShareAtLeast = "share_at_least"
	// ShareFirstAbove is the share of judgements whose first number is above the second.
	ShareFirstAbove = "share_first_above_second"
	// RatioOfSums is the sum of first numbers over the sum of second numbers.
	RatioOfSums = "ratio_of_sums"
	// CorpusBLEU is BLEU of [text.BLEUStatistics].
	CorpusBLEU = "corpus_bleu"
)

// AtLeast is the statistic [ShareAtLeast] with its threshold.
func AtLeast(threshold float64) metrics.Statistic {
	return metrics.Statistic{Name: ShareAtLeast, Threshold: threshold}
}

// Sums computes a metric from the values of judgements.
type Sums struct {
	// Size is the number of sufficient statistics of one judgement.
	Size int
	// Add writes the sufficient statistics of one value into dst, which has length Size.
	Add func(dst, value []float64)
	// Point computes the metric from the summed statistics of n judgements. Several
	// goroutines may call it at once.
	Point func(sums []float64, n float64) float64
}

// One computes the metric from one judgement.
func (s Sums) One(value []float64) float64 {
	sums := make([]float64, s.Size)
	s.Add(sums, value)
	return s.Point(sums, 1)
}

// entry is a statistic of the list.
type entry struct {
	name      string
	width     int  // of a value; 0 for any
	threshold bool // whether the metric gives one
	mean      bool // the point is a mean of one number a judgement, so that a metric of any kind may have it
	sums      func(threshold float64) Sums
}

func list() []entry {
	return []entry{
		{name: Mean, width: 1, mean: true, sums: func(float64) Sums {
			return Sums{Size: 1, Add: copyValue, Point: mean}
		}},
		{name: ShareAtLeast, threshold: true, mean: true, sums: func(threshold float64) Sums {
			return share(func(value []float64) bool {
				return !slices.ContainsFunc(value, func(x float64) bool { return x < threshold })
			})
		}},
		{name: ShareFirstAbove, width: 2, mean: true, sums: func(float64) Sums {
			return share(func(value []float64) bool { return value[0] > value[1] })
		}},
		{name: RatioOfSums, width: 2, sums: func(float64) Sums {
			return Sums{Size: 2, Add: copyValue, Point: func(sums []float64, _ float64) float64 { return sums[0] / sums[1] }}
		}},
		{name: CorpusBLEU, width: text.BLEUSize, sums: func(float64) Sums {
			return Sums{Size: text.BLEUSize, Add: copyValue, Point: func(sums []float64, _ float64) float64 { return text.BLEU(sums) }}
		}},
	}
}

// Names lists the statistics.
func Names() []string {
	var names []string
	for _, e := range list() {
		names = append(names, e.name)
	}
	return names
}

// Of finds a metric's statistic. The error names an unknown statistic, or says what does
// not fit between metric and statistic.
func Of(m *metrics.Metric) (Sums, error) {
	name := m.Statistic.Name
	if name == "" {
		name = Mean
	}
	all := list()
	i := slices.IndexFunc(all, func(e entry) bool { return e.name == name })
	if i < 0 {
		return Sums{}, fmt.Errorf("metric %s: unknown statistic %q; this assay has %s", m.Name, name, strings.Join(Names(), ", "))
	}
	e := all[i]
	switch {
	case e.width != 0 && m.ValueWidth() != e.width:
		return Sums{}, fmt.Errorf("metric %s: its values have %d numbers, and the statistic %s needs %d", m.Name, m.ValueWidth(), name, e.width)
	case !e.threshold && m.Statistic.Threshold != 0:
		return Sums{}, fmt.Errorf("metric %s: the statistic %s takes no threshold; remove it", m.Name, name)
	case !e.mean && m.Kind != metrics.FunctionOfSums:
		return Sums{}, fmt.Errorf("metric %s: the statistic %s is no plain mean; its kind must be %s", m.Name, name, metrics.FunctionOfSums)
	}
	return e.sums(m.Statistic.Threshold), nil
}

// share counts the values that hold.
func share(holds func(value []float64) bool) Sums {
	return Sums{Size: 1, Point: mean, Add: func(dst, value []float64) {
		dst[0] = 0
		if holds(value) {
			dst[0] = 1
		}
	}}
}

func copyValue(dst, value []float64) { copy(dst, value) }

func mean(sums []float64, n float64) float64 { return sums[0] / n }
