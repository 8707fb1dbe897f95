package infer_test

import (
	"math"
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/statistic"
)

func proportion() *metrics.Metric {
	return &metrics.Metric{Name: "accuracy", Kind: metrics.Proportion, Hi: 1}
}

func mean() *metrics.Metric { return &metrics.Metric{Name: "f1", Kind: metrics.Mean, Hi: 1} }

// ratio is a function of sums: the first statistic's sum over the second's.
func ratio() *metrics.Metric {
	return &metrics.Metric{Name: "ratio", Kind: metrics.FunctionOfSums, Hi: 1, Width: 2,
		Statistic: metrics.Statistic{Name: statistic.RatioOfSums}}
}

// of returns a sample of one draw an example, examples 0, 1, ...
func of(m *metrics.Metric, values ...float64) *infer.Column {
	s := infer.NewColumn(m)
	for i, v := range values {
		s.Add(uint32(i), 0, []float64{v})
	}
	return s
}

// counts returns a sample of successes and failures.
func counts(successes, failures int) *infer.Column {
	s := infer.NewColumn(proportion())
	for i := range successes + failures {
		v := 0.0
		if i < successes {
			v = 1
		}
		s.Add(uint32(i), 0, []float64{v})
	}
	return s
}

// pairs returns two samples with onlyFirst, onlySecond, both and neither right.
func pairs(onlyFirst, onlySecond, both, neither int) (first, second *infer.Column) {
	first, second = infer.NewColumn(proportion()), infer.NewColumn(proportion())
	id := uint32(0)
	for _, cell := range []struct {
		n    int
		a, b float64
	}{{onlyFirst, 1, 0}, {onlySecond, 0, 1}, {both, 1, 1}, {neither, 0, 0}} {
		for range cell.n {
			first.Add(id, 0, []float64{cell.a})
			second.Add(id, 0, []float64{cell.b})
			id++
		}
	}
	return first, second
}

func options() infer.Options { return infer.Options{Seed: 1, Resamples: 2000} }

// near fails unless got is within tolerance of want, relative to 1 and to want.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s = %.15g, want %.15g", what, got, want)
	}
}

// tenScores and tenOthers are two models' scores of ten examples; fortyScores
// repeats them with a trend and a ripple.
func tenScores() []float64 {
	return []float64{0.12, 0.55, 0.31, 0.78, 0.05, 0.44, 0.62, 0.19, 0.90, 0.37}
}

func tenOthers() []float64 {
	return []float64{0.22, 0.50, 0.48, 0.81, 0.15, 0.40, 0.75, 0.31, 0.88, 0.52}
}

func fortyScores() (x, y []float64) {
	for i := range 40 {
		x = append(x, tenScores()[i%10]+float64(i)/100)
		y = append(y, tenOthers()[i%10]+float64(i%7)/20)
	}
	return x, y
}

// wide returns a mean whose range no test here reaches.
func wide() *metrics.Metric { return &metrics.Metric{Name: "score", Kind: metrics.Mean, Lo: -9, Hi: 9} }

// draws returns one to three draws of each of 12 examples, for one of two models.
func draws(model int) *infer.Column {
	s := infer.NewColumn(wide())
	for i := range 12 {
		for k := range (i+model)%3 + 1 {
			v := (7*i + 5*k) % 11
			if model == 1 {
				v = (5*i + 3*k + 4) % 11
			}
			s.Add(uint32(i), 0, []float64{float64(v) / 11})
		}
	}
	return s
}

// labelled returns four or five labelers' scores of each of 12 examples.
func labelled(model int) *infer.Column {
	s := infer.NewColumn(wide())
	for i := range 12 {
		for k := range 4 + (i+model)%2 {
			v := 4*(i%5) + 6*k + (7*i+5*k+3*model*i)%11 + 2*model*(k%3)
			s.Add(uint32(i), uint32(k+1), []float64{float64(v) / 60})
		}
	}
	return s
}
