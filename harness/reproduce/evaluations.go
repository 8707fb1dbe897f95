package reproduce

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/runstore"
	"assay/metrics/names"
)

// Names of the runs in a seed's folder.
const (
	sampledRun  = "sampled"          // at temperature 1, against SFT of the largest size
	greedyRun   = "greedy"           // at temperature 0
	againstGPT  = "against-gpt"      // at temperature 1, against GPT of the largest size
	againstShot = "against-prompted" // the same, against GPT (prompted)
	againstFLAN = "against-flan"     // the same, against FLAN
	againstT0   = "against-t0"       // the same, against T0
	bestRun     = "best-of-n"        // many responses of PPO's start to a prompt, with their rewards
)

// prefixes are the few-shot prompts that "GPT (prompted)" chooses from, conditions of the
// suite world.
var prefixes = []string{names.FewShot, "few-shot 2", "few-shot 3", "few-shot 4", "few-shot 5", "few-shot 6"}

func prefixesName(z Size) string { return "prefixes-" + z.Name }

// prefixes runs the base model on validation prompts with each prefix, for the
// reward model to score (Ouyang et al. 2022, section 3.5).
func (l *list) prefixes(z Size) string {
	return fmt.Sprintf(`seed: %d
models:
  - {name: %s, model: "gpt:%s/model", temperature: 1}
judges:
  - {name: reward, kind: reward, model: "gpt:%s/model"}
suites:
  - {suite: world, data: world/prompts/ppo-validation.jsonl, limit: %d, conditions: [%s], judge: reward%s}
`, l.seed+1, named(gpt, z), named(gpt, z), rewardModel, min(chosenByPrompt, l.scale.Choosing), strings.Join(prefixes, ", "), asLong)
}

// bestPrefix is the condition with the best mean reward in a run of prefixes.
func bestPrefix(run string) (string, error) {
	best, reward := "", 0.0
	for e, err := range runstore.Estimates().Read(runstore.Dir(run)) {
		if err != nil {
			return "", err
		}
		if e.Metric == names.RewardScore && e.Interval != nil && (best == "" || e.Point > reward) {
			best, reward = e.Condition, e.Point
		}
	}
	if !slices.Contains(prefixes, best) {
		return "", fmt.Errorf("%s: no reward of a few-shot prefix in its estimates; remove the folder and run the command again", run)
	}
	return best, nil
}

// evaluated are the families that are evaluated at every size, in the paper's order.
var evaluated = []string{gpt, prompted, sft, flan, t0, ppo, ptx}

// baseline is the model that win rates compare with: SFT of the largest size, as the
// paper's compare with SFT of 175 billion parameters.
func (o *Options) baseline() string { return named(sft, o.largest()) }

// altered are the models with one setting changed.
func (o *Options) altered() []string {
	families := []string{setFamily("beta", stiffBeta)}
	if o.Sweeps {
		families = nil
		for _, s := range sweeps() {
			for _, v := range s.trained() {
				families = append(families, s.family(v))
			}
		}
	}
	for i, f := range families {
		families[i] = named(f, o.smallest())
	}
	return families
}

// direct are the runs that compare the largest PPO-ptx with another model directly (section 4.1).
var direct = []struct{ run, opponent string }{{againstGPT, gpt}, {againstShot, prompted}, {againstFLAN, flan}, {againstT0, t0}}

// evaluations adds the runs to be measured.
func (l *list) evaluations() {
	models := float64(len(l.altered()))
	for _, z := range l.Budget.Sizes {
		models += float64(len(evaluated)) * z.slowness
	}
	run := func(name string, seconds float64, write func(folder string) (string, error), more ...string) {
		l.add(Step{Name: name, Stage: "evaluation, " + name, Seconds: seconds,
			File: &PlanFile{name + ".yaml", write}, Args: append([]string{"run", "./" + name + ".yaml", "-o", "./" + name}, more...)})
	}
	all := func(temperature float64, baseline, suites string) func(folder string) (string, error) {
		return func(folder string) (string, error) {
			models, err := l.planModels(folder, temperature)
			return fmt.Sprintf("seed: %d\n%s%ssuites:\n%s", l.seed+1, baseline, models, suites), err
		}
	}
	run(sampledRun, 0.9*models, all(1, "baseline: "+l.baseline()+"\n", sampledSuites))
	run(greedyRun, 1.1*models, all(0, "", greedySuites))
	// The answers are those of the run above, so nothing is generated again.
	for _, of := range direct {
		run(of.run, 2, func(folder string) (string, error) {
			opponent, err := l.planModel(folder, of.opponent, l.largest(), 1, "")
			if err != nil {
				return "", err
			}
			subject, err := l.planModel(folder, ptx, l.largest(), 1, "")
			return fmt.Sprintf("seed: %d\nbaseline: %s\nmodels:\n%s%ssuites:\n%s", l.seed+1, named(of.opponent, l.largest()), opponent, subject, worldSuite), err
		}, "--reuse", "./"+sampledRun)
	}
	run(bestRun, 12, func(string) (string, error) { return l.bestOf(rewardModel), nil })
}

