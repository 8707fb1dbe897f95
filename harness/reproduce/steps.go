package reproduce

import (
	"fmt"
	"strconv"
)

// Step is one of assay's commands with the file that it reads. Arguments that begin with
// ./ are paths in the seed's folder.
type Step struct {
	Name    string  // name of its output in the seed's folder
	Stage   string  // for readers: "pretraining 125k"
	Seconds float64 // approximate time on two cores, for the time left
	// File is written before the command runs. It may depend on the results of earlier
	// steps in the folder.
	File *PlanFile
	Args []string
}

// PlanFile is a plan that a step's command reads.
type PlanFile struct {
	Name  string
	Write func(folder string) (string, error)
}

// fixed is a plan that doesn't depend on earlier steps.
func fixed(name, content string) *PlanFile {
	return &PlanFile{name, func(string) (string, error) { return content, nil }}
}

// list collects one seed's steps.
type list struct {
	*Options
	recipe
	steps []Step
}

// Steps are all steps for a seed, in order.
func (o *Options) Steps(seed uint64) []Step {
	l := &list{Options: o, recipe: recipe{seed, o.Budget.Scale}}
	args := []string{"world", "-o", "./world", "--seed", strconv.FormatUint(seed, 10), "--rm-train", strconv.Itoa(o.Budget.Prompts), "--ppo-train", strconv.Itoa(o.Budget.Prompts)}
	if o.Budget.HeldOut != full.HeldOut {
		n, held := strconv.Itoa(o.Budget.HeldOut*3/2), strconv.Itoa(o.Budget.HeldOut)
		args = append(args, "--sft-train", n, "--sft-validation", held, "--rm-validation", held, "--ppo-validation", held, "--test", held, "--test-gpt", held,
			"--tasks", n, "--words", "100000", "--held-out-words", "4000")
	}
	if o.Null {
		args = append(args, "--null")
	}
	l.add(Step{Name: "world", Stage: "the world", Seconds: 1, Args: args})
	for _, z := range o.Budget.Sizes {
		l.models(z)
	}
	l.settings(o.smallest())
	l.evaluations()
	return l.steps
}

// add adds a step. Its time is that of a full-length training.
func (l *list) add(s Step) {
	s.Seconds *= float64(l.scale.Iterations) / float64(full.Iterations)
	l.steps = append(l.steps, s)
}

// train adds a training.
func (l *list) train(kind, name, stage string, seconds float64, plan string) {
	l.add(Step{Name: name, Stage: stage, Seconds: seconds, File: fixed(name+".yaml", plan),
		Args: []string{"train", kind, "./" + name + ".yaml", "-o", "./" + name}})
}

// models adds one size's trainings: the paper's three steps and the baselines.
func (l *list) models(z Size) {
	at := func(stage string) string { return stage + " " + z.Name }
	l.train("pretrain", named(gpt, z), at("pretraining"), 50*z.slowness, l.pretraining(z))
	l.train("sft", named(sft, z), at("SFT"), 3*z.slowness, l.sft(z))
	l.train("sft", named(begin, z), at("SFT with pretraining"), 6*z.slowness, l.begin(z))
	l.held(z)
	comparisons := []string{l.comparisons(z, 0, named(begin, z))}
	l.train("reward", rewardName(0, z), at("reward model"), 8*z.slowness, l.reward(z, comparisons, heldFiles(z)[:1]))
	for round := 1; round <= rounds; round++ {
		explorer := fmt.Sprintf("explore%d-%s", round, z.Name)
		l.train("ppo", explorer, at(fmt.Sprintf("PPO before round %d", round)), 5*z.slowness,
			l.ppo(z, ppoSettings{reward: rewardName(round-1, z), iterations: l.scale.Exploring, beta: beta}))
		comparisons = append(comparisons, l.comparisons(z, round, named(begin, z), explorer))
		held := heldFiles(z)[:1]
		if round == rounds {
			held = heldFiles(z)
		}
		l.train("reward", rewardName(round, z), at(fmt.Sprintf("reward model, round %d", round)), 13*z.slowness, l.reward(z, comparisons, held))
	}
	best := l.lastReward(z)
	l.train("ppo", named(ppo, z), at("PPO"), 15*z.slowness, l.ppo(z, ppoSettings{best, l.scale.Iterations, beta, 0, true}))
	l.train("ppo", named(ptx, z), at("PPO-ptx"), 17*z.slowness, l.ppo(z, ppoSettings{best, l.scale.Iterations, beta, gamma, true}))
	l.train("sft", named(flan, z), at("FLAN"), 4*z.slowness, l.tasks(z, "flan"))
	l.train("sft", named(t0, z), at("T0"), 4*z.slowness, l.tasks(z, "t0"))
	l.add(Step{Name: prefixesName(z), Stage: at("choosing the few-shot prefix"), Seconds: 2 * z.slowness,
		File: fixed(prefixesName(z)+".yaml", l.prefixes(z)), Args: []string{"run", "./" + prefixesName(z) + ".yaml", "-o", "./" + prefixesName(z)}})
}

