package catalog

import (
	"strings"

	"assay/metrics/names"
	"assay/metrics/text"
	"assay/suites"
)

// DROP (Dua et al. 2019, arXiv 1903.00161) with the official exact match and F1.
func DROP() suites.Suite {
	return suites.Suite{
		Name:       names.DROP,
		Title:      "DROP",
		Text:       "Reading comprehension that requires discrete reasoning; official exact match and F1.",
		Metrics:    exactAndF1(),
		Conditions: shots(),
		Clusters:   "passage",
		Describe:   describeDROP,
		Judge:      textJudge{name: "drop", metrics: []string{names.F1, "exact_match"}, score: dropScores, scope: dropScope},
		Plot:       suites.Plot{Group: publicNLP, Metric: names.F1, Mark: suites.Lines},
		Live:       dropLive(),
	}
}

// describeDROP takes the passage from the input, which begins with it.
func describeDROP(ex *suites.Example) {
	if at := strings.LastIndex(ex.Input, "\nQuestion: "); at >= 0 {
		ex.Cluster = suites.ClusterOf(ex.Input[:at])
	}
}

func dropScores(answer string, references []string) [][]float64 {
	exact, f1 := text.DROP(answer, references)
	return [][]float64{{f1}, {exact}}
}
