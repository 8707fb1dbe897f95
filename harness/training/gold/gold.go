// Package gold gives the small world's gold utility of responses to its prompts. Trainings
// record it and never learn from it.
package gold

import (
	"errors"
	"fmt"
	"slices"

	"assay/fixtures/world"
	"assay/harness/training/network"
	"assay/models/bpe"
	"assay/suites/catalog"
)

// Rules knows what responses to the prompts of a world's files are worth.
type Rules struct {
	tokenizer *bpe.Tokenizer
	prompts   map[string]known // by their tokens
}

type known struct {
	world  *world.World
	prompt *world.Prompt
}

// Read reads files of prompts that 'assay world' wrote. Each of the given prompts, in
// tokens, must be one of them; one that was cut is not.
func Read(t *bpe.Tokenizer, files []string, prompts [][]int32) (*Rules, error) {
	r := &Rules{t, map[string]known{}}
	for _, path := range files {
		read, err := catalog.ReadWorldPrompts(path)
		if err != nil {
			return nil, err
		}
		for i := range read.Prompts {
			p := &read.Prompts[i]
			r.prompts[fmt.Sprint(t.AppendEncode(slices.Clone(t.Prefix()), p.Text))] = known{read.World, p}
		}
	}
	for _, p := range prompts {
		if _, ok := r.prompts[fmt.Sprint(p)]; !ok {
			return nil, errors.New("gold: world knows prompts as they are written, and some were cut; write overlong: drop under data")
		}
	}
	return r, nil
}

// Utility is what a response to one of the prompts is worth. ended says whether it has an end.
func (r *Rules) Utility(prompt, response []int32, ended bool) (float64, error) {
	at, ok := r.prompts[fmt.Sprint(prompt)]
	if !ok {
		return 0, errors.New("gold: the prompt is not from the files that were read")
	}
	text, err := network.ResponseText(r.tokenizer, response)
	if err != nil {
		return 0, err
	}
	facts := at.world.Judge(at.prompt, world.Response{Text: text, Ended: ended})
	return facts.Utility(world.TrainingWeights()), nil
}
