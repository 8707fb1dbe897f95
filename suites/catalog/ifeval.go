package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/statistic"
	"assay/models"
	"assay/suites"
	"assay/suites/ifeval"
)

// The metrics of IFEval, in the order of reports.
const (
	promptStrict      = "prompt_strict"
	instructionStrict = "instruction_strict"
	promptLoose       = "prompt_loose"
	instructionLoose  = "instruction_loose"
)

// IFEval (Zhou et al. 2023, arXiv 2311.07911) checks by program whether an answer follows the
// instructions of its prompt: prompts all of whose instructions are followed, and instructions that
// are followed, strictly and loosely.
func IFEval() suites.Suite {
	prompts := func(name, title string) metrics.Metric {
		return metrics.Metric{Name: name, Title: title, Kind: metrics.Proportion, Lo: 0, Hi: 1}
	}
	instructions := func(name, title string) metrics.Metric {
		return metrics.Metric{Name: name, Title: title, Kind: metrics.FunctionOfSums, Lo: 0, Hi: 1, Width: 2, Statistic: metrics.Statistic{Name: statistic.RatioOfSums}}
	}
	return suites.Suite{
		Name:  "ifeval",
		Title: "IFEval",
		Text:  "Share of prompts all of whose instructions are followed, and share of instructions that are followed, checked by program. Loosely, an instruction is also followed if the answer follows it without asterisks, its first line or its last line.",
		Metrics: []metrics.Metric{
			prompts(promptStrict, "Prompts, strict"), instructions(instructionStrict, "Instructions, strict"),
			prompts(promptLoose, "Prompts, loose"), instructions(instructionLoose, "Instructions, loose"),
		},
		Plot: suites.Plot{Group: "ifeval", Metric: promptStrict, Mark: suites.Bars},
		Live: &suites.Live{
			Data:     "ifeval/input_data.jsonl",
			Sampling: models.Sampling{MaxTokens: 1280},
			Brings:   followJudge{}.Metrics(),
			Load:     loadIFEval,
		},
	}
}

// ifevalRow is a line of IFEval's input_data.jsonl.
type ifevalRow struct {
	Key    *float64           `json:"key"`
	Prompt *string            `json:"prompt"`
	IDs    []string           `json:"instruction_id_list"`
	Kwargs []ifeval.Arguments `json:"kwargs"`
}

func loadIFEval(files suites.Files) (*suites.Set, error) {
	var all examples
	judge := followJudge{of: map[string][]ifeval.Instruction{}}
	unseen := tally{}
	err := eachJSONRecord(files.Data, func(line int, row *ifevalRow) error {
		prompt, err := someText("prompt", row.Prompt)
		switch {
		case err != nil:
			return err
		case len(row.IDs) == 0:
			return errors.New("no instruction_id_list; get the file as IFEval publishes it")
		case len(row.IDs) != len(row.Kwargs):
			return fmt.Errorf("%s with %s; fix or remove the row", plural.Of(len(row.IDs), "instruction"), plural.Of(len(row.Kwargs), "kwarg"))
		}
		ex := suites.NewExample("ifeval", prompt, nil, category(row.IDs))
		list := make([]ifeval.Instruction, len(row.IDs))
		for i, id := range row.IDs {
			list[i] = ifeval.Instruction{ID: id, Arguments: row.Kwargs[i]}
			if err := list[i].Check(); err != nil {
				return fmt.Errorf("%w; fix or remove the row", err)
			}
			if list[i].Unseen() != "" {
				unseen.add(line)
			}
		}
		if _, twice := judge.of[ex.ID]; !twice {
			judge.of[ex.ID] = list
		}
		all.add(ex)
		return nil
	})
	if err != nil {
		return nil, err
	}
	set := &suites.Set{Examples: all.list, Ask: askInput, Judges: []suites.Judge{judge}, Notices: all.notices(files.Data, "prompts")}
	if unseen.n > 0 {
		set.Notices = append(set.Notices, fmt.Sprintf("%s: a language that can't be detected in %s; their answers will not be scored", files.Data, unseen))
	}
	return set, nil
}

// category is the group of a prompt's instructions, or that there are several groups.
func category(ids []string) string {
	group, _, _ := strings.Cut(ids[0], ":")
	for _, id := range ids[1:] {
		if other, _, _ := strings.Cut(id, ":"); other != group {
			return "several"
		}
	}
	return group
}

// followJudge checks answers against the instructions of their prompts, by the examples' ids.
type followJudge struct {
	of map[string][]ifeval.Instruction
}

func (followJudge) Name() string { return "instructions" }
func (followJudge) Metrics() []string {
	return []string{promptStrict, instructionStrict, promptLoose, instructionLoose}
}

func (j followJudge) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	c := item.Completion
	list, known := j.of[item.Example.ID]
	if !known {
		return missingAll(c, j.Metrics(), j.Name(), "the prompt isn't in the data, so its instructions are unknown"), nil
	}
	strict, loose, n := 0.0, 0.0, float64(len(list))
	for i := range list {
		if reason := list[i].Unseen(); reason != "" {
			return missingAll(c, j.Metrics(), j.Name(), reason), nil
		}
		strict += oneIf(list[i].Strict(c.Text))
		loose += oneIf(list[i].Loose(c.Text))
	}
	return []metrics.Judgement{
		suites.NewJudgement(c, promptStrict, j.Name(), oneIf(strict == n)), suites.NewJudgement(c, instructionStrict, j.Name(), strict, n),
		suites.NewJudgement(c, promptLoose, j.Name(), oneIf(loose == n)), suites.NewJudgement(c, instructionLoose, j.Name(), loose, n),
	}, nil
}
