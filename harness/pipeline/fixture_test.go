package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"assay/harness"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/statistic"
	"assay/models"
	"assay/suites"
)

// small is a catalog of four suites, one with a judge of its own.
func small() []suites.Suite {
	return []suites.Suite{
		{Name: "pref", Title: "Preference", Metrics: []metrics.Metric{{Name: "win_rate", Title: "Win rate", Kind: metrics.Mean, Hi: 1, Even: new(0.5)},
			{Name: "flips", Title: "Flips", Kind: metrics.Proportion, Direction: metrics.LowerIsBetter, Hi: 1},
			{Name: "order_flips", Title: "Order flips", Kind: metrics.Proportion, Direction: metrics.LowerIsBetter, Hi: 1}},
			Plot: suites.Plot{Group: "pref", Metric: "win_rate", Mark: suites.Dots, Reference: 0.5}},
		{Name: "quiz", Title: "Quiz", Conditions: []string{"zero", "few"},
			Metrics: []metrics.Metric{
				{Name: "both", Title: "Both", Kind: metrics.Proportion, Hi: 1, Width: 2, Statistic: statistic.AtLeast(0.5)},
				{Name: "length", Title: "Length", Kind: metrics.Mean, Hi: 100},
			},
			Judge: lengthJudge{}, Plot: suites.Plot{Group: "quiz", Metric: "both", Mark: suites.Bars}},
		{Name: "ratio", Title: "Ratio", Metrics: []metrics.Metric{{Name: "ratio", Title: "Ratio", Kind: metrics.FunctionOfSums, Hi: 1, Width: 2,
			Statistic: metrics.Statistic{Name: statistic.RatioOfSums}}},
			Plot: suites.Plot{Group: "ratio", Metric: "ratio", Mark: suites.Bars}},
		{Name: "toxic", Title: "Toxicity", Clusters: "passage", Metrics: []metrics.Metric{{Name: "mean", Title: "Mean", Kind: metrics.Mean, Direction: metrics.LowerIsBetter, Hi: 1}},
			Plot: suites.Plot{Group: "toxic", Metric: "mean", Mark: suites.Bars}},
	}
}

// lengthJudge scores the length; an empty text can't be judged.
type lengthJudge struct{}

var errJudge = errors.New("the judge is gone")

func (lengthJudge) Name() string      { return "ruler" }
func (lengthJudge) Metrics() []string { return []string{"length"} }

func (lengthJudge) Judge(ctx context.Context, item suites.Item) ([]metrics.Judgement, error) {
	c := item.Completion
	switch c.Text {
	case "":
		return []metrics.Judgement{suites.NewMissing(c, "length", "ruler", "empty")}, nil
	case "fail":
		return nil, errJudge
	}
	return []metrics.Judgement{suites.NewJudgement(c, "length", "ruler", float64(len(c.Text)))}, ctx.Err()
}

func completion(suite, example, condition, model, text string) models.Completion {
	return models.Completion{
		ID: models.CompletionID(model, example+condition, "", 0, 0), Suite: suite,
		Example: suites.ExampleID(suite, example), Condition: condition, Model: model, Text: text,
	}
}

func judgement(suite, metric, example, condition, model string, value ...float64) metrics.Judgement {
	j := metrics.Judgement{Suite: suite, Metric: metric, Example: suites.ExampleID(suite, example), Condition: condition, Model: model, Judge: "judge", Value: value}
	if len(value) == 0 {
		j.Missing = "no score"
	}
	return j
}

func against(j metrics.Judgement, baseline string) metrics.Judgement {
	j.Baseline = baseline
	return j
}

// source is a run with only judgements, of models in this order.
func source(t testing.TB, names []string, judgements ...metrics.Judgement) pipeline.Source {
	t.Helper()
	store := &runstore.Memory{}
	if err := runstore.Judgements().WriteAll(store, judgements); err != nil {
		t.Fatal(err)
	}
	m := &harness.Manifest{Schema: harness.ManifestSchema, Seed: 7}
	for _, name := range names {
		m.Models = append(m.Models, models.Info{Name: name})
	}
	return pipeline.Source{Store: store, Manifest: m}
}

func open(t testing.TB, sources ...pipeline.Source) pipeline.Runs {
	t.Helper()
	runs, err := pipeline.Open(sources, small())
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func collect(t testing.TB, sources ...pipeline.Source) *pipeline.Judged {
	t.Helper()
	j, err := open(t, sources...).Collect()
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func ingest(t testing.TB, store runstore.Store) *pipeline.Ingest {
	t.Helper()
	in, err := pipeline.NewIngest(store, func(string) {}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// find picks one estimate.
func find(t testing.TB, estimates []metrics.Estimate, suite, metric, condition, model string) metrics.Estimate {
	t.Helper()
	for _, e := range estimates {
		if e.Suite == suite && e.Metric == metric && e.Condition == condition && e.Model == model {
			return e
		}
	}
	t.Fatalf("no estimate of %s %s, %q, %s", suite, metric, condition, model)
	return metrics.Estimate{}
}

// toxicity is n judgements of a model; every tenth is missing.
func toxicity(model string, n int, level float64) []metrics.Judgement {
	var out []metrics.Judgement
	for i := range n {
		value := []float64{level + float64(i%5)/20}
		if i%10 == 9 {
			value = nil
		}
		out = append(out, judgement("toxic", "mean", fmt.Sprint("prompt ", i), "", model, value...))
	}
	return out
}
