package ppo

import (
	"errors"
	"fmt"
	"slices"

	"assay/fixtures/world"
	"assay/harness/training/network"
	"assay/models/train/ppo"
	"assay/suites/catalog"
)

// gold returns what sets the episodes' gold utility: what the small world says that
// responses to its prompts are worth.
func (s *setup) gold() (func([]*ppo.Episode) error, error) {
	type known struct {
		world  *world.World
		prompt *world.Prompt
	}
	t := s.tokenizer
	all := map[string]known{}
	for _, path := range s.files.Data.Prompts {
		read, err := catalog.ReadWorldPrompts(path)
		if err != nil {
			return nil, err
		}
		for i := range read.Prompts {
			p := &read.Prompts[i]
			all[fmt.Sprint(t.AppendEncode(slices.Clone(t.Prefix()), p.Text))] = known{read.World, p}
		}
	}
	for _, p := range s.prompts {
		if _, ok := all[fmt.Sprint(p)]; !ok {
			return nil, s.at("data.prompts", errors.New("gold: world knows prompts as they are written, and some were cut; write overlong: drop under data"))
		}
	}
	return func(episodes []*ppo.Episode) error {
		for _, e := range episodes {
			at := all[fmt.Sprint(e.Prompt)]
			text, err := network.ResponseText(t, e.Response)
			if err != nil {
				return err
			}
			facts := at.world.Judge(at.prompt, world.Response{Text: text, Ended: e.Ended})
			utility := facts.Utility(world.TrainingWeights())
			e.Gold = &utility
		}
		return nil
	}, nil
}