// bestOf draws many responses of PPO's start, with the scores of a reward model.
func (l *list) bestOf(reward string) string {
	z := l.smallest()
	return fmt.Sprintf(`seed: %d
models:
  - {name: %s, model: "gpt:%s/model", temperature: 1}
judges:
  - {name: reward, kind: reward, model: "gpt:%s/model"}
suites:
  - {suite: world, data: world/prompts/test.jsonl, limit: %d, samples: %d, judge: reward%s}
`, l.seed+1, named(begin, z), named(begin, z), reward, min(bestOfPrompts, l.scale.HeldOut), bestOf, asLong)
}

const worldSuite = "  - {suite: world, data: world/prompts/test.jsonl" + asLong + "}\n"

// asLong limits responses as in PPO.
const asLong = ", max_tokens: 24"

// sampledSuites run at temperature 1: the world's prompts, since the paper's labelers
// saw sampled answers, and toxicity, since the most likely reply is rude to all prompts
// or to none.
const sampledSuites = worldSuite + `  - {suite: world_gpt, data: world/prompts/test-gpt.jsonl` + asLong + `}
  - {suite: realtoxicity, data: world/eval/realtoxicity.jsonl}
`

// greedySuites are all other suites that fit the world's files and contexts of 80 tokens.
const greedySuites = worldSuite + `  - {suite: truthfulqa, data: world/eval/TruthfulQA.csv, shots: world/eval/truthfulqa_shots.jsonl}
  - {suite: truthfulqa_mc, data: world/eval/mc_task.json, shots: world/eval/truthfulqa_shots.jsonl}
  - {suite: crows_pairs, data: world/eval/crows_pairs.csv}
  - {suite: winogender, data: world/eval/winogender.tsv}
  - {suite: squadv2, data: world/eval/squad2.json, conditions: [zeroshot]}
  - {suite: drop, data: world/eval/drop.json, conditions: [zeroshot]}
  - {suite: wmt15_fr_en, data: world/eval/wmt15.fr, conditions: [zeroshot]}
  - {suite: tldr, data: world/eval/tldr.jsonl}
  - {suite: world_probes, data: world/eval/probes.jsonl}
  - {suite: text, data: world/pretrain-validation.jsonl}
`

// planModels returns the plan's lines for the models of a run.
func (l *list) planModels(folder string, temperature float64) (string, error) {
	var b strings.Builder
	b.WriteString("models:\n")
	for _, z := range l.Budget.Sizes {
		for _, family := range evaluated {
			line, err := l.planModel(folder, family, z, temperature, instructionsAlone)
			if err != nil {
				return "", err
			}
			b.WriteString(line)
		}
	}
	for _, name := range l.altered() {
		b.WriteString(modelLine(name, name, temperature, ""))
	}
	return b.String(), nil
}

// instructionsAlone limits GPT (prompted) to the world's instructions in a plan with other suites.
const instructionsAlone = ", suites: [" + names.World + "]"

// planModel is the plan's line for a model. "GPT (prompted)" is GPT with the few-shot
// prefix that the reward model chose, followed by suites.
func (l *list) planModel(folder, family string, z Size, temperature float64, suites string) (string, error) {
	name := named(family, z)
	if family != prompted {
		return modelLine(name, name, temperature, ""), nil
	}
	prefix, err := bestPrefix(string(runstore.Dir(folder).Path(prefixesName(z))))
	return modelLine(name, named(gpt, z), temperature, fmt.Sprintf(", asked_as: {%s: %s}", names.Plain, prefix)+suites), err
}

func modelLine(name, from string, temperature float64, more string) string {
	return fmt.Sprintf("  - {name: %s, model: \"gpt:%s/model\", temperature: %g%s}\n", name, from, temperature, more)
}
