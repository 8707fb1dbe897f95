package catalog

import (
	"assay/metrics"
	"assay/metrics/names"
	"assay/metrics/statistic"
	"assay/metrics/text"
	"assay/suites"
	"assay/suites/score"
)

// WMT15FrEn is WMT 2015's French to English translation, by corpus BLEU (13a
// tokens). A judgement's value is BLEU's counts for one sentence, so that the
// corpus score and its bootstrap come from sums.
func WMT15FrEn() suites.Suite {
	return suites.Suite{
		Name:  names.WMT15FrEn,
		Title: "WMT 2015 French to English",
		Text:  "Translation; corpus BLEU with 13a tokens, 0 to 100, as sacrebleu computes it.",
		Metrics: []metrics.Metric{{
			Name: names.BLEU, Title: "BLEU", Kind: metrics.FunctionOfSums, Lo: 0, Hi: 100,
			Width:     text.BLEUSize,
			Statistic: metrics.Statistic{Name: statistic.CorpusBLEU},
		}},
		Conditions: shots(),
		Judge:      textJudge{name: "bleu-13a", metrics: []string{names.BLEU}, score: bleuCounts, scope: score.BLEUScope},
		Plot:       suites.Plot{Group: publicNLP, Metric: names.BLEU, Mark: suites.Lines},
		Live:       wmtLive(),
	}
}

func bleuCounts(answer string, references []string) [][]float64 {
	counts := text.BLEUStatistics(answer, references)
	return [][]float64{counts[:]}
}
