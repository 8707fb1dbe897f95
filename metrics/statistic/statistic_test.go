package statistic_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/metrics"
	"assay/metrics/statistic"
)

func TestSums(t *testing.T) {
	for _, c := range []struct {
		metric metrics.Metric
		values [][]float64
		want   float64
	}{
		{metrics.Metric{Name: "f1"}, [][]float64{{0.25}, {0.75}, {0.8}}, 0.6},
		{metrics.Metric{Name: "f1", Statistic: metrics.Statistic{Name: statistic.Mean}}, [][]float64{{0.25}, {0.75}}, 0.5},
		{metrics.Metric{Name: "true", Statistic: statistic.AtLeast(0.5)}, [][]float64{{0.5}, {0.49}, {1}, {0}}, 0.5},
		{metrics.Metric{Name: "both", Width: 2, Statistic: statistic.AtLeast(0.5)}, [][]float64{{0.5, 0.5}, {1, 0.4}, {0.4, 1}, {0, 0}}, 0.25},
		{metrics.Metric{Name: "nearer", Width: 2, Statistic: metrics.Statistic{Name: statistic.ShareFirstAbove}}, [][]float64{{2, 1}, {1, 1}, {1, 2}, {5, 0}}, 0.5},
		{metrics.Metric{Name: "ratio", Kind: metrics.FunctionOfSums, Width: 2, Statistic: metrics.Statistic{Name: statistic.RatioOfSums}}, [][]float64{{1, 4}, {2, 2}}, 0.5},
		// Counts of a perfect sentence of 5 tokens: 5, 4, 3 and 2 n-grams, all matched.
		// chrF of counts that all match, and TER of 3 edits over 12 words.
		{metrics.Metric{Name: "chrf", Kind: metrics.FunctionOfSums, Width: 18, Statistic: metrics.Statistic{Name: statistic.CorpusChrF}}, [][]float64{{6, 6, 6, 5, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 1, 1, 1}}, 100},
		{metrics.Metric{Name: "ter", Kind: metrics.FunctionOfSums, Width: 2, Statistic: metrics.Statistic{Name: statistic.CorpusTER}}, [][]float64{{1, 4}, {2, 8}}, 25},
		{metrics.Metric{Name: "bleu", Kind: metrics.FunctionOfSums, Width: 10, Statistic: metrics.Statistic{Name: statistic.CorpusBLEU}}, [][]float64{{5, 5, 5, 4, 3, 2, 5, 4, 3, 2}}, 100},
	} {
		of, err := statistic.Of(&c.metric)
		if err != nil {
			t.Errorf("%s: %v", c.metric.Name, err)
			continue
		}
		sums, one := make([]float64, of.Size), make([]float64, of.Size)
		for _, v := range c.values {
			of.Add(one, v)
			for i := range sums {
				sums[i] += one[i]
			}
		}
		if got := of.Point(sums, float64(len(c.values))); got != c.want {
			t.Errorf("%s of %v is %v, want %v", c.metric.Name, c.values, got, c.want)
		}
	}
}

func TestOfRefuses(t *testing.T) {
	for want, m := range map[string]metrics.Metric{
		`metric x: unknown statistic "geometric_mean"; this assay has mean, share_at_least,`: {Name: "x", Statistic: metrics.Statistic{Name: "geometric_mean"}},
		"its values have 2 numbers, and the statistic mean needs 1":                          {Name: "x", Width: 2},
		"its values have 1 number, and the statistic corpus_bleu needs 10":                   {Name: "x", Kind: metrics.FunctionOfSums, Statistic: metrics.Statistic{Name: statistic.CorpusBLEU}},
		"the statistic mean takes no threshold":                                              {Name: "x", Statistic: metrics.Statistic{Threshold: 0.5}},
		"ratio_of_sums is no plain mean; its kind must be function_of_sums":                  {Name: "x", Kind: metrics.Mean, Width: 2, Statistic: metrics.Statistic{Name: statistic.RatioOfSums}},
	} {
		if _, err := statistic.Of(&m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", m.Statistic, err, want)
		}
	}
}

// A metric of two numbers a judgement: precision over all, from hits and claims.
func ExampleOf() {
	precision := metrics.Metric{Name: "precision", Kind: metrics.FunctionOfSums, Hi: 1, Width: 2,
		Statistic: metrics.Statistic{Name: statistic.RatioOfSums}}
	of, err := statistic.Of(&precision)
	if err != nil {
		panic(err)
	}
	sums, one := make([]float64, of.Size), make([]float64, of.Size)
	answers := [][]float64{{1, 1}, {2, 3}, {0, 4}}
	for _, value := range answers {
		of.Add(one, value)
		for i := range sums {
			sums[i] += one[i]
		}
	}
	fmt.Println(of.Point(sums, float64(len(answers))))
	// Output: 0.375
}
