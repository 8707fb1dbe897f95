package pipeline

import (
	"slices"
	"testing"

	"assay/reports"
)

func TestMeanScores(t *testing.T) {
	got := meanScores([]reports.Score{
		{Metric: "likert", Missing: "no grade"}, {Metric: "f1", Value: 0.5}, {Metric: "likert", Value: 7}, {Metric: "likert", Value: 4},
		{Metric: "likert", Missing: "no grade"}, {Metric: "toxic", Missing: "timeout"}, {Metric: "toxic", Missing: "timeout"},
	})
	want := []reports.Score{{Metric: "likert", Value: 5.5}, {Metric: "f1", Value: 0.5}, {Metric: "toxic", Missing: "timeout"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
