package judge

import (
	"context"
	"runtime"
	"slices"
	"time"

	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/statistic"
	"assay/metrics/stats"
)

// Names of the metrics of a judge.
const (
	Accuracy         = "accuracy"
	Brier            = "brier"
	CalibrationError = "calibration_error"
)

// threshold is the probability from which the judge says yes.
const threshold = 0.5

// measureAll measures a judge on all tests. done is called after each text, by one goroutine at a time;
// nil is allowed.
func (t *Training) measureAll(ctx context.Context, j judging, done func()) (*Evaluation, error) {
	e := &Evaluation{Threads: runtime.GOMAXPROCS(0)}
	texts, start := 0, time.Now()
	var probabilities [][]float64
	tests := slices.Concat(t.sources, t.others)
	for _, s := range tests {
		p, err := j.all(ctx, s.test, done)
		if err != nil {
			return nil, err
		}
		probabilities, texts = append(probabilities, p), texts+len(s.test)
	}
	e.Speed = float64(texts) / max(time.Since(start).Seconds(), 1e-9)
	for i, s := range tests {
		one := t.measure(s.name, s.test, probabilities[i])
		if i < len(t.sources) {
			e.Test = append(e.Test, one)
		} else {
			e.Files = append(e.Files, one)
		}
	}
	return e, nil
}

// measure measures probabilities against labels.
func (t *Training) measure(name string, rows []Row, p []float64) Measured {
	m := Measured{Name: name, Texts: len(rows), Categories: byCategory(rows, p)}
	positive := make([]bool, len(rows))
	clusters := clustersOf(rows)
	accuracy, brier, calibration := infer.NewColumn(&accuracyMetric), infer.NewColumn(&brierMetric), infer.NewColumn(&calibrationMetric)
	for i := range rows {
		label := 0.0
		if positive[i] = rows[i].Positive(); positive[i] {
			label = 1
			m.Positive++
		}
		accuracy.Add(clusters[i], 0, []float64{right(&rows[i], p[i])})
		brier.Add(clusters[i], 0, []float64{(p[i] - label) * (p[i] - label)})
		calibration.Add(clusters[i], 0, []float64{p[i], label})
	}
	m.Groups = int(slices.Max(clusters)) + 1
	m.Majority = float64(max(m.Positive, len(rows)-m.Positive)) / float64(len(rows))
	for _, c := range []struct {
		metric *metrics.Metric
		column *infer.Column
	}{{&accuracyMetric, accuracy}, {&brierMetric, brier}, {&calibrationMetric, calibration}} {
		e := infer.Estimate(c.column, infer.Options{Seed: 1, Resamples: resamples})
		e.Suite, e.Metric, e.Model, e.Condition = "judge", c.metric.Name, t.folder.Name(), name
		if c.metric == &calibrationMetric {
			// A resample has the noise of its bins twice, so nearly all of its calibration errors are too
			// high, and an interval of them can leave out the point.
			m.CalibrationError = e.Point
			continue
		}
		m.Estimates = append(m.Estimates, e)
	}
	if auc, ok := stats.AUC(p, positive); ok {
		m.AUC = &auc
	}
	m.Terms = byTerm(t.terms, rows, p, fewestTexts)
	return m
}

// resamples of an interval's bootstrap: the files have up to 80,000 texts.
const resamples = 2000

var (
	accuracyMetric    = metrics.Metric{Name: Accuracy, Title: "Accuracy", Kind: metrics.Proportion, Lo: 0, Hi: 1}
	brierMetric       = metrics.Metric{Name: Brier, Title: "Brier score", Kind: metrics.Mean, Direction: metrics.LowerIsBetter, Lo: 0, Hi: 1}
	calibrationMetric = metrics.Metric{Name: CalibrationError, Title: "Calibration error", Kind: metrics.FunctionOfSums, Direction: metrics.LowerIsBetter, Lo: 0, Hi: 1, Width: 2, Statistic: metrics.Statistic{Name: statistic.ECE, Bins: 10}}
)

// right is 1 if the judge's answer is the label, and 0 otherwise.
func right(r *Row, p float64) float64 {
	if (p >= threshold) == r.Positive() {
		return 1
	}
	return 0
}

// clustersOf numbers the units of rows.
func clustersOf(rows []Row) []uint32 {
	numbers := map[string]uint32{}
	clusters := make([]uint32, len(rows))
	for i := range rows {
		unit := rows[i].unit()
		n, ok := numbers[unit]
		if !ok {
			n = uint32(len(numbers))
			numbers[unit] = n
		}
		clusters[i] = n
	}
	return clusters
}

// byCategory measures the accuracy on each category, in order of first appearance.
func byCategory(rows []Row, p []float64) []Category {
	var all []Category
	at := map[string]int{}
	for i := range rows {
		name := rows[i].Category
		if name == "" {
			continue
		}
		k, ok := at[name]
		if !ok {
			k = len(all)
			at[name], all = k, append(all, Category{Name: name})
		}
		all[k].Texts++
		all[k].Accuracy += right(&rows[i], p[i])
		if rows[i].Positive() {
			all[k].Positive++
		}
	}
	for k := range all {
		all[k].Accuracy /= float64(all[k].Texts)
	}
	return all
}
