package catalog

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/metrics/statistic"
	"assay/models"
	"assay/suites"
)

func TestText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "held.jsonl")
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("{\"text\": \"anna likes\\nred .\"}\n\n{\"text\": \"bob is here .\"}\n{\"text\": \"anna likes\\nred .\"}\n")
	set, err := loadText(suites.Files{Data: path})
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Examples) != 2 || len(set.Notices) != 1 {
		t.Fatalf("%d examples and notices %q, want 2 and one", len(set.Examples), set.Notices)
	}
	r := set.Ask(&set.Examples[0], "")
	if r.Prompt != "anna" || len(r.Choices) != 1 || r.Choices[0] != " likes\nred ." {
		t.Errorf("asked %q %q", r.Prompt, r.Choices)
	}

	// Weighted by tokens: (6 + 2) / (4 + 1), not the mean of 1.5 and 2.
	suite := Text()
	sums := []float64{0, 0}
	for _, c := range []models.Completion{{Scores: []float64{-6}, Lengths: []int{4}}, {Scores: []float64{-2}, Lengths: []int{1}}} {
		judged, err := suite.Judge.Judge(context.Background(), suites.Item{Completion: c})
		if err != nil || len(judged) != 1 || len(judged[0].Value) != 2 {
			t.Fatalf("judged %+v, %v", judged, err)
		}
		sums[0] += judged[0].Value[0]
		sums[1] += judged[0].Value[1]
	}
	of, err := statistic.Of(&suite.Metrics[0])
	if err != nil {
		t.Fatal(err)
	}
	if got := of.Point(sums, 2); math.Abs(got-1.6) > 1e-12 {
		t.Errorf("loss %v, want 1.6", got)
	}
	judged, _ := suite.Judge.Judge(context.Background(), suites.Item{Completion: models.Completion{Text: "a"}})
	if len(judged) != 1 || judged[0].Missing == "" {
		t.Errorf("without log-probabilities: %+v, want missing", judged)
	}

	for content, want := range map[string]string{
		"":                          "empty",
		"{\"text\": \"anna\"}\n":    "held.jsonl:1: the text has only one word",
		"{\"texts\": \"anna b\"}\n": "held.jsonl:1:",
	} {
		write(content)
		if _, err := loadText(suites.Files{Data: path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
}
