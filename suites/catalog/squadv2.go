package catalog

import (
	"slices"
	"strings"

	"assay/metrics"
	"assay/metrics/names"
	"assay/metrics/text"
	"assay/suites"
)

// noAnswer is the answer that the paper's prompt prescribes where the background
// holds no answer (Appendix D). In the recorded samples the reference uses it too.
const noAnswer = "Not in background."

// SQuADv2 (Rajpurkar et al. 2018) with the official exact match and F1.
func SQuADv2() suites.Suite {
	return suites.Suite{
		Name:       names.SQuADv2,
		Title:      "SQuAD v2",
		Text:       "Reading comprehension with unanswerable questions; official exact match and F1. \"" + noAnswer + "\" is the answer where there is none. An empty text counts as this answer if the model stopped on its own; an empty text that was cut, or has no end, is not scored.",
		Metrics:    exactAndF1(),
		Conditions: shots(),
		Clusters:   "passage",
		Describe:   describeSQuAD,
		Judge:      textJudge{name: "squad-v2", metrics: []string{names.F1, "exact_match"}, score: squadScores, scope: squadScope, bare: true},
		Silent:     true,
		Plot:       suites.Plot{Group: publicNLP, Metric: names.F1, Mark: suites.Lines},
		Live:       squadLive(),
	}
}

// describeSQuAD takes the passage from the input, which begins with it, and from the
// references whether it holds an answer. The names are those of SQuAD's official
// script.
func describeSQuAD(ex *suites.Example) {
	passage, _, _ := strings.Cut(ex.Input, "\n\nQ: ")
	ex.Cluster = suites.ClusterOf(passage)
	ex.Category = "NoAns"
	if slices.ContainsFunc(ex.References, func(r string) bool { return blankNoAnswer(r) != "" }) {
		ex.Category = "HasAns"
	}
	title, _, _ := strings.Cut(passage, "\n")
	if title, ok := strings.CutPrefix(title, "Title: "); ok {
		ex.Fields = map[string]string{"article": strings.TrimSpace(title)}
	}
}

// publicNLP is the group of the paper's public data sets, which share a figure.
const publicNLP = "public-nlp"

// shots are the two prompt types of the public data sets.
func shots() []string { return []string{"zeroshot", "fewshot"} }

func exactAndF1() []metrics.Metric {
	return []metrics.Metric{
		{Name: names.F1, Title: "F1", Kind: metrics.Mean, Lo: 0, Hi: 1},
		{Name: "exact_match", Title: "Exact match", Kind: metrics.Proportion, Lo: 0, Hi: 1},
	}
}

// squadScores treats an example without references as one without an answer, as
// SQuAD's own files do.
func squadScores(answer string, references []string) [][]float64 {
	blanked := make([]string, len(references))
	for i, r := range references {
		blanked[i] = blankNoAnswer(r)
	}
	exact, f1 := text.SQuAD(blankNoAnswer(answer), blanked)
	return [][]float64{{f1}, {exact}}
}

// blankNoAnswer turns the no-answer into the empty string, which SQuAD's script
// scores as no answer.
func blankNoAnswer(s string) string {
	if text.SQuADNormalize(s) == text.SQuADNormalize(noAnswer) {
		return ""
	}
	return s
}
