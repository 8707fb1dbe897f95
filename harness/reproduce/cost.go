package reproduce

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"

	"assay/harness/runstore"
	"assay/harness/training/data"
	"assay/models"
	"assay/reports/study"
)

// Costs use the usual counts for a transformer of n parameters: 2n operations a token
// forwards and 4n backwards (Kaplan et al. 2020, arXiv 2001.08361, section 2.1). The
// smallest models spend about a fifth more, on attention over 80 tokens.
const (
	forwards = 2
	learning = 6 // forwards and backwards
)

// The paper's costs in petaflop/s-days, for its largest models (section 5.1).
const (
	paperPretraining = 3640
	paperSFT         = 4.9
	paperPTX         = 60
)

// costs counts what one seed's trainings of a size took.
func (r *Runner) costs(seed uint64, z Size) ([]study.Cost, error) {
	folder := r.SeedFolder(seed)
	m, err := runstore.ReadManifest(runstore.Dir(filepath.Join(folder, named(gpt, z))))
	if err != nil {
		return nil, err
	}
	n := m.Models[0].Parameters
	words, err := tuningWords(filepath.Join(folder, "world", "demonstrations.jsonl"))
	if err != nil {
		return nil, err
	}
	pretraining := learning * n * float64(r.Budget.Steps) * 12 * 80
	costs := []study.Cost{
		{Stage: "Pretraining", FLOPs: pretraining, Paper: petaflopDays(paperPretraining), PaperShare: 1},
		{Stage: "SFT", FLOPs: learning * n * words * float64(r.Budget.Epochs), Paper: petaflopDays(paperSFT), PaperShare: paperSFT / paperPretraining},
	}
	all := 0.0
	for round := range rounds + 1 {
		words, err := rankedWords(filepath.Join(folder, fmt.Sprintf("round%d-%s.jsonl", round, z.Name)))
		if err != nil {
			return nil, err
		}
		all += words
	}
	// The last reward model; earlier ones were trained on a part of the same data.
	costs = append(costs, study.Cost{Stage: "Reward model", FLOPs: learning * n * all})
	for _, of := range []struct {
		stage, family string
		text          float64 // tokens of pretraining an episode
		paper         float64
	}{{"PPO", ppo, 0, 0}, {"PPO-ptx", ptx, 6 * 80 / 64.0, paperPTX}} {
		steps, err := trainSteps(filepath.Join(folder, named(of.family, z)))
		if err != nil {
			return nil, err
		}
		// An episode is sampled, scored by policy, reference, reward model and value
		// function, and used to update policy and value function.
		c := study.Cost{Stage: of.stage, FLOPs: n * ((5*forwards+2*learning)*episodes(steps) + learning*of.text*128*float64(len(steps)))}
		if of.paper > 0 {
			c.Paper, c.PaperShare = petaflopDays(of.paper), of.paper/paperPretraining
		}
		costs = append(costs, c)
	}
	for i := range costs {
		costs[i].Size, costs[i].Share = z.Name, costs[i].FLOPs/pretraining
	}
	return costs, nil
}

func petaflopDays(x float64) string { return fmt.Sprintf("%g petaflop/s-days", x) }

// promptWords is the approximate length of a prompt of the world.
const promptWords = 12

// episodes counts the tokens of a training's episodes.
func episodes(steps []models.TrainStep) float64 {
	tokens := 0.0
	for _, s := range steps {
		for _, v := range s.Values {
			if v.Name == "length" {
				tokens += (v.Value + promptWords) * float64(v.N)
			}
		}
	}
	return tokens
}

// tuningWords counts the words of demonstrations.
func tuningWords(path string) (float64, error) {
	words := 0
	err := data.EachLine(path, func(line []byte) error {
		var d struct{ Prompt, Completion string }
		if err := json.Unmarshal(line, &d, json.MatchCaseInsensitiveNames(true)); err != nil {
			return err
		}
		words += len(strings.Fields(d.Prompt + " " + d.Completion))
		return nil
	})
	return float64(words), err
}

// rankedWords counts the words of prompts with responses, each pair once.
func rankedWords(path string) (float64, error) {
	rows, err := data.ReadPreferences([]string{path}, nil)
	words := 0
	for _, row := range rows {
		for _, response := range row.Responses {
			words += len(strings.Fields(row.Prompt)) + len(strings.Fields(response))
		}
	}
	return float64(words), err
}
