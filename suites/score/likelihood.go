package score

import (
	"errors"
	"math"

	"assay/metrics"
	"assay/metrics/names"
	"assay/metrics/statistic"
)

// likelihoodKinds are the metrics of how likely a model finds a text.
func likelihoodKinds() []kind {
	return []kind{
		{"perplexity", "e to the power of the loss per token, byte or word; lower is better", []string{"per"}, perplexity},
		{"bits_per_byte", "loss in bits per byte of UTF-8; lower is better", []string{"highest"}, bitsPerByte},
		{names.Loss, "loss in nats per token, byte or word; lower is better", []string{"per", "highest"}, loss},
	}
}

// likelihood is a metric of a text's loss and length, summed over all texts. unit is the loss in
// nats that counts as 1.
func likelihood(m metrics.Metric, name string, per Per, unit float64) (Metric, error) {
	if per == PerText {
		return Metric{}, errors.New("needs per: token, byte or word; only per byte and per word can models with different tokenizers be compared")
	}
	m.Kind, m.Direction, m.Width, m.Statistic.Name = metrics.FunctionOfSums, metrics.LowerIsBetter, 2, name
	return Metric{Metric: m, Of: func(a *Answer) ([]float64, string) {
		if missing := a.scored(); missing != "" {
			return nil, missing
		}
		if len(a.Choices) != 1 {
			return nil, "the metric is for a text, and the suite has choices"
		}
		if math.IsInf(a.Scores[0], -1) {
			return nil, "the text has no probability"
		}
		length, missing := a.length(0, a.Choices[0], per)
		if missing != "" {
			return nil, missing
		}
		return []float64{-a.Scores[0] / unit, float64(length)}, ""
	}}, nil
}

// highest is the largest value that a loss can have.
func (s *Settings) highest() float64 {
	if s.Highest == 0 {
		return math.Inf(1)
	}
	return s.Highest
}

func perplexity(s *Settings) (Metric, error) {
	per := string(s.Per)
	return likelihood(metrics.Metric{Name: per + "_perplexity", Title: "Perplexity per " + per, Lo: 1, Hi: math.Inf(1)}, statistic.ExpRatioOfSums, s.Per, 1)
}

func bitsPerByte(s *Settings) (Metric, error) {
	return likelihood(metrics.Metric{Title: "Bits per byte", Hi: s.highest()}, statistic.RatioOfSums, PerByte, math.Ln2)
}

func loss(s *Settings) (Metric, error) {
	per := string(s.Per)
	return likelihood(metrics.Metric{Name: "loss_per_" + per, Title: "Loss (nats per " + per + ")", Hi: s.highest()}, statistic.RatioOfSums, s.Per, 1)
}
