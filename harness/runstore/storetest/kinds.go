package storetest

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/labels"
)

// hard are texts that could break a line format.
var hard = []string{
	"", " ", "a\nb\r\nc\rd", "tab\tnul\x00bell\a", `quote " slash \ / </script>`,
	"né 漢字 🙂 e\u0301", "\u2028\u2029\ufeff\ufffd", `{"assay":"judgements","version":1}`,
}

// numbers are values that a decimal format could lose.
var numbers = []float64{
	0, 1, -1, 0.1 + 0.2, 1.0 / 3, 1e-320, math.SmallestNonzeroFloat64, math.MaxFloat64, -math.MaxFloat64, 1 << 53, 5e-7, 1e21,
}

func testKinds(t *testing.T, s runstore.Store) {
	roundTrip(t, s, runstore.Examples(), examples())
	roundTrip(t, s, runstore.Completions(), completions())
	roundTrip(t, s, runstore.Earlier(), completions())
	roundTrip(t, s, runstore.Judgements(), judgements())
	roundTrip(t, s, runstore.Labels(), []labels.Row{
		{Prompt: hard[2], Model: "m", Labeler: "l", Output: new(""), Sexual: new(false), Seconds: new(1.0 / 3), Probability: new(1e-320)},
		{Example: "e", Model: "m", Labeler: "l", Skipped: "unclear", Item: labels.Gold},
	})
	roundTrip(t, s, runstore.Estimates(), estimates())
	roundTrip(t, s, runstore.TrainSteps(), []models.TrainStep{
		{Stage: "sft", Step: 1},
		{Stage: hard[2], Step: 1 << 40, Tokens: 1 << 53, Loss: 1.0 / 3, LearningRate: 5e-7, GradientNorm: 1e21, Best: true,
			Scores: []models.TrainScore{{Name: hard[5], Value: -1.0 / 3, N: 3}, {Name: "zero"}}},
	})
	roundTrip(t, s, runstore.Changes(), []harness.Change{{Model: "openai:http://host/v1#m chat", Change: "stop is not sent"}})
	roundTrip(t, s, runstore.Timings(), []harness.Timing{{}, {Stage: "judge", Seconds: 0.1 + 0.2, Host: "a b"}})
}

// roundTrip writes records, reads them, and writes what it read.
func roundTrip[T any](t *testing.T, s runstore.Store, k runstore.Kind[T], records []T) {
	t.Run(k.Name, func(t *testing.T) {
		if ok, err := k.Exists(s); ok || err != nil {
			t.Fatalf("exists before it was written: %v, %v", ok, err)
		}
		for _, want := range [][]T{records, {}} {
			if err := k.WriteAll(s, want); err != nil {
				t.Fatalf("write: %v", err)
			}
			if ok, err := k.Exists(s); !ok || err != nil {
				t.Errorf("exists after it was written: %v, %v", ok, err)
			}
			got := readAll(t, s, k)
			if len(got) != len(want) {
				t.Fatalf("read %d records, want %d", len(got), len(want))
			}
			for i := range want {
				if diff := cmp.Diff(want[i], got[i]); diff != "" {
					t.Errorf("record %d (-want +got):\n%s", i, diff)
				}
			}
			first := content(t, s, k.File())
			if err := k.WriteAll(s, got); err != nil {
				t.Fatalf("write again: %v", err)
			}
			if second := content(t, s, k.File()); first != second {
				t.Errorf("equal records gave other bytes:\n%s\n%s", first, second)
			}
		}
	})
}

func readAll[T any](t *testing.T, s runstore.Store, k runstore.Kind[T]) []T {
	t.Helper()
	var records []T
	for r, err := range k.Read(s) {
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		records = append(records, *r)
	}
	return records
}

func examples() []suites.Example {
	var out []suites.Example
	for _, s := range hard {
		out = append(out,
			suites.NewExample("suite", s, nil, s),
			suites.NewExample("suite", s, []string{s, "another", ""}, "category"),
			suites.Example{ID: "id", Suite: "suite", Input: s, Cluster: s, Fields: map[string]string{"a field": s, s: "value"}})
	}
	return out
}

