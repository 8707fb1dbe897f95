package catalog

import (
	"context"
	"fmt"
	"math"
	"strings"

	"assay/fixtures"
	"assay/harness/leaf/rows"
	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
)

// Qualitative has answers to be read side by side, as in the paper's figures 8 and 9 (arXiv
// numbers; 26 and 27 of the NeurIPS version): prompts with a false premise, questions that
// tempt to hedge, several constraints, code, and other languages. assay brings prompts that
// were written for it; a plan may name others.
//
// Nothing judges the answers. Their length is counted.
func Qualitative() suites.Suite {
	return suites.Suite{
		Name:  names.Qualitative,
		Title: "Answers side by side",
		Text:  "Prompts with a false premise, questions that tempt to hedge, several constraints, code, and other languages. The answers are here to be read; nothing judges them. A few prompts show what an answer can look like, not how often. The number of words says nothing about quality.",
		Metrics: []metrics.Metric{
			{Name: wordsPerAnswer, Title: "Words per answer", Kind: metrics.Mean, Direction: metrics.NeitherIsBetter, Lo: 0, Hi: math.Inf(1)},
		},
		Plot:       suites.Plot{Group: names.Qualitative, Metric: wordsPerAnswer, Mark: suites.Bars},
		Judge:      lengthJudge{},
		SideBySide: true,
		Live: &suites.Live{
			BuiltIn:  true,
			Sampling: models.Sampling{MaxTokens: 256},
			Load:     loadQualitative,
		},
	}
}

const wordsPerAnswer = "words"

// qualitativeRow is a line of prompts.
type qualitativeRow struct {
	Kind   *string `json:"kind"`
	Prompt *string `json:"prompt"`
}

// loadQualitative reads prompts from a file or, if there is none, those that assay brings. An
// example's category is the prompt's kind.
func loadQualitative(files suites.Files) (*suites.Set, error) {
	var all examples
	seen := map[string]int{}
	add := func(line int, row *qualitativeRow) error {
		kind, err := someText("kind", row.Kind)
		if err != nil {
			return err
		}
		prompt, err := someText("prompt", row.Prompt)
		if err != nil {
			return err
		}
		ex := suites.NewExample(names.Qualitative, prompt, nil, strings.TrimSpace(kind))
		if first, ok := seen[ex.ID]; ok {
			return fmt.Errorf("the same prompt as on line %d; remove one of the two", first)
		}
		seen[ex.ID] = line
		all.add(ex)
		return nil
	}
	err := error(nil)
	if files.Data == "" {
		const name = "qualitative/prompts.jsonl (built in)"
		var in *rows.Text
		if in, err = rows.NewText(name, strings.NewReader(fixtures.QualitativePrompts())); err == nil {
			err = readJSONLines(name, in, add)
		}
	} else {
		err = eachJSONLine(files.Data, add)
	}
	if err != nil {
		return nil, err
	}
	return &suites.Set{Examples: all.list, Ask: askInput}, nil
}

// lengthJudge counts words.
type lengthJudge struct{}

func (lengthJudge) Name() string      { return "word count" }
func (lengthJudge) Metrics() []string { return []string{wordsPerAnswer} }

func (j lengthJudge) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	c := item.Completion
	if c.Missing != "" {
		return missingAll(c, j.Metrics(), j.Name(), c.Missing), nil
	}
	return []metrics.Judgement{suites.NewJudgement(c, wordsPerAnswer, j.Name(), float64(len(strings.Fields(c.Text))))}, nil
}
