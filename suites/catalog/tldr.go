package catalog

import (
	"assay/metrics"
	"assay/metrics/names"
	"assay/metrics/text"
	"assay/suites"
	"assay/suites/score"
)

// TLDR is the Reddit TL;DR summarization set (Völske et al. 2017), by ROUGE-L.
func TLDR() suites.Suite {
	return suites.Suite{
		Name:  names.TLDR,
		Title: "TL;DR summarization",
		Text:  "Summaries of posts against their authors' own; ROUGE-L F-measure without stemming. A condition without a name is zero-shot.",
		Metrics: []metrics.Metric{
			{Name: names.ROUGEL, Title: "ROUGE-L", Kind: metrics.Mean, Lo: 0, Hi: 1},
		},
		Conditions: shots(),
		Judge:      textJudge{name: "rouge-l", metrics: []string{names.ROUGEL}, score: rougeL, scope: score.ROUGEScope},
		Plot:       suites.Plot{Group: publicNLP, Metric: names.ROUGEL, Mark: suites.Lines},
		Live:       tldrLive(),
	}
}

func rougeL(answer string, references []string) [][]float64 {
	best := 0.0
	for _, r := range references {
		best = max(best, text.ROUGEL(answer, r))
	}
	return [][]float64{{best}}
}
