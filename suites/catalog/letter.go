package catalog

import (
	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// A model that gives no log-probabilities chooses among choices listed under
// letters, in an order drawn for each example. How far its answers follow the
// position instead of the text is a metric of its own.

const (
	// byLetter is the judge's name where the model only chose.
	byLetter   = "choice of letter"
	noLogProbs = "the model chooses but gives no log-probabilities"
	letterA    = "letter_a"
	letterText = "Letter A: how much more often than by chance such a model answered A, whatever choice was listed there; 0 where position has no effect."
)

// letterMetric is the share of answers A minus the share expected of a model that
// ignores position: one over the number of choices.
func letterMetric() metrics.Metric {
	return metrics.Metric{Name: letterA, Title: "Letter A beyond chance", Kind: metrics.Mean, Direction: metrics.NeitherIsBetter, Lo: -0.5, Hi: 1}
}

// letterJudgement judges the letter of a choice among n. There is no judgement
// where the completion has no letter.
func letterJudgement(c models.Completion, n int) []metrics.Judgement {
	if c.Letter == "" {
		return nil
	}
	return []metrics.Judgement{suites.NewJudgement(c, letterA, byLetter, oneIf(c.Letter == "A")-1/float64(n))}
}
