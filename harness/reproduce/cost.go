package reproduce

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"

	"assay/harness/runstore"
	"assay/harness/training/data"
	"assay/metrics"
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

// measureCosts adds what each size's trainings took, as a share of its pretraining.
func (r *Runner) measureCosts(cells Cells, folder string) error {
	for _, z := range r.Budget.Sizes {
		costs, err := r.costs(folder, z)
		if err != nil {
			return err
		}
		for _, c := range costs {
			if c.family == "" {
				continue
			}
			k := Key{costsRun, "computation", "share of pretraining", "", named(c.family, z)}
			cells[k] = metrics.Estimate{Suite: k.Suite, Metric: k.Metric, Model: k.Model, Confidence: metrics.Confidence,
				Interval: &metrics.Interval{Point: c.Share, Lo: c.Share, Hi: c.Share}, N: 1, Method: "counted"}
		}
	}
	return nil
}

// cost is a stage's cost with the family of models that it makes.
type cost struct {
	family string
	study.Cost
}

// costs counts what one seed's trainings of a size took.
func (r *Runner) costs(folder string, z Size) ([]cost, error) {
	parameters := func(model string) (float64, error) {
		m, err := runstore.ReadManifest(runstore.Dir(filepath.Join(folder, model)))
		if err != nil {
			return 0, err
		}
		return m.Models[0].Parameters, nil
	}
	n, err := parameters(named(gpt, z))
	if err != nil {
		return nil, err
	}
	rm, err := parameters(named(gpt, r.middle())) // of the reward model and the value function
	if err != nil {
		return nil, err
	}
	words, err := tuningWords(filepath.Join(folder, "world", "demonstrations.jsonl"))
	if err != nil {
		return nil, err
	}
	pretraining := learning * n * float64(r.Budget.Steps) * pretrainBatch * contextTokens
	costs := []cost{
		{gpt, study.Cost{Stage: "Pretraining", FLOPs: pretraining, Paper: petaflopDays(paperPretraining), PaperShare: 1}},
		{sft, study.Cost{Stage: "SFT", FLOPs: learning * n * words * float64(r.Budget.Epochs), Paper: petaflopDays(paperSFT), PaperShare: paperSFT / paperPretraining}},
	}
	if z == r.middle() {
		all := 0.0
		for round := 1; round <= rounds+1; round++ { // earlier reward models were trained on a part of the same data
			words, err := rankedWords(filepath.Join(folder, fmt.Sprintf("round%d.jsonl", round)))
			if err != nil {
				return nil, err
			}
			all += words
		}
		costs = append(costs, cost{rewardModel, study.Cost{Stage: "Reward model", FLOPs: learning * rm * all}})
	}
	for _, of := range []struct {
		stage, family string
		text          float64 // tokens of pretraining an episode
		paper         float64
	}{{"PPO", ppo, 0, 0}, {"PPO-ptx", ptx, mixedRows * contextTokens / float64(minibatch), paperPTX}} {
		steps, err := trainSteps(filepath.Join(folder, named(of.family, z)))
		if err != nil {
			return nil, err
		}
		// An episode is sampled and scored by the policy, scored by the reference, the reward model and the
		// value function, and used to update policy and value function.
		each := n*(3*forwards+learning) + rm*(2*forwards+learning)
		c := study.Cost{Stage: of.stage, FLOPs: each*episodeTokens(steps) + n*learning*of.text*episodes*float64(len(steps))}
		if of.paper > 0 {
			c.Paper, c.PaperShare = petaflopDays(of.paper), of.paper/paperPretraining
		}
		costs = append(costs, cost{of.family, c})
	}
	for i := range costs {
		costs[i].Size, costs[i].Share = z.Name, costs[i].FLOPs/pretraining
	}
	return costs, nil
}

func petaflopDays(x float64) string { return fmt.Sprintf("%g petaflop/s-days", x) }

// promptWords is the approximate length of a prompt of the world.
const promptWords = 12

// episodeTokens counts the tokens of a training's episodes.
func episodeTokens(steps []models.TrainStep) float64 {
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
