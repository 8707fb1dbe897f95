package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"assay/metrics"
	"assay/metrics/names"
	"assay/metrics/statistic"
	"assay/models"
	"assay/suites"
)

// Text measures how well a model predicts texts: lines of {"text": "..."}, as
// pretraining reads them. The first word of a text is given, and the rest is scored by
// its log-probability. The metric is the mean over all tokens, in nats, so a long text
// counts for more than a short one. What fine-tuning costs in it is an alignment tax
// (Ouyang et al. 2022, section 4.2).
//
// A token is one of the model's own, so losses of models with different tokenizers
// can't be compared. A text that is longer than a model's context is missing.
func Text() suites.Suite {
	return suites.Suite{
		Name:  names.Text,
		Title: "Held-out text",
		Text:  "Mean loss on held-out text, in nats per token of the model's own tokenizer, given each text's first word. Lower is better.",
		Metrics: []metrics.Metric{{
			Name: names.Loss, Title: "Loss (nats per token)", Kind: metrics.FunctionOfSums, Direction: metrics.LowerIsBetter, Hi: 20, Width: 2,
			Statistic: metrics.Statistic{Name: statistic.RatioOfSums},
		}},
		Plot:  suites.Plot{Group: "text", Metric: names.Loss, Mark: suites.Lines},
		Judge: lossJudge{},
		Show: func(ex *suites.Example, c *models.Completion) string {
			if c.Missing != "" || len(c.Scores) != 1 || len(c.Lengths) != 1 {
				return c.Text
			}
			return fmt.Sprintf("%.2f nats over %d tokens", -c.Scores[0], c.Lengths[0])
		},
		Live: &suites.Live{Scored: true, Load: loadText},
	}
}

// textRow is a line of pretraining text.
type textRow struct {
	Text *string `json:"text"`
}

func loadText(files suites.Files) (*suites.Set, error) {
	var all examples
	err := eachJSONLine(files.Data, func(_ int, row *textRow) error {
		text, err := someText("text", row.Text)
		if err != nil {
			return err
		}
		if _, rest := firstWord(text); rest == "" {
			return errors.New("the text has only one word, so there is nothing to predict; remove the line")
		}
		all.add(suites.NewExample(names.Text, text, nil, ""))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &suites.Set{Examples: all.list, Ask: askText, Notices: all.notices(files.Data, "texts")}, nil
}

// firstWord cuts a text after its first word. The white space belongs to the rest.
func firstWord(text string) (first, rest string) {
	start := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
	end := strings.IndexAny(text[start:], " \t\r\n")
	if end < 0 {
		return text, ""
	}
	first, rest = text[:start+end], text[start+end:]
	if strings.TrimSpace(rest) == "" {
		return text, ""
	}
	return first, rest
}

func askText(ex *suites.Example, _ string) models.Request {
	first, rest := firstWord(ex.Input)
	return models.Request{Prompt: first, Choices: []string{rest}}
}

// lossJudge takes the loss from the single choice's log-probability.
type lossJudge struct{}

func (lossJudge) Name() string      { return "log-probability" }
func (lossJudge) Metrics() []string { return []string{names.Loss} }

func (j lossJudge) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	c := item.Completion
	switch {
	case c.Missing != "":
		return missingAll(c, j.Metrics(), j.Name(), c.Missing), nil
	case len(c.Scores) != 1 || len(c.Lengths) != 1 || c.Lengths[0] < 1:
		return missingAll(c, j.Metrics(), j.Name(), "the text has no log-probability and number of tokens"), nil
	}
	return []metrics.Judgement{suites.NewJudgement(c, names.Loss, j.Name(), -c.Scores[0], float64(c.Lengths[0]))}, nil
}
