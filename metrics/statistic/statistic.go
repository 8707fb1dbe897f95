// Package statistic holds the statistics that metrics name: what the value of a judgement
// adds to the sums, and which number the sums give. To add one, write its entry in list.
package statistic

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
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
	// ShareOfSums is the same, and 0 if the second sum is 0: precision without a claim.
	ShareOfSums = "share_of_sums"
	// ExpRatioOfSums is e to the power of [RatioOfSums]: a perplexity of nats and their units.
	ExpRatioOfSums = "exp_ratio_of_sums"
	// CorpusBLEU is BLEU of [text.BLEUStatistics].
	CorpusBLEU = "corpus_bleu"
	// CorpusChrF is chrF of [text.ChrFStatistics] without words, CorpusChrFWords with them.
	CorpusChrF      = "corpus_chrf"
	CorpusChrFWords = "corpus_chrf++"
	// CorpusTER is TER of [text.TERStatistics].
	CorpusTER = "corpus_ter"
	// MacroF1 is the mean over labels of the F1 of finding the label. See labels.go.
	MacroF1 = "macro_f1"
	// MCC is the Matthews correlation of labels. See labels.go.
	MCC = "mcc"
	// ECE is the expected calibration error. See calibration.go.
	ECE = "expected_calibration_error"
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
	name   string
	width  int   // of a value; 0 for any
	takes  takes // what the metric gives beside the name
	mean   bool  // the point is a mean of one number a judgement, so that a metric of any kind may have it
	sums   func(s metrics.Statistic) Sums
	values func(s metrics.Statistic, value []float64) error // refuses values that the statistic can't have; nil accepts all
}

// takes says which field of a metric's statistic is used.
type takes int

const (
	nothing takes = iota
	threshold
	labels
	bins
)

func list() []entry {
	return []entry{
		{name: Mean, width: 1, mean: true, sums: func(metrics.Statistic) Sums {
			return Sums{Size: 1, Add: copyValue, Point: mean}
		}},
		{name: ShareAtLeast, takes: threshold, mean: true, sums: func(s metrics.Statistic) Sums {
			return share(func(value []float64) bool {
				return !slices.ContainsFunc(value, func(x float64) bool { return x < s.Threshold })
			})
		}},
		{name: ShareFirstAbove, width: 2, mean: true, sums: func(metrics.Statistic) Sums {
			return share(func(value []float64) bool { return value[0] > value[1] })
		}},
		{name: RatioOfSums, width: 2, sums: of(2, func(sums []float64) float64 { return sums[0] / sums[1] })},
		{name: ShareOfSums, width: 2, sums: of(2, shareOfSums)},
		{name: ExpRatioOfSums, width: 2, sums: of(2, func(sums []float64) float64 { return math.Exp(sums[0] / sums[1]) })},
		{name: CorpusBLEU, width: text.BLEUSize, sums: of(text.BLEUSize, text.BLEU)},
		{name: CorpusChrF, width: text.ChrFSize, sums: of(text.ChrFSize, text.ChrF)},
		{name: CorpusChrFWords, width: text.ChrFWordSize, sums: of(text.ChrFWordSize, text.ChrF)},
		{name: CorpusTER, width: text.TERSize, sums: of(text.TERSize, text.TER)},
		{name: MacroF1, width: 2, takes: labels, sums: macroF1, values: knownLabels},
		{name: MCC, width: 2, takes: labels, sums: mcc, values: knownLabels},
		{name: ECE, width: 2, takes: bins, sums: ece, values: confidence},
	}
}

// of is a statistic of the sums of a value's numbers.
func of(size int, point func(sums []float64) float64) func(metrics.Statistic) Sums {
	return func(metrics.Statistic) Sums {
		return Sums{Size: size, Add: copyValue, Point: func(sums []float64, _ float64) float64 { return point(sums) }}
	}
}

func shareOfSums(sums []float64) float64 {
	if sums[1] == 0 {
		return 0
	}
	return sums[0] / sums[1]
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
	e, err := find(m)
	if err != nil {
		return Sums{}, err
	}
	return e.sums(m.Statistic), nil
}

// find finds the entry of a metric's statistic.
func find(m *metrics.Metric) (entry, error) {
	s := m.Statistic
	name := cmp.Or(s.Name, Mean)
	all := list()
	i := slices.IndexFunc(all, func(e entry) bool { return e.name == name })
	if i < 0 {
		return entry{}, fmt.Errorf("metric %s: unknown statistic %q; this assay has %s", m.Name, name, strings.Join(Names(), ", "))
	}
	e := all[i]
	switch {
	case e.width != 0 && m.ValueWidth() != e.width:
		return entry{}, fmt.Errorf("metric %s: its values have %s, and the statistic %s needs %d", m.Name, plural.Of(m.ValueWidth(), "number"), name, e.width)
	case e.takes != threshold && s.Threshold != 0:
		return entry{}, fmt.Errorf("metric %s: the statistic %s takes no threshold; remove it", m.Name, name)
	case e.takes != labels && s.Labels != nil:
		return entry{}, fmt.Errorf("metric %s: the statistic %s takes no labels; remove them", m.Name, name)
	case e.takes != bins && s.Bins != 0:
		return entry{}, fmt.Errorf("metric %s: the statistic %s takes no bins; remove them", m.Name, name)
	case e.takes == labels && (len(s.Labels) < 2 || len(s.Labels) > maxLabels):
		return entry{}, fmt.Errorf("metric %s: the statistic %s needs 2 to %d labels, and has %d", m.Name, name, maxLabels, len(s.Labels))
	case e.takes == bins && (s.Bins < 1 || s.Bins > maxBins):
		return entry{}, fmt.Errorf("metric %s: the statistic %s needs 1 to %d bins, and has %d", m.Name, name, maxBins, s.Bins)
	case !e.mean && m.Kind != metrics.FunctionOfSums:
		return entry{}, fmt.Errorf("metric %s: the statistic %s is no plain mean; its kind must be %s", m.Name, name, metrics.FunctionOfSums)
	}
	return e, nil
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