// settings adds the trainings with one setting changed.
func (l *list) settings(z Size) {
	best := l.lastReward(z)
	one := func(setting string, value float64, s ppoSettings) {
		l.train("ppo", named(setFamily(setting, value), z), fmt.Sprintf("PPO with %s %g, %s", setting, value, z.Name), 15*z.slowness, l.ppo(z, s))
	}
	one("beta", stiffBeta, ppoSettings{best, l.scale.Iterations, stiffBeta, 0, false})
	l.train("ppo", named(hacked, z), "PPO against one round's reward model, "+z.Name, 6*z.slowness,
		l.ppo(z, ppoSettings{rewardName(0, z), l.scale.Hacked, hackedBeta, 0, true}))
	if !l.Sweeps {
		return
	}
	for _, v := range sweptBeta {
		one("beta", v, ppoSettings{best, l.scale.Iterations, v, 0, false})
	}
	for _, v := range sweptGamma {
		one("gamma", v, ppoSettings{best, l.scale.Iterations, beta, v, false})
	}
}

// responses adds four responses to each prompt of a split, or the given number of
// each model.
func (l *list) responses(name, split string, limit, samples int, model string) string {
	file := name + ".jsonl"
	args := []string{"generate", "./" + model + "/model", "--prompts", "./world/prompts/" + split + ".jsonl", "-o", "./" + file,
		"--samples", strconv.Itoa(samples), "--max-tokens", strconv.Itoa(tokens), "--seed", strconv.FormatUint(l.seed+1, 10)}
	if limit > 0 {
		args = append(args, "--limit", strconv.Itoa(limit))
	}
	l.add(Step{Name: file, Stage: "responses of " + model, Seconds: 3, Args: args})
	return file
}

// comparisons adds a round of comparisons: four responses to each prompt, from the models
// in equal parts, ranked by a training labeler. It returns the file's name.
func (l *list) comparisons(z Size, round int, models ...string) string {
	limit := l.scale.Again
	if round == 0 {
		limit = 0
	}
	name := fmt.Sprintf("round%d-%s.jsonl", round, z.Name)
	args := []string{"world", "rank", "./world/prompts/rm-train.jsonl"}
	for _, m := range models {
		args = append(args, "./"+l.responses(fmt.Sprintf("round%d-of-%s", round, m), "rm-train", limit, 4/len(models), m))
	}
	l.add(Step{Name: name, Stage: fmt.Sprintf("ranking round %d, %s", round, z.Name), Seconds: 1, Args: append(args, "-o", "./"+name)})
	return name
}

// heldFiles are comparisons of responses to the validation's prompts: by the gold rules,
// and by all labelers of each group.
func heldFiles(z Size) []string {
	return []string{"held-gold-" + z.Name + ".jsonl", "held-training-" + z.Name + ".jsonl", "held-heldout-" + z.Name + ".jsonl"}
}

func (l *list) held(z Size) {
	responses := l.responses("held-of-"+named(begin, z), "rm-validation", 0, 4, named(begin, z))
	files := heldFiles(z)
	for i, of := range []struct{ labelers, each string }{{"gold", "1"}, {"training", "5"}, {"held-out", "4"}} {
		l.add(Step{Name: files[i], Stage: "ranking by " + of.labelers + " labelers, " + z.Name, Seconds: 1,
			Args: []string{"world", "rank", "./world/prompts/rm-validation.jsonl", "./" + responses, "-o", "./" + files[i], "--labelers", of.labelers, "--each", of.each}})
	}
}
