package catalog

import (
	"errors"
	"fmt"
	"strings"

	"assay/metrics/names"
	"assay/models"
	"assay/suites"
	"assay/suites/judge"
	"assay/suites/labels"
)

// ClosedDomain are instructions whose answers must be based on an input, such as summaries: the
// closed-domain prompts of Ouyang et al. 2022, on which it counts hallucinations (figure 4). Judges
// give the grade and the flags of its table 3. People's labels of the same suite can be joined with them.
func ClosedDomain() suites.Suite {
	return suites.Suite{
		Name:  names.ClosedDomain,
		Title: "Closed-domain instructions",
		Text: "Instructions whose answers must be based on an input. Hallucination is the share of answers that say something that the input does not say. " +
			"A judge's metrics are its view of what people would say; labels of some answers show how far it is right.",
		Metrics:  judge.JudgedMetrics(),
		Clusters: "input",
		Plot:     suites.Plot{Group: names.ClosedDomain, Metric: names.JudgedPrefix + names.Hallucination},
		Judged:   []suites.JudgeKind{judge.MetadataKind, judge.GroundedKind},
		Live: &suites.Live{
			// Greedy decoding and 512 tokens are this project's choice.
			Sampling: models.Sampling{MaxTokens: 512},
			Load:     loadClosedDomain,
		},
	}
}

// closedDomainRow is an instruction with its input. What else a row has is ignored.
type closedDomainRow struct {
	Instruction string `json:"instruction"`
	Input       string `json:"input"`
	Constraint  string `json:"constraint"`
	Category    string `json:"category"` // the use case
	Output      string `json:"output"`   // a reference answer
}

// example is the row's. The constraint follows the instruction, unless the instruction has it word
// for word. Examples with one input are a cluster.
func (r *closedDomainRow) example() (suites.Example, error) {
	instruction, constraint := strings.TrimSpace(r.Instruction), strings.TrimSpace(r.Constraint)
	switch {
	case instruction == "":
		return suites.Example{}, errors.New(`no "instruction"; add it, or remove the row`)
	case strings.TrimSpace(r.Input) == "":
		return suites.Example{}, errors.New(`no "input"; add the text that the answer must be based on, or remove the row`)
	}
	fields := map[string]string{labels.ClosedDomainField: "yes"}
	if constraint != "" {
		fields[labels.ConstraintField] = constraint
		if !strings.Contains(instruction, constraint) {
			instruction += "\n" + constraint
		}
	}
	var references []string
	if strings.TrimSpace(r.Output) != "" {
		references = []string{r.Output}
	}
	ex := suites.NewExample(names.ClosedDomain, suites.Instruction(instruction, r.Input), references, r.Category)
	ex.Context, ex.Cluster, ex.Fields = r.Input, suites.ClusterOf(r.Input), fields
	return ex, nil
}

// loadClosedDomain reads rows from JSON lines or a JSON array.
func loadClosedDomain(files suites.Files) (*suites.Set, error) {
	set, lines := &suites.Set{Ask: askInput}, map[string]int{}
	err := eachJSONRecord(files.Data, func(line int, row *closedDomainRow) error {
		ex, err := row.example()
		if err != nil {
			return err
		}
		if first, ok := lines[ex.ID]; ok {
			return fmt.Errorf("the same instruction and input as on line %d; remove one of the two", first)
		}
		lines[ex.ID] = line
		set.Examples = append(set.Examples, ex)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return set, nil
}
