package catalog

import (
	"slices"
	"strings"

	"assay/metrics"
	"assay/metrics/text"
	"assay/suites"
)

// noAnswer is what the paper's prompt asks a model to say where the background
// holds no answer (Appendix D); in the recorded samples the reference says it too.
const noAnswer = "Not in background."

// SQuADv2 (Rajpurkar et al. 2018) with the official exact match and F1.
func SQuADv2() suites.Suite {
	return suites.Suite{
		Name:       "squadv2",
		Title:      "SQuAD v2",
		Text:       "Reading comprehension with unanswerable questions; official exact match and F1. \"" + noAnswer + "\" is the answer where there is none, and so is an empty text if the model stopped on its own; an empty text that was cut, or has no end, is not scored.",
		Metrics:    exactAndF1(),
		Conditions: shots(),
		Clusters:   "passage",
		Describe:   describeSQuAD,
		Judge:      textJudge{name: "squad-v2", metrics: []string{"f1", "exact_match"}, score: squadScores, sight: squadSight, bare: true},
		Silent:     true,
		Plot:       suites.Plot{Group: publicNLP, Metric: "f1", Mark: suites.Lines},
		Live:       squadLive(),
	}
}

// describeSQuAD takes the passage from the input, which begins with it, and from the
// references whether it holds an answer: SQuAD's official script names the two so.
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

// publicNLP is the figure that the paper's public data sets share.
const publicNLP = "public-nlp"

// shots are the two prompt types of the public data sets.
func shots() []string { return []string{"zeroshot", "fewshot"} }

func exactAndF1() []metrics.Metric {
	return []metrics.Metric{
		{Name: "f1", Title: "F1", Kind: metrics.Mean, Lo: 0, Hi: 1},
		{Name: "exact_match", Title: "Exact match", Kind: metrics.Proportion, Lo: 0, Hi: 1},
	}
}

// squadScores takes an example without references as one without an answer, as
// SQuAD's own files have it.
func squadScores(answer string, references []string) [][]float64 {
	blanked := make([]string, len(references))
	for i, r := range references {
		blanked[i] = blankNoAnswer(r)
	}
	exact, f1 := text.SQuAD(blankNoAnswer(answer), blanked)
	return [][]float64{{f1}, {exact}}
}

// blankNoAnswer turns the no-answer into the empty string that SQuAD's script
// scores as such.
func blankNoAnswer(s string) string {
	if text.SQuADNormalize(s) == text.SQuADNormalize(noAnswer) {
		return ""
	}
	return s
}
