package statistic

import (
	"fmt"
	"math"

	"assay/metrics"
)

// Statistics of labels have values of two numbers: the index of the right label among the
// metric's labels, and the index of the label that was given, or -1 if none of the labels was.
// Their sums are, for each label, how often it was right and given, right, and given. Every
// statistic of a confusion matrix's diagonal and margins follows from those.

// maxLabels bounds the sums of one metric.
const maxLabels = 1000

// knownLabels refuses a value that is no pair of labels.
func knownLabels(s metrics.Statistic, value []float64) error {
	for i, least := range []float64{0, -1} {
		if x := value[i]; x != math.Trunc(x) || x < least || x >= float64(len(s.Labels)) {
			return fmt.Errorf("the value %v is no pair of labels: the first is from 0 to %d, the second from -1", value, len(s.Labels)-1)
		}
	}
	return nil
}

// labelSums sums labels, and computes a point from what was right and given, right, and given,
// each by label, over n values.
func labelSums(s metrics.Statistic, point func(both, right, given []float64, n float64) float64) Sums {
	size := len(s.Labels)
	return Sums{
		Size: 3 * size,
		Add: func(dst, value []float64) {
			clear(dst)
			if knownLabels(s, value) != nil { // nothing that [Check] accepts
				return
			}
			right, given := int(value[0]), int(value[1])
			dst[size+right] = 1
			if given >= 0 {
				dst[2*size+given] = 1
			}
			if right == given {
				dst[right] = 1
			}
		},
		Point: func(sums []float64, n float64) float64 {
			return point(sums[:size], sums[size:2*size], sums[2*size:], n)
		},
	}
}

// macroF1 is the mean F1 over the labels that are right or given somewhere. The F1 of a label is
// 2 * both / (right + given).
func macroF1(s metrics.Statistic) Sums {
	return labelSums(s, func(both, right, given []float64, _ float64) float64 {
		sum, seen := 0.0, 0.0
		for i := range both {
			if right[i]+given[i] > 0 {
				sum += 2 * both[i] / (right[i] + given[i])
				seen++
			}
		}
		return sum / max(seen, 1)
	})
}

// mcc is the Matthews correlation of several labels (Gorodkin 2004, "Comparing two K-category
// assignments by a K-category correlation coefficient", equation 8). What is none of the labels
// counts as one more label, which is never right. It is 0 where one side has only one label.
func mcc(s metrics.Statistic) Sums {
	return labelSums(s, func(both, right, given []float64, n float64) float64 {
		hits, cross, squares, sure, unknown := 0.0, 0.0, 0.0, 0.0, n
		for i := range both {
			hits += both[i]
			cross += right[i] * given[i]
			squares += right[i] * right[i]
			sure += given[i] * given[i]
			unknown -= given[i]
		}
		spread := (n*n - sure - unknown*unknown) * (n*n - squares)
		if spread <= 0 {
			return 0
		}
		return (hits*n - cross) / math.Sqrt(spread)
	})
}
