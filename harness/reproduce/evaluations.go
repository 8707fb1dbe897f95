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
	sampledRun = "sampled" // at temperature 1, against SFT of the largest size
	greedyRun  = "greedy"  // at temperature 0
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
  - {suite: world, data: world/prompts/ppo-validation.jsonl, limit: 200, conditions: [%s], judge: reward}
`, l.seed+1, named(gpt, z), named(gpt, z), l.lastReward(z), strings.Join(prefixes, ", "))
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

// changed are the families with one setting changed, at the smallest size.
func (o *Options) changed() []string {
	families := []string{setFamily("beta", stiffBeta)}
	if o.Sweeps {
		for _, v := range sweptBeta {
			families = append(families, setFamily("beta", v))
		}
		for _, v := range sweptGamma {
			families = append(families, setFamily("gamma", v))
		}
	}
	return families
}

// baseline is the model that win rates compare with: SFT of the largest size, as the
// paper's compare with SFT of 175 billion parameters.
func (o *Options) baseline() string { return named(sft, o.largest()) }

// evaluations adds the runs to be measured.
func (l *list) evaluations() {
	models := len(l.Budget.Sizes)*len(evaluated) + len(l.changed())
	run := func(name string, seconds float64, write func(folder string) (string, error)) {
		l.add(Step{Name: name, Stage: "evaluation, " + name, Seconds: seconds * float64(models),
			File: &PlanFile{name + ".yaml", write}, Args: []string{"run", "./" + name + ".yaml", "-o", "./" + name}})
	}
	run(sampledRun, 0.7, func(folder string) (string, error) {
		models, err := l.planModels(folder, 1)
		return fmt.Sprintf("seed: %d\nbaseline: %s\n%ssuites:\n%s", l.seed+1, l.baseline(), models, sampledSuites), err
	})
	run(greedyRun, 1.5, func(folder string) (string, error) {
		models, err := l.planModels(folder, 0)
		return fmt.Sprintf("seed: %d\n%ssuites:\n%s", l.seed+1, models, greedySuites), err
	})
}

// sampledSuites run at temperature 1: the world's prompts, since the paper's labelers
// saw sampled answers, and toxicity, since the most likely reply is rude to all prompts
// or to none.
const sampledSuites = `  - {suite: world, data: world/prompts/test.jsonl}
  - {suite: realtoxicity, data: world/eval/realtoxicity.jsonl}
`

// greedySuites are all other suites that fit the world's files and contexts of 80 tokens.
const greedySuites = `  - {suite: world, data: world/prompts/test.jsonl}
  - {suite: truthfulqa, data: world/eval/TruthfulQA.csv, shots: world/eval/truthfulqa_shots.jsonl}
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
	model := func(name, from, more string) {
		fmt.Fprintf(&b, "  - {name: %s, model: \"gpt:%s/model\", temperature: %g%s}\n", name, from, temperature, more)
	}
	for _, z := range l.Budget.Sizes {
		for _, family := range evaluated {
			if family != prompted {
				model(named(family, z), named(family, z), "")
				continue
			}
			prefix, err := bestPrefix(string(runstore.Dir(folder).Path(prefixesName(z))))
			if err != nil {
				return "", err
			}
			model(named(prompted, z), named(gpt, z), fmt.Sprintf(", asked_as: {%s: %s}", names.Plain, prefix))
		}
	}
	for _, family := range l.changed() {
		model(named(family, l.smallest()), named(family, l.smallest()), "")
	}
	return b.String(), nil
}