func completions() []models.Completion {
	var out []models.Completion
	for i, s := range hard {
		out = append(out, models.Completion{ID: "id", Suite: "suite", Example: "example", Condition: s, Model: "model", Sample: i, Text: s})
	}
	return out
}

func judgements() []metrics.Judgement {
	key := metrics.Judgement{Suite: "suite", Example: "example", Model: "model", Metric: "metric"}
	all, none := key, key
	all.Value, none.Missing = numbers, "no score"
	ordered := key
	ordered.Baseline, ordered.Value, ordered.Orders = "baseline", []float64{0.5}, []float64{1, 0.25}
	out := []metrics.Judgement{all, none, ordered}
	for i, s := range hard {
		j := key
		j.Condition, j.Baseline, j.Judge, j.Labeler, j.Order, j.Sample, j.Value = s, s, s, s, s, i, numbers[i:i+1]
		out = append(out, j)
	}
	return out
}

func estimates() []metrics.Estimate {
	key := metrics.Estimate{Suite: "suite", Metric: "metric", Model: "model", Confidence: 0.95, Method: "wilson"}
	unscored, full := key, key
	unscored.Unscored = 7
	full.Interval = &metrics.Interval{Point: 0.1 + 0.2, SE: 1e-320, Lo: -1.0 / 3, Hi: 1}
	full.Condition, full.Baseline, full.N, full.Clusters = hard[2], hard[5], 100, 50
	full.WorstCase = &metrics.Bounds{Lo: 0, Hi: 1}
	full.Warnings = []string{"n is small", ""}
	full.Judged, full.Corrected = 1000, &metrics.Corrected{Point: 0.1 + 0.2, Hi: 1, Sensitivity: 2.0 / 3, Specificity: 1}
	zero := key
	zero.Interval = &metrics.Interval{} // a point of 0 is not an absent point
	alone := key
	alone.Alone, alone.N = new(0.1+0.2), 30
	return []metrics.Estimate{unscored, full, zero, alone}
}

func testManifest(t *testing.T, s runstore.Store) {
	if _, err := runstore.ReadManifest(s); err == nil {
		t.Error("a store without a manifest was read as a run")
	}
	want := &harness.Manifest{
		Schema: harness.ManifestSchema, Seed: math.MaxUint64, Baseline: "sft-175b",
		Plan: harness.Plan{Import: "instructgpt-samples", Sources: []harness.Source{{
			Name: hard[2], Bytes: 1 << 53, SHA256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		}}},
		Versions: harness.Versions{Assay: "1", Go: "go1", CPU: "os/arch"},
		Models:   []models.Info{{Name: "m", Fingerprint: "f"}, {Name: "sft-xl", Family: "sft", Size: "1.3B", Parameters: 1.3e9, Fingerprint: "f"}},
		Counts:   []harness.Count{{Suite: "suite", Examples: 1, Completions: 2, Attempted: 3, Scored: 2, Missing: 1}},
		Suites: []suites.Definition{{Name: "suite", Title: hard[2], Metrics: []suites.MetricDefinition{
			{Name: "score", Title: "Score", Kind: metrics.Mean, Direction: metrics.LowerIsBetter, Statistic: "mean", Range: suites.Range{Lo: new(0.0)}},
			{Name: "bleu", Title: "BLEU", Kind: metrics.FunctionOfSums, Width: 10, Statistic: "corpus_bleu", Range: suites.Range{Lo: new(0.0), Hi: new(100.0)}},
			{Name: "right", Title: "Right", Even: new(0.5), Statistic: "share_at_least", Threshold: 0.1 + 0.2, Range: suites.Range{Lo: new(0.0), Hi: new(1.0)}},
		}, Conditions: hard[2:4], Plot: suites.Plot{Group: "g", Metric: "right", Mark: suites.Dots, Reference: 0.5}}},
	}
	if err := runstore.WriteManifest(s, want); err != nil {
		t.Fatalf("write: %v", err)
	}
	got, err := runstore.ReadManifest(s)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
}
