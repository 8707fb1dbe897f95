package plan

import (
	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/catalog"
)

// knownSuites are the catalog's suites in Go and two that are suite files, as plans see it.
func knownSuites() []suites.Suite {
	text := suites.Suite{
		Name: "text", Title: "Held-out text",
		Metrics: []metrics.Metric{{Name: "loss", Title: "Loss", Kind: metrics.FunctionOfSums, Hi: 20, Width: 2, Statistic: metrics.Statistic{Name: "ratio_of_sums"}}},
		Live:    &suites.Live{BuiltIn: true, Scored: true},
	}
	return append(catalog.All(), text, suites.Suite{
		Name: "tldr", Title: "TL;DR summarization", Conditions: []string{"zeroshot", "fewshot"},
		Metrics: []metrics.Metric{{Name: "rouge_l", Title: "ROUGE-L", Kind: metrics.Mean, Lo: 0, Hi: 1}},
		Live: &suites.Live{
			BuiltIn: true, Shards: true, Conditions: []string{""}, ShotConditions: []string{"fewshot"}, Shots: "tldr/train.jsonl",
			Sampling: models.Sampling{MaxTokens: 256, Stop: []string{"\n"}},
		},
	})
}

func knownSuite(name string) (suites.Suite, bool) {
	for _, s := range knownSuites() {
		if s.Name == name {
			return s, true
		}
	}
	return suites.Suite{}, false
}
