package catalog

import (
	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
	"assay/suites/judge"
)

// WinRate is the paper's main measure (section 3.6): how often a model's output is
// preferred to a baseline's on the same prompt. A draw counts half.
//
// A judgement's value is the model's score against its baseline: 1 a win, 0 a
// loss, 0.5 a draw, and in between where the judge gave a degree. If a judge sees
// both orders of presentation, order_flips is how often the other answer won in
// the second order. grade is of a single answer, on the paper's scale from 1 to 7.
func WinRate() suites.Suite {
	return suites.Suite{
		Name:  names.WinRateSuite,
		Title: "Win rate",
		Text:  "Share of prompts on which the model's output is preferred to the baseline's; a draw counts half. 0.5 means no difference.",
		Metrics: []metrics.Metric{
			{Name: names.WinRate, Title: "Win rate", Kind: metrics.Mean, Lo: 0, Hi: 1, Even: new(0.5)},
			{Name: names.OrderFlips, Title: "Order flips of the judge", Kind: metrics.Proportion, Direction: metrics.LowerIsBetter, Lo: 0, Hi: 1},
			{Name: names.Grade, Title: "Grade, 1 to 7", Kind: metrics.Mean, Lo: 1, Hi: 7},
		},
		Plot:   suites.Plot{Group: "winrate", Metric: names.WinRate, Mark: suites.Dots, Reference: 0.5},
		Judged: []suites.JudgeKind{judge.PairwiseKind, judge.GradeKind},
		Live: &suites.Live{
			Data: "alpaca_eval/alpaca_eval.json",
			// Greedy decoding and 512 tokens are this project's choice.
			Sampling: models.Sampling{MaxTokens: 512},
			Load:     loadInstructions,
		},
	}
}

// askInput requests an answer to the example's input alone.
func askInput(ex *suites.Example, _ string) models.Request {
	return models.Request{Prompt: ex.Input}
}
