package catalog

import (
	"assay/metrics/text"
	"assay/suites"
)

// DROP (Dua et al. 2019, arXiv 1903.00161) with the official exact match and F1.
func DROP() suites.Suite {
	return suites.Suite{
		Name:       "drop",
		Title:      "DROP",
		Text:       "Reading comprehension that asks for discrete reasoning; official exact match and F1.",
		Metrics:    exactAndF1(),
		Conditions: shots(),
		Judge:      textJudge{name: "drop", metrics: []string{"f1", "exact_match"}, score: dropScores, sight: dropSight},
		Plot:       suites.Plot{Group: publicNLP, Metric: "f1", Mark: suites.Lines},
		Live:       dropLive(),
	}
}

func dropScores(answer string, references []string) [][]float64 {
	exact, f1 := text.DROP(answer, references)
	return [][]float64{{f1}, {exact}}
}
