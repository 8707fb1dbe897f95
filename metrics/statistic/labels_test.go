package statistic_test

import (
	"math"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/statistic"
)

// pointOf sums values and computes the point.
func pointOf(t *testing.T, s metrics.Statistic, values [][]float64) float64 {
	t.Helper()
	m := metrics.Metric{Name: "m", Kind: metrics.FunctionOfSums, Lo: -1, Hi: 1, Width: len(values[0]), Statistic: s}
	of, err := statistic.Of(&m)
	if err != nil {
		t.Fatal(err)
	}
	sums, one := make([]float64, of.Size), make([]float64, of.Size)
	for _, v := range values {
		if err := statistic.Check(&m, v); err != nil {
			t.Fatal(err)
		}
		of.Add(one, v)
		for i := range sums {
			sums[i] += one[i]
		}
	}
	return of.Point(sums, float64(len(values)))
}

func pairs(first, second []float64) [][]float64 {
	var out [][]float64
	for i := range first {
		out = append(out, []float64{first[i], second[i]})
	}
	return out
}

// Wanted values: scikit-learn 1.9.1, f1_score(gold, given, labels=[0, 1, 2, 3], average='macro'),
// matthews_corrcoef(gold, given), where -1 is one more label; with two labels,
// f1_score(gold, given, average='macro').
func TestLabels(t *testing.T) {
	gold := []float64{1, 2, 0, 2, 2, 0, 0, 2, 1, 2, 1, 1, 2, 2, 2, 2, 2, 0, 1, 0, 2, 2, 0, 0, 0, 0, 1, 0, 1, 2}
	given := []float64{1, 2, 2, 2, 2, 0, -1, 2, 1, 2, 1, 1, 3, 2, 2, 2, -1, 3, 0, 1, 3, 2, 0, 3, 0, 0, 1, 2, 1, 2}
	four := []string{"a", "b", "c", "d"}
	var gold2, given2 []float64
	for i := range gold {
		gold2, given2 = append(gold2, min(gold[i], 1)), append(given2, min(max(given[i], 0), 1))
	}
	for _, c := range []struct {
		statistic   string
		labels      []string
		right, said []float64
		want        float64
	}{
		{statistic.MacroF1, four, gold, given, 0.5476190476190477},
		{statistic.MacroF1, append(four, "never seen"), gold, given, 0.5476190476190477},
		{statistic.MCC, four, gold, given, 0.5558128818541098},
		{statistic.MacroF1, four[:2], gold2, given2, 0.7127222982216143},
		{statistic.MCC, four[:2], gold2, given2, 0.4458225700602823},
		{statistic.MCC, four[:2], []float64{0, 1, 1}, []float64{1, 1, 1}, 0},
		{statistic.MacroF1, four[:2], []float64{0, 1, 1}, []float64{1, 0, -1}, 0},
	} {
		got := pointOf(t, metrics.Statistic{Name: c.statistic, Labels: c.labels}, pairs(c.right, c.said))
		if !approx.Equal(got, c.want, 1e-12) {
			t.Errorf("%s of %d labels: %v, want %v", c.statistic, len(c.labels), got, c.want)
		}
	}
}

// Wanted values: for bins (lower, upper] of numpy.linspace(0, 1, bins + 1), the first with 0,
// the sum of abs(right[m].mean() - confidence[m].mean()) * m.mean().
func TestCalibrationError(t *testing.T) {
	confidence := []float64{0.897, 0.02, 0.427, 0.415, 0.119, 0.605, 0.762, 0.378, 0.586, 0.551, 0.922, 0.279, 0.236, 0.036, 0.007, 0.108,
		0.536, 0.949, 0.971, 0.292, 0.263, 0.69, 0.98, 0.34, 0.0, 1.0, 0.2, 0.4}
	right := []float64{1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1}
	for bins, want := range map[int]float64{10: 0.1039642857142857, 5: 0.05360714285714288} {
		if got := pointOf(t, metrics.Statistic{Name: statistic.ECE, Bins: bins}, pairs(confidence, right)); !approx.Equal(got, want, 1e-12) {
			t.Errorf("%d bins: %v, want %v", bins, got, want)
		}
	}
}

func TestRatios(t *testing.T) {
	values := [][]float64{{1.5, 2}, {0.5, 3}, {2, 1}}
	for name, want := range map[string]float64{statistic.RatioOfSums: 4.0 / 6, statistic.ShareOfSums: 4.0 / 6, statistic.ExpRatioOfSums: math.Exp(4.0 / 6)} {
		if got := pointOf(t, metrics.Statistic{Name: name}, values); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if got := pointOf(t, metrics.Statistic{Name: statistic.ShareOfSums}, [][]float64{{0, 0}, {0, 0}}); got != 0 {
		t.Errorf("share of nothing: %v", got)
	}
}

func TestLabelsRefuse(t *testing.T) {
	two := []string{"a", "b"}
	for _, c := range []struct {
		statistic metrics.Statistic
		value     []float64
		want      string
	}{
		{metrics.Statistic{Name: statistic.MCC}, nil, "needs 2 to 1000 labels, and has 0"},
		{metrics.Statistic{Name: statistic.MacroF1, Labels: two[:1]}, nil, "needs 2 to 1000 labels, and has 1"},
		{metrics.Statistic{Name: statistic.MacroF1, Labels: two, Bins: 3}, nil, "takes no bins"},
		{metrics.Statistic{Name: statistic.RatioOfSums, Labels: two}, nil, "takes no labels"},
		{metrics.Statistic{Name: statistic.ECE}, nil, "needs 1 to 1000 bins, and has 0"},
		{metrics.Statistic{Name: statistic.MCC, Labels: two}, []float64{2, 0}, "no pair of labels"},
		{metrics.Statistic{Name: statistic.MCC, Labels: two}, []float64{-1, 0}, "no pair of labels"},
		{metrics.Statistic{Name: statistic.MCC, Labels: two}, []float64{0, -2}, "no pair of labels"},
		{metrics.Statistic{Name: statistic.MCC, Labels: two}, []float64{0.5, 0}, "no pair of labels"},
		{metrics.Statistic{Name: statistic.ECE, Bins: 10}, []float64{1.5, 1}, "no confidence from 0 to 1"},
		{metrics.Statistic{Name: statistic.ECE, Bins: 10}, []float64{0.5, 0.5}, "no confidence from 0 to 1"},
	} {
		m := metrics.Metric{Name: "m", Kind: metrics.FunctionOfSums, Hi: 1, Width: 2, Statistic: c.statistic}
		_, err := statistic.Of(&m)
		if c.value != nil {
			if err != nil {
				t.Fatal(err)
			}
			err = statistic.Check(&m, c.value)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v %v: %v, want %q", c.statistic, c.value, err, c.want)
		}
	}
}
