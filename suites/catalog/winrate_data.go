package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"assay/metrics/names"
	"assay/suites"
)

// instructionRow is a prompt in one of three forms: AlpacaEval's instruction
// (AlpacaFarm adds an input to it), a plain prompt, or MT-bench's turns.
type instructionRow struct {
	Instruction string   `json:"instruction"`
	Input       string   `json:"input"`
	Prompt      string   `json:"prompt"`
	Turns       []string `json:"turns"`
	Dataset     string   `json:"dataset"`  // AlpacaEval's subdivision
	Category    string   `json:"category"` // MT-bench's
	Output      string   `json:"output"`   // a reference answer
}

// text is the prompt. An input follows its instruction.
func (r *instructionRow) text() (string, error) {
	var forms []string
	if strings.TrimSpace(r.Instruction) != "" {
		forms = append(forms, suites.Instruction(r.Instruction, r.Input))
	}
	if strings.TrimSpace(r.Prompt) != "" {
		forms = append(forms, r.Prompt)
	}
	if len(r.Turns) > 0 {
		forms = append(forms, r.Turns[0])
	}
	if len(forms) != 1 || strings.TrimSpace(forms[0]) == "" {
		return "", errors.New(`a row needs one of "instruction", "prompt" and "turns", not empty; fix or remove it`)
	}
	return forms[0], nil
}

// loadInstructions reads prompts from a JSON array or from JSON lines. Only the
// first of several turns is used.
func loadInstructions(files suites.Files) (*suites.Set, error) {
	set := &suites.Set{Ask: askInput}
	lines := map[string]int{}
	var later tally
	err := eachJSONRecord(files.Data, func(line int, row *instructionRow) error {
		text, err := row.text()
		if err != nil {
			return err
		}
		if len(row.Turns) > 1 {
			later.add(line)
		}
		var references []string
		if strings.TrimSpace(row.Output) != "" {
			references = []string{row.Output}
		}
		ex := suites.NewExample(names.WinRateSuite, text, references, cmp.Or(row.Dataset, row.Category))
		if first, ok := lines[ex.ID]; ok {
			return fmt.Errorf("the same prompt as on line %d; remove one of the two", first)
		}
		lines[ex.ID] = line
		set.Examples = append(set.Examples, ex)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if later.n > 0 {
		set.Notices = append(set.Notices, fmt.Sprintf("%s: several turns in %s; only the first is used", files.Data, later))
	}
	return set, nil
}
